/** Message ids that were received, so that a message that comes again is dropped. */
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A sender may resend for as long as a message may live (7 days), and the resent one may then wait as long again. */
export const SEEN_MS = 15 * DAY_MS;

const seenIds = defineTable<{ readonly expiresAt: number }>('seen-ids');
const keyOf = (sender: string, messageIdHex: string): string => `${sender}/${messageIdHex}`;

export async function hasSeen(tx: StorageTransaction, sender: string, messageIdHex: string): Promise<boolean> {
  return (await seenIds.get(tx, keyOf(sender, messageIdHex))) !== undefined;
}

export async function markSeen(
  tx: StorageTransaction,
  sender: string,
  messageIdHex: string,
  now: number,
): Promise<void> {
  await seenIds.put(tx, keyOf(sender, messageIdHex), { expiresAt: now + SEEN_MS });
}

export async function purgeSeenIds(tx: StorageTransaction, now: number): Promise<void> {
  for (const { key, value } of await seenIds.list(tx)) if (value.expiresAt < now) await seenIds.delete(tx, key);
}
