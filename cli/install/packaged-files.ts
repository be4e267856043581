/** The files of systemd/, which `vant install` writes out. To be packed into the executable: all of systemd/. */
import { readFileSync } from 'node:fs';

export const UNIT_NAMES = ['vant.service', 'vant.socket', 'vant-backup.service', 'vant-backup.timer'] as const;
export type SystemdFile = (typeof UNIT_NAMES)[number] | 'vant.sysusers.conf' | 'vant.tmpfiles.conf';

export const readSystemdFile = (name: SystemdFile): string =>
  readFileSync(new URL(`../../systemd/${name}`, import.meta.url), 'utf8');
