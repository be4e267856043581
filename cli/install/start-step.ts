import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { Config } from '../../config/schema.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import type { Host } from './host.ts';
import { PATHS, type Step } from './step.ts';

const SERVICE = 'vant.service';
const SOCKET = 'vant.socket';
const TIMER = 'vant-backup.timer';

/** Enables and starts it; on another tree only the former. */
export const startStep: Step = {
  async install({ host, config }) {
    const units = [SERVICE, ...(existsSync(host.path(`${PATHS.units}/${SOCKET}`)) ? [SOCKET] : []), TIMER];
    if (!host.isLive) {
      host.run('systemctl', `--root=${host.root}`, 'enable', ...units);
      return `Enabled ${units.join(', ')}: they start when that system does.`;
    }
    host.run('systemctl', 'daemon-reload');
    if (config !== undefined && !isActive(host)) await refuseBusyPort(config);
    host.run('systemctl', 'enable', ...units);
    start(host, units);
    return `Enabled and started ${units.join(', ')}. ${findOwnerLink(host)}`;
  },
  async uninstall({ host }) {
    const units = [SERVICE, SOCKET, TIMER].filter((name) => existsSync(host.path(`${PATHS.units}/${name}`)));
    if (units.length === 0) return undefined;
    if (host.isLive) host.run('systemctl', 'disable', '--now', ...units);
    else host.run('systemctl', `--root=${host.root}`, 'disable', ...units);
    return `Stopped and disabled ${units.join(', ')}.`;
  },
};

function start(host: Host, units: readonly string[]): void {
  // A socket cannot be changed while its service has it.
  if (isActive(host)) host.run('systemctl', 'stop', SERVICE);
  try {
    host.run('systemctl', 'restart', ...units.filter((name) => name !== SERVICE));
    host.run('systemctl', 'start', SERVICE);
  } catch (error) {
    const said = host.run('journalctl', '-u', SERVICE, '-n', '15', '-o', 'cat', '--no-pager');
    throw new CommandError(
      EXIT.ERROR,
      `${(error as Error).message}\nIt said:\n${said.trimEnd()}`,
      `Mend it and run "vant install" again, or undo all of it: vant uninstall`,
    );
  }
}

const isActive = (host: Host): boolean =>
  [SERVICE, SOCKET].some((name) => {
    try {
      return host.run('systemctl', 'is-active', name).trim() === 'active';
    } catch {
      return false;
    }
  });

/** systemd would only say "Address already in use", in the journal. */
async function refuseBusyPort({ server: { listen } }: Config): Promise<void> {
  const probe = createServer();
  try {
    await Promise.race([once(probe.listen(listen.port, listen.host), 'listening')]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return;
    throw new CommandError(
      EXIT.ERROR,
      `Another program listens on ${listen.host}:${listen.port}.`,
      `Stop it (ss -ltnp shows which), or set server.listen in ${PATHS.config} to another port; then run "vant install" again.`,
    );
  } finally {
    probe.close();
  }
}

/** The server prints it at each start while it has no owner. */
function findOwnerLink(host: Host): string {
  const said = host.run('journalctl', '-u', SERVICE, '-n', '50', '-o', 'cat', '--no-pager');
  const link = [...said.matchAll(/^ *(https?:\/\/\S+\/join#\S+)$/gm)].at(-1)?.[1];
  return link === undefined
    ? 'See: systemctl status vant'
    : `\n\nOpen this link: whoever does so first becomes the owner.\n\n    ${link}\n`;
}
