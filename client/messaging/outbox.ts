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
  /** The message whose text this item carries: when that one is deleted, nothing of it may be left. */
  readonly about?: string;
  /** For a receipt that was not sent yet: more ids may join it. */
  readonly isReceipt?: boolean;
}

export type NewOutboxItem = Omit<OutboxItem, 'isAttempted' | 'suspicions' | 'isHealing'> & {
  readonly isHealing?: boolean;
  /** It was tried before, under the same id. */
  readonly isAttempted?: boolean;
};

/** Mostly a message and its copy for one's own other devices are all that waits. */
const READ_AT_ONCE = 8;

const outbox = defineTable<OutboxItem>('outbox');
/** `${about}/${order}`: the keys of the items that carry a message's text. */
const outboxAbout = defineTable<string>('outbox-about');

export async function enqueue(tx: StorageTransaction, item: NewOutboxItem): Promise<string> {
  const order = orderedKey(await nextCount(tx, 'outbox'));
  const key = `${item.recipient}/${order}`;
  await outbox.put(tx, key, { isHealing: false, isAttempted: false, ...item, suspicions: 0 });
  if (item.about !== undefined) await outboxAbout.put(tx, `${item.about}/${order}`, key);
  return key;
}

export const getOutboxItem = (tx: StorageTransaction, key: string): Promise<OutboxItem | undefined> =>
  outbox.get(tx, key);
export const putOutboxItem = (tx: StorageTransaction, key: string, item: OutboxItem): Promise<void> =>
  outbox.put(tx, key, item);

export async function deleteOutboxItem(tx: StorageTransaction, key: string): Promise<void> {
  const about = (await outbox.get(tx, key))?.about;
  if (about !== undefined) await outboxAbout.delete(tx, `${about}/${key.slice(key.lastIndexOf('/') + 1)}`);
  await outbox.delete(tx, key);
}

/** What carries this message's text, sent or not: what is under way arrives, what is not stays here. */
export async function deleteOutboxAbout(tx: StorageTransaction, about: string): Promise<void> {
  for (const { value } of await outboxAbout.list(tx, { prefix: `${about}/` })) await deleteOutboxItem(tx, value);
}

export async function firstFor(tx: StorageTransaction, recipient: AccountId): Promise<OutboxRow | undefined> {
  return (await outbox.list(tx, { prefix: `${recipient}/`, limit: 1 }))[0];
}

export async function listFor(tx: StorageTransaction, recipient: AccountId): Promise<OutboxRow[]> {
  return outbox.list(tx, { prefix: `${recipient}/` });
}

export interface OutboxRow {
  readonly key: string;
  readonly value: OutboxItem;
}

/** What is to be sent next to each that has something waiting. Jumps from one recipient to the next instead of reading all of
 * it. */
export async function listFirst(tx: StorageTransaction): Promise<OutboxRow[]> {
  const firsts = new Map<AccountId, OutboxRow>();
  let after = '';
  for (;;) {
    const rows = await outbox.list(tx, { after, limit: READ_AT_ONCE });
    for (const row of rows) if (!firsts.has(row.value.recipient)) firsts.set(row.value.recipient, row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < READ_AT_ONCE) return [...firsts.values()];
    // '0' follows '/' in ASCII: greater than every key of this recipient, smaller than those of the next.
    after = `${last.value.recipient}0`;
  }
}
