import { isIP } from 'node:net';
import type { Config } from '../../config/schema.ts';
import { readSystemdFile, UNIT_NAMES } from './packaged-files.ts';
import { PATHS, type Step } from './step.ts';

const unitPath = (name: string): string => `${PATHS.units}/${name}`;

/** The units of systemd/, with what this machine's configuration says. */
export const unitsStep: Step = {
  async install({ host, config }) {
    if (config === undefined) return undefined;
    const texts = renderUnits(config);
    const changed = UNIT_NAMES.filter((name) => {
      const text = texts[name];
      return text === undefined ? host.remove(unitPath(name)) : host.write(unitPath(name), text);
    });
    return changed.length === 0 ? undefined : `Wrote ${changed.join(', ')} in ${PATHS.units}.`;
  },
  async uninstall({ host }) {
    const removed = UNIT_NAMES.filter((name) => host.remove(unitPath(name)));
    return removed.length === 0 ? undefined : `Removed ${removed.join(', ')}.`;
  },
};

/** No socket unit where systemd could not open the socket: for a name, or any free port. */
export function renderUnits(config: Config): Partial<Record<(typeof UNIT_NAMES)[number], string>> {
  const { listen } = config.server;
  const hasSocket = isIP(listen.host) !== 0 && listen.port !== 0;
  const host = isIP(listen.host) === 6 ? `[${listen.host}]` : listen.host;
  return {
    'vant.service': withPaths(readSystemdFile('vant.service'), config),
    ...(hasSocket && {
      'vant.socket': readSystemdFile('vant.socket').replace(
        /^ListenStream=.*$/m,
        `ListenStream=${host}:${listen.port}`,
      ),
    }),
    'vant-backup.service': withPaths(readSystemdFile('vant-backup.service'), config),
    'vant-backup.timer': readSystemdFile('vant-backup.timer'),
  };
}

/** Everything else is read-only for the service. */
function withPaths(text: string, { storage, attachments }: Config): string {
  const outside = [storage.data_dir, attachments.directory].filter((path) => !`${path}/`.startsWith(`${PATHS.data}/`));
  const paths = [...new Set(outside)];
  if (paths.length === 0) return text;
  const lines = paths.map((path) => `ReadWritePaths=${path}\n`).join('');
  return text
    .replace('ProtectSystem=strict\n', `ProtectSystem=strict\n${lines}`)
    .replace(/^After=/m, `RequiresMountsFor=${paths.join(' ')}\nAfter=`);
}
