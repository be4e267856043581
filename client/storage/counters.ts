/** Numbers that only go up, across restarts and across programs that share the store. */
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from './table.ts';

const counters = defineTable<number>('counters');

export type CounterName =
  'outbox' | 'messages' | 'journal' | 'early' | 'held' | 'preKeyId' | 'timestamp' | 'historyTime';

export async function nextCount(tx: StorageTransaction, name: CounterName): Promise<number> {
  const next = ((await counters.get(tx, name)) ?? 0) + 1;
  await counters.put(tx, name, next);
  return next;
}

/** Takes `count` numbers at once and gives the first. Key ids have 24 bits and start over at 1. */
export async function takeKeyIds(tx: StorageTransaction, count: number): Promise<number> {
  const last = (await counters.get(tx, 'preKeyId')) ?? 0;
  const first = last + count > 0xffffff ? 1 : last + 1;
  await counters.put(tx, 'preKeyId', first + count - 1);
  return first;
}

/** Milliseconds since 1970, but never the same twice and never less than before: a DecryptionErrorMessage names a
 * message by this time. Holds when the clock steps back and when two programs send for one device. */
export async function nextTimestamp(tx: StorageTransaction, nowMs: number): Promise<number> {
  const next = Math.max(nowMs, ((await counters.get(tx, 'timestamp')) ?? 0) + 1);
  await counters.put(tx, 'timestamp', next);
  return next;
}

/** The time under which a new message is filed: that of its arrival, but never before the last one's, whatever the clock
 * does. */
export async function nextHistoryTime(tx: StorageTransaction, receivedAt: number): Promise<number> {
  const next = Math.max(receivedAt, (await counters.get(tx, 'historyTime')) ?? 0);
  await counters.put(tx, 'historyTime', next);
  return next;
}
