/** What has happened in the store, in order: how a program learns what another one on the same store has done. */
import type { StorageTransaction } from '../ports.ts';
import { nextCount } from '../storage/counters.ts';
import { defineTable, orderedKey } from '../storage/table.ts';

export type JournalEntry =
  | { readonly type: 'message'; readonly historyKey: string }
  | { readonly type: 'status'; readonly historyKey: string }
  | { readonly type: 'changed'; readonly historyKey: string }
  /** A message is gone. */
  | { readonly type: 'removed'; readonly conversation: string; readonly historyKey: string }
  /** The record of a conversation has changed. */
  | { readonly type: 'conversation'; readonly conversation: string }
  /** The time of a disappearing message runs. */
  | { readonly type: 'expiry' }
  /** Preferences, or what is set about members. */
  | { readonly type: 'settings' }
  | { readonly type: 'outbox' }
  /** A device of the team has told how calls would go from it. */
  | { readonly type: 'connection-report' }
  /** The team has a new key. */
  | { readonly type: 'team-key' }
  | { readonly type: 'identity'; readonly accountId: string }
  /** The store was cleared: there is no account any more. */
  | { readonly type: 'erased' };

/** More than a program can fall behind between two looks. */
const KEPT_ENTRIES = 5000;

/** What they name is read along with them, and others wait for the store. */
const READ_AT_ONCE = 100;
/** So many are asked for one by one: those that this program has just written are at hand, a list of them is not. */
const READ_SINGLY = 8;

const journal = defineTable<JournalEntry>('journal');
const counters = defineTable<number>('counters');
const lastCount = async (tx: StorageTransaction): Promise<number> => (await counters.get(tx, 'journal')) ?? 0;
/** For each transaction, the entries that it need not write twice. */
const written = new WeakMap<StorageTransaction, Set<string>>();

export async function appendJournal(tx: StorageTransaction, entry: JournalEntry): Promise<void> {
  const known = written.get(tx) ?? new Set();
  written.set(tx, known);
  const name = JSON.stringify(entry);
  // Whoever reads it looks at what is stored then, so once is enough.
  if (known.has(name)) return;
  known.add(name);
  const count = await nextCount(tx, 'journal');
  await journal.put(tx, orderedKey(count), entry);
  if (count > KEPT_ENTRIES) await journal.delete(tx, orderedKey(count - KEPT_ENTRIES));
}

/** Whether this transaction has something to tell once it is committed. */
export const hasWrittenJournal = (tx: StorageTransaction): boolean => written.has(tx);

export async function readJournal(
  tx: StorageTransaction,
  after: string,
): Promise<{ entries: JournalEntry[]; last: string }> {
  const position = Number.parseInt(after, 10);
  const end = await lastCount(tx);
  if (position <= end && end - position <= READ_SINGLY) return readSingly(tx, position, end);
  const rows = await journal.list(tx, { after, limit: READ_AT_ONCE });
  return { entries: rows.map(({ value }) => value), last: rows.at(-1)?.key ?? after };
}

async function readSingly(
  tx: StorageTransaction,
  position: number,
  end: number,
): Promise<{ entries: JournalEntry[]; last: string }> {
  const entries: JournalEntry[] = [];
  for (let count = position + 1; count <= end; count++) {
    const entry = await journal.get(tx, orderedKey(count));
    if (entry !== undefined) entries.push(entry);
  }
  return { entries, last: orderedKey(end) };
}

/** Where the journal ends now: a program that starts needs nothing of what is before. */
export async function journalEnd(tx: StorageTransaction): Promise<string> {
  return orderedKey(await lastCount(tx));
}

/** After the store was cleared: those who read the journal go on where they were, and learn of it. */
export async function restartJournal(tx: StorageTransaction, end: string): Promise<void> {
  await counters.put(tx, 'journal', Number.parseInt(end, 10));
  await appendJournal(tx, { type: 'erased' });
}
