import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';

/** Files that another user makes in the data directory are files that the server cannot open afterwards. */
export function refuseForeignUser(directory: string): void {
  const owner = statSync(directory, { throwIfNoEntry: false })?.uid;
  const { uid, username } = userInfo();
  if (owner === undefined || uid === -1 || owner === uid) return;
  throw new CommandError(
    EXIT.ERROR,
    `${directory} belongs to user ${owner}, and this runs as ${username} (${uid}).`,
    `Run it as that user: sudo -u '#${owner}' vant …`,
  );
}
