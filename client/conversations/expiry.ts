/** Disappearing messages: once their time runs, they are listed by the moment at which it is over. */
import type { StorageTransaction } from '../ports.ts';
import { defineTable, orderedKey } from '../storage/table.ts';
import { getMessage, updateMessage, type StoredMessage } from './history.ts';
import { appendJournal } from './journal.ts';

/** `${expiresAt}/${historyKey}` */
const expiring = defineTable<string>('expiring');
const keyOf = (expiresAt: number, historyKey: string): string => `${orderedKey(expiresAt)}/${historyKey}`;

/** The time runs from the first moment that is known: it was read here, or before on another own device. */
export async function startExpiry(tx: StorageTransaction, historyKey: string, startedAt: number): Promise<void> {
  const message = await getMessage(tx, historyKey);
  if (message?.expireTimerSeconds === undefined) return;
  const expiresAt = startedAt + message.expireTimerSeconds * 1000;
  if (message.expiresAt !== undefined && message.expiresAt <= expiresAt) return;
  await stopExpiry(tx, message);
  await expiring.put(tx, keyOf(expiresAt, historyKey), historyKey);
  await updateMessage(tx, { ...message, expiresAt }, 'changed');
  await appendJournal(tx, { type: 'expiry' });
}

export async function stopExpiry(
  tx: StorageTransaction,
  { historyKey, expiresAt }: Pick<StoredMessage, 'historyKey' | 'expiresAt'>,
): Promise<void> {
  if (expiresAt !== undefined) await expiring.delete(tx, keyOf(expiresAt, historyKey));
}

/** For a message that comes with its time running already, from a backup. */
export async function fileExpiry(
  tx: StorageTransaction,
  { historyKey, expiresAt }: Pick<StoredMessage, 'historyKey' | 'expiresAt'>,
): Promise<void> {
  if (expiresAt === undefined) return;
  await expiring.put(tx, keyOf(expiresAt, historyKey), historyKey);
  await appendJournal(tx, { type: 'expiry' });
}

/** History keys of messages whose time is over. */
export async function listExpired(tx: StorageTransaction, now: number, limit: number): Promise<string[]> {
  const rows = await expiring.list(tx, { before: orderedKey(now + 1), limit });
  return rows.map(({ value }) => value);
}

/** When the next message is over; undefined when none is running. */
export async function nextExpiry(tx: StorageTransaction): Promise<number | undefined> {
  const [row] = await expiring.list(tx, { limit: 1 });
  return row === undefined ? undefined : Number.parseInt(row.key, 10);
}
