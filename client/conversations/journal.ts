/** What has happened in the store, in order: how a program learns what another one on the same store has done. */
import type { StorageTransaction } from '../ports.ts';
import { nextCount } from '../storage/counters.ts';
import { defineTable, orderedKey } from '../storage/table.ts';

export type JournalEntry =
  | { readonly type: 'message'; readonly historyKey: string }
  | { readonly type: 'status'; readonly historyKey: string }
  | { readonly type: 'changed'; readonly historyKey: string }
  | { readonly type: 'outbox' }
  | { readonly type: 'identity'; readonly accountId: string };

/** More than a program can fall behind between two looks. */
const KEPT_ENTRIES = 5000;

const journal = defineTable<JournalEntry>('journal');
const written = new WeakSet<StorageTransaction>();

export async function appendJournal(tx: StorageTransaction, entry: JournalEntry): Promise<void> {
  const count = await nextCount(tx, 'journal');
  await journal.put(tx, orderedKey(count), entry);
  if (count > KEPT_ENTRIES) await journal.delete(tx, orderedKey(count - KEPT_ENTRIES));
  written.add(tx);
}

/** Whether this transaction has something to tell once it is committed. */
export const hasWrittenJournal = (tx: StorageTransaction): boolean => written.has(tx);

export async function readJournal(
  tx: StorageTransaction,
  after: string,
): Promise<{ entries: JournalEntry[]; last: string }> {
  const rows = await journal.list(tx, { after, limit: 500 });
  return { entries: rows.map(({ value }) => value), last: rows.at(-1)?.key ?? after };
}

const counters = defineTable<number>('counters');

/** Where the journal ends now: a program that starts needs nothing of what is before. */
export async function journalEnd(tx: StorageTransaction): Promise<string> {
  return orderedKey((await counters.get(tx, 'journal')) ?? 0);
}
