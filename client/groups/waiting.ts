/** What came for a group whose state, or whose newest state, is not here yet. It waits for it. */
import { Content } from '../../wire/generated/content.ts';
import type { Arrival } from '../conversations/apply-content.ts';
import type { StorageTransaction } from '../ports.ts';
import { nextCount } from '../storage/counters.ts';
import { defineTable, orderedKey } from '../storage/table.ts';

type StoredArrival = Omit<Arrival, 'content'> & { readonly content: Uint8Array };

/** `${conversation}/${order}` */
const waiting = defineTable<StoredArrival>('group-waiting');
/** Anybody in the team can invent groups: that must not fill the disk. */
const MAX_WAITING_PER_GROUP = 200;
const MAX_WAITING = 2000;

export async function keepWaiting(tx: StorageTransaction, conversation: string, arrival: Arrival): Promise<void> {
  const prefix = `${conversation}/`;
  if ((await waiting.list(tx, { prefix, limit: MAX_WAITING_PER_GROUP })).length >= MAX_WAITING_PER_GROUP) return;
  if ((await waiting.list(tx, { limit: MAX_WAITING })).length >= MAX_WAITING) return;
  const key = prefix + orderedKey(await nextCount(tx, 'early'));
  await waiting.put(tx, key, { ...arrival, content: Content.encode(arrival.content).finish() });
}

/** In the order in which they came. */
export async function takeWaiting(tx: StorageTransaction, conversation: string): Promise<Arrival[]> {
  const rows = await waiting.list(tx, { prefix: `${conversation}/` });
  for (const { key } of rows) await waiting.delete(tx, key);
  return rows.map(({ value }) => ({ ...value, content: Content.decode(value.content) }));
}

/** What has waited in vain since `olderThan`. */
export async function purgeWaiting(tx: StorageTransaction, olderThan: number): Promise<void> {
  for (const { key, value } of await waiting.list(tx)) if (value.receivedAt < olderThan) await waiting.delete(tx, key);
}
