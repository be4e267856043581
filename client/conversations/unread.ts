/** Hands messages to the one who reads them: the mark is taken away after the message was shown, so that a crash in
 * between shows it again rather than never. */
import type { StoragePort } from '../ports.ts';
import { firstUnread, markShown, type StoredMessage } from './history.ts';

export interface UnreadOptions {
  readonly conversation?: string;
  readonly limit?: number;
}

export async function takeUnread(
  storage: StoragePort,
  show: (message: StoredMessage) => void | Promise<void>,
  { conversation, limit = Infinity }: UnreadOptions,
): Promise<number> {
  let count = 0;
  while (count < limit) {
    // Showing happens inside the transaction: two programs that read never show the same message.
    const isShown = await storage.transaction(async (tx) => {
      const first = await firstUnread(tx, conversation);
      if (first === undefined) return false;
      await show(first.message);
      await markShown(tx, first.unreadKey);
      return true;
    });
    if (!isShown) break;
    count++;
  }
  return count;
}
