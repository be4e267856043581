/** What has to leave this device, in the order in which it was written, for each recipient. It survives restarts. */
import type { AccountId } from '../../wire/ids.ts';
import type { StorageTransaction } from '../ports.ts';
import { nextCount } from '../storage/counters.ts';
import { defineTable, orderedKey } from '../storage/table.ts';

export interface OutboxItem {
  readonly recipient: AccountId;
  readonly messageId: Uint8Array;
  readonly timestamp: number;
  /** `retry-request` is a PlaintextContent, which no session encrypts. */
  readonly kind: 'content' | 'retry-request';
  readonly bytes: Uint8Array;
  readonly isUrgent: boolean;
  /** An answer to a DecryptionErrorMessage. The relay must not skip it because the unreadable one is still queued. */
  readonly isHealing: boolean;
  /** Whether it may have reached the relay already. */
  readonly isAttempted: boolean;
  /** How often a connection ended because of a frame while this was under way, or sending failed for no known reason. */
  readonly suspicions: number;
  /** The message in the history whose status follows this item. */
  readonly historyKey?: string;
  /** For a receipt that was not sent yet: more ids may join it. */
  readonly isReceipt?: boolean;
}

export type NewOutboxItem = Omit<OutboxItem, 'isAttempted' | 'suspicions' | 'isHealing'> & { isHealing?: boolean };

const outbox = defineTable<OutboxItem>('outbox');

export async function enqueue(tx: StorageTransaction, item: NewOutboxItem): Promise<string> {
  const key = `${item.recipient}/${orderedKey(await nextCount(tx, 'outbox'))}`;
  await outbox.put(tx, key, { isHealing: false, ...item, isAttempted: false, suspicions: 0 });
  return key;
}

export const getOutboxItem = (tx: StorageTransaction, key: string): Promise<OutboxItem | undefined> =>
  outbox.get(tx, key);
export const putOutboxItem = (tx: StorageTransaction, key: string, item: OutboxItem): Promise<void> =>
  outbox.put(tx, key, item);
export const deleteOutboxItem = (tx: StorageTransaction, key: string): Promise<void> => outbox.delete(tx, key);

export async function firstFor(
  tx: StorageTransaction,
  recipient: AccountId,
): Promise<{ key: string; value: OutboxItem } | undefined> {
  return (await outbox.list(tx, { prefix: `${recipient}/`, limit: 1 }))[0];
}

export async function listFor(
  tx: StorageTransaction,
  recipient: AccountId,
): Promise<{ key: string; value: OutboxItem }[]> {
  return outbox.list(tx, { prefix: `${recipient}/` });
}

/** Who has something waiting. Jumps from one recipient to the next instead of reading all of it. */
export async function listRecipients(tx: StorageTransaction): Promise<AccountId[]> {
  const recipients: AccountId[] = [];
  let after = '';
  for (;;) {
    const [row] = await outbox.list(tx, { after, limit: 1 });
    if (row === undefined) return recipients;
    recipients.push(row.value.recipient);
    // '0' follows '/' in ASCII: greater than every key of this recipient, smaller than those of the next.
    after = `${row.value.recipient}0`;
  }
}
