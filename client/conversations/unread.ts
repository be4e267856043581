/** Which received messages nobody has read, on any device of the account. */
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';
import { changeRecord, listRecords } from './conversation-record.ts';

export interface UnreadMark {
  readonly author: string;
  readonly id: string;
  readonly isMention?: boolean;
}

/** By history key. */
const unread = defineTable<UnreadMark>('unread');

const conversationOfKey = (historyKey: string): string => historyKey.slice(0, historyKey.lastIndexOf('/'));

export async function markUnread(
  tx: StorageTransaction,
  { historyKey, author, id, isMention = false }: UnreadMark & { readonly historyKey: string },
): Promise<void> {
  await unread.put(tx, historyKey, { author, id, ...(isMention ? { isMention } : {}) });
  await changeRecord(tx, conversationOfKey(historyKey), (record) => ({
    ...record,
    unreadCount: record.unreadCount + 1,
    unreadMentions: record.unreadMentions + (isMention ? 1 : 0),
  }));
}

export async function isUnread(tx: StorageTransaction, historyKey: string): Promise<boolean> {
  return (await unread.get(tx, historyKey)) !== undefined;
}

/** Those of them that are unread. */
export async function unreadAmong(tx: StorageTransaction, historyKeys: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const key of historyKeys) if (await isUnread(tx, key)) found.push(key);
  return found;
}

/** Whether it was unread. */
export async function clearUnread(tx: StorageTransaction, historyKey: string): Promise<boolean> {
  const mark = await unread.get(tx, historyKey);
  if (mark === undefined) return false;
  await unread.delete(tx, historyKey);
  await changeRecord(tx, conversationOfKey(historyKey), (record) => ({
    ...record,
    unreadCount: Math.max(0, record.unreadCount - 1),
    unreadMentions: Math.max(0, record.unreadMentions - (mark.isMention === true ? 1 : 0)),
  }));
  return true;
}

/** Oldest first; with `upTo`, those up to that message. */
export async function listUnread(
  tx: StorageTransaction,
  conversation: string,
  { upTo, limit }: { readonly upTo?: string; readonly limit?: number } = {},
): Promise<{ key: string; value: UnreadMark }[]> {
  const marks = await unread.list(tx, { prefix: `${conversation}/`, ...(limit === undefined ? {} : { limit }) });
  return upTo === undefined ? marks : marks.filter(({ key }) => key <= upTo);
}

/** Only conversations that have any. */
export async function countUnread(tx: StorageTransaction): Promise<Map<string, number>> {
  const records = await listRecords(tx);
  return new Map(records.flatMap(({ id, unreadCount }) => (unreadCount === 0 ? [] : [[id, unreadCount]])));
}
