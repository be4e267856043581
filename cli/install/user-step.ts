import { readSystemdFile } from './packaged-files.ts';
import { PATHS, SERVICE_USER, type Step } from './step.ts';

/** A user that nobody can log in as. systemd-sysusers makes it, here or in the tree of an image. */
export const userStep: Step = {
  async install({ host }) {
    host.write(PATHS.sysusers, readSystemdFile('vant.sysusers.conf'));
    if (host.findUser(SERVICE_USER) !== undefined) return undefined;
    host.run(
      'systemd-sysusers',
      ...(host.isLive ? [] : [`--root=${host.root}`]),
      host.isLive ? PATHS.sysusers : 'vant.conf',
    );
    return `Made the user ${SERVICE_USER}, without password and shell.`;
  },
  async uninstall({ host, purge }) {
    host.remove(PATHS.sysusers);
    if (host.findUser(SERVICE_USER) === undefined) return undefined;
    if (!purge) return `Kept the user ${SERVICE_USER}, to whom the data belongs.`;
    host.run('userdel', ...(host.isLive ? [] : ['--root', host.root]), SERVICE_USER);
    return `Removed the user ${SERVICE_USER}.`;
  },
};
