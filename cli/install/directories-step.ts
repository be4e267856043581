import { chmodSync, chownSync, existsSync, mkdirSync } from 'node:fs';
import { readSystemdFile } from './packaged-files.ts';
import { PATHS, SERVICE_USER, type Step } from './step.ts';

const OF_SERVICE = [PATHS.data, PATHS.backups];

/** As systemd/vant.tmpfiles.conf says; made here, too, because the tree of an image is not the machine that runs. */
export const directoriesStep: Step = {
  async install({ host }) {
    host.write(PATHS.tmpfiles, readSystemdFile('vant.tmpfiles.conf'));
    const { uid, gid } = host.findUser(SERVICE_USER) ?? { uid: 0, gid: 0 };
    const made = [PATHS.configDirectory, ...OF_SERVICE].filter((path) => !existsSync(host.path(path)));
    for (const path of made) mkdirSync(host.path(path), { recursive: true });
    setOwner(host.path(PATHS.configDirectory), 0, gid, 0o750);
    for (const path of OF_SERVICE) setOwner(host.path(path), uid, gid, 0o700);
    return made.length === 0 ? undefined : `Made ${made.join(', ')}.`;
  },
  async uninstall({ host, purge }) {
    host.remove(PATHS.tmpfiles);
    // Programs that the service has unpacked for itself: nothing that anyone could miss.
    host.remove(PATHS.cache);
    const all = [PATHS.configDirectory, ...OF_SERVICE];
    if (!purge) {
      const kept = all.filter((path) => existsSync(host.path(path)));
      return kept.length === 0 ? undefined : `Kept ${kept.join(', ')}. To remove them for good: vant uninstall --purge`;
    }
    const removed = all.filter((path) => host.remove(path));
    return removed.length === 0 ? undefined : `Removed ${removed.join(', ')}.`;
  },
};

function setOwner(path: string, uid: number, gid: number, mode: number): void {
  chownSync(path, uid, gid);
  chmodSync(path, mode);
}
