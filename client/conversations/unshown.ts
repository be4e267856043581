/** Hands messages to the one who reads them. The mark is taken away after the message was shown, so that a crash in
 * between shows it again rather than never. */
import type { LockPort, StoragePort } from '../ports.ts';
import { firstUnshown, markShown, type StoredMessage } from './history.ts';

const LOCK_NAME = 'reader';

export interface UnshownOptions {
  readonly conversation?: string;
}

/** Gives the number of messages shown; 0, too, while another program is showing them. */
export async function takeUnshown(
  ports: { readonly storage: StoragePort; readonly locks: LockPort },
  show: (message: StoredMessage) => void | Promise<void>,
  { conversation }: UnshownOptions,
): Promise<number> {
  // A lock of its own, and no transaction: whoever reads may be slow, and the store must not wait for a pager.
  const release = await ports.locks.tryAcquire(LOCK_NAME);
  if (release === undefined) return 0;
  try {
    for (let count = 0; ; count++) {
      const first = await ports.storage.transaction((tx) => firstUnshown(tx, conversation));
      if (first === undefined) return count;
      await show(first.message);
      await ports.storage.transaction((tx) => markShown(tx, [first.unshownKey]));
    }
  } finally {
    release();
  }
}
