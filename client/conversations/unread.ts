/** Which received messages nobody has read, on any device of the account. */
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';

export interface UnreadMark {
  readonly author: string;
  readonly id: string;
}

/** By history key. */
const unread = defineTable<UnreadMark>('unread');

export const markUnread = (
  tx: StorageTransaction,
  { historyKey, author, id }: UnreadMark & { readonly historyKey: string },
): Promise<void> => unread.put(tx, historyKey, { author, id });

export const clearUnread = (tx: StorageTransaction, historyKey: string): Promise<void> => unread.delete(tx, historyKey);

export const listUnread = (
  tx: StorageTransaction,
  conversation: string,
): Promise<{ key: string; value: UnreadMark }[]> => unread.list(tx, { prefix: `${conversation}/` });

export async function countUnread(tx: StorageTransaction): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { key } of await unread.list(tx)) {
    const conversation = key.slice(0, key.lastIndexOf('/'));
    counts.set(conversation, (counts.get(conversation) ?? 0) + 1);
  }
  return counts;
}
