/** What was sent, for as long as a recipient may ask for it again (docs/protocol.md, "Healing"). */
import type { AccountId } from '../../wire/ids.ts';
import type { StorageTransaction } from '../ports.ts';
import { defineTable, orderedKey } from '../storage/table.ts';

export const MAX_RESENDS = 5;

export interface SentEntry {
  readonly messageId: Uint8Array;
  readonly content: Uint8Array;
  readonly isUrgent: boolean;
  readonly expiresAt: number;
  /** History key of the message whose text it carries. */
  readonly about?: string;
  /** How often each device has asked. */
  readonly resends: Readonly<Record<string, number>>;
}

const sentLog = defineTable<SentEntry>('sent-log');
/** `${about}/${key of the entry}` */
const sentAbout = defineTable<string>('sent-about');
const keyOf = (recipient: AccountId, timestamp: number): string => `${recipient}/${orderedKey(timestamp)}`;

/** Writing again only moves the expiry. */
export async function logSent(
  tx: StorageTransaction,
  recipient: AccountId,
  timestamp: number,
  entry: Omit<SentEntry, 'resends'>,
): Promise<void> {
  const key = keyOf(recipient, timestamp);
  const known = await sentLog.get(tx, key);
  await sentLog.put(tx, key, { ...entry, resends: known?.resends ?? {} });
  if (entry.about !== undefined) await sentAbout.put(tx, `${entry.about}/${key}`, key);
}

/** Nobody gets the text of this message again. */
export async function deleteSentAbout(tx: StorageTransaction, about: string): Promise<void> {
  for (const { key, value } of await sentAbout.list(tx, { prefix: `${about}/` })) {
    await sentLog.delete(tx, value);
    await sentAbout.delete(tx, key);
  }
}

/** The entry, counted as resent once more; `exhausted` when this device has asked too often. */
export async function takeForResend(
  tx: StorageTransaction,
  recipient: AccountId,
  timestamp: number,
  deviceId: number,
): Promise<SentEntry | 'exhausted' | undefined> {
  const key = keyOf(recipient, timestamp);
  const entry = await sentLog.get(tx, key);
  if (entry === undefined) return undefined;
  const resends = entry.resends[deviceId] ?? 0;
  if (resends >= MAX_RESENDS) return 'exhausted';
  await sentLog.put(tx, key, { ...entry, resends: { ...entry.resends, [deviceId]: resends + 1 } });
  return entry;
}

export async function purgeSentLog(tx: StorageTransaction, now: number): Promise<void> {
  for (const { key, value } of await sentLog.list(tx)) {
    if (value.expiresAt >= now) continue;
    await sentLog.delete(tx, key);
    if (value.about !== undefined) await sentAbout.delete(tx, `${value.about}/${key}`);
  }
}
