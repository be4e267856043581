/** What came before the message that it is about: it waits for it. */
import { encodeHex } from '../../wire/encoding.ts';
import { Content } from '../../wire/generated/content.ts';
import type { AccountId } from '../../wire/ids.ts';
import type { StorageTransaction } from '../ports.ts';
import { nextCount } from '../storage/counters.ts';
import { defineTable, orderedKey } from '../storage/table.ts';
import type { Arrival } from './apply-content.ts';

type StoredArrival = Omit<Arrival, 'content'> & { readonly content: Uint8Array };

export interface MissingTarget {
  readonly author: AccountId;
  readonly messageId: Uint8Array;
}

/** `${author}/${id}/${order}` */
const early = defineTable<StoredArrival>('early');
/** A member who reacts to messages that never were must not fill the disk. */
const MAX_EARLY_PER_TARGET = 200;
const MAX_EARLY = 5000;

export async function keepEarly(
  tx: StorageTransaction,
  arrival: Arrival,
  { author, messageId }: MissingTarget,
): Promise<void> {
  const prefix = `${author}/${encodeHex(messageId)}/`;
  if ((await early.list(tx, { prefix, limit: MAX_EARLY_PER_TARGET })).length >= MAX_EARLY_PER_TARGET) return;
  const order = await nextCount(tx, 'early');
  await early.put(tx, prefix + orderedKey(order), { ...arrival, content: Content.encode(arrival.content).finish() });
  if (order % MAX_EARLY_PER_TARGET === 0) await dropOldest(tx);
}

/** In the order in which they came. */
export async function takeEarly(tx: StorageTransaction, author: string, id: string): Promise<Arrival[]> {
  const rows = await early.list(tx, { prefix: `${author}/${id}/` });
  for (const { key } of rows) await early.delete(tx, key);
  return rows.map(({ value }) => ({ ...value, content: Content.decode(value.content) }));
}

/** What has waited in vain since `olderThan`. */
export async function purgeEarly(tx: StorageTransaction, olderThan: number): Promise<void> {
  for (const { key, value } of await early.list(tx)) if (value.receivedAt < olderThan) await early.delete(tx, key);
}

async function dropOldest(tx: StorageTransaction): Promise<void> {
  const rows = await early.list(tx);
  const byAge = rows.toSorted((a, b) => a.value.receivedAt - b.value.receivedAt);
  for (const { key } of byAge.slice(0, Math.max(0, rows.length - MAX_EARLY))) await early.delete(tx, key);
}
