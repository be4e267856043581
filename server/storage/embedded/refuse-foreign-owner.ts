import { statSync } from 'node:fs';
import { StorageSetupError } from '../storage-setup-error.ts';

/** Root can write anywhere, and would leave files that the service's own user cannot open any more.
 * @throws StorageSetupError when root works on the data of another user. */
export function refuseForeignOwner(dataDirectory: string, uid = process.geteuid?.()): void {
  const owner = statSync(dataDirectory, { throwIfNoEntry: false })?.uid;
  if (uid !== 0 || owner === undefined || owner === 0) return;
  throw new StorageSetupError(
    `The data directory ${dataDirectory} belongs to user ${owner}, and this is root, whose files that user could not read any more. ` +
      `Start Vant as that user (systemctl start vant, or: setpriv --reuid=${owner} --clear-groups vant serve), or give the directory to root: chown -R root ${dataDirectory}`,
  );
}
