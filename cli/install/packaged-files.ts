/** The files of systemd/, which `vant install` writes out. scripts/package puts all of systemd/ into the executable. */
import { readProgramText } from '../../server/program/program-files.ts';

export const UNIT_NAMES = ['vant.service', 'vant.socket', 'vant-backup.service', 'vant-backup.timer'] as const;
export type SystemdFile = (typeof UNIT_NAMES)[number] | 'vant.sysusers.conf' | 'vant.tmpfiles.conf';

export const readSystemdFile = (name: SystemdFile): string => readProgramText(`systemd/${name}`);
