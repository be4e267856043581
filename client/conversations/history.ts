/** The stored conversations: the only place where messages are kept after the relay has deleted them. */
import { encodeHex } from '../../wire/encoding.ts';
import type { Attachment, Content, LinkPreview } from '../../wire/generated/content.ts';
import type { AccountId } from '../../wire/ids.ts';
import type { StorageTransaction } from '../ports.ts';
import { nextCount, nextHistoryTime } from '../storage/counters.ts';
import { defineTable, orderedKey } from '../storage/table.ts';
import { changeRecord } from './conversation-record.ts';
import { appendJournal } from './journal.ts';
import { isQuiet, type Notice } from './notice.ts';
import type { TextRange } from './text-range.ts';
import { markUnread } from './unread.ts';

export type MessageStatus = 'queued' | 'sent' | 'delivered' | 'read' | 'failed' | 'received';

export interface StoredQuote {
  readonly author: AccountId;
  /** Message id in hex. */
  readonly id: string;
  /** Copied from the quoted message; it stays when that one is edited or deleted. */
  readonly text: string;
  /** Absent when the quoted message is not on this device: then the text is what the quoting member claims. */
  readonly historyKey?: string;
}

export interface StoredEdit {
  readonly text: string;
  readonly ranges?: readonly TextRange[];
  readonly timestamp: number;
}

export interface StoredMessage {
  /** Where it is stored: `${conversation}/${time and order of arrival}`. */
  readonly historyKey: string;
  /** Message id in hex, unique for its author. */
  readonly id: string;
  readonly author: AccountId;
  readonly authorDevice: number;
  /** The other member's AccountId, or `group:` and the group id in hex. */
  readonly conversation: string;
  readonly direction: 'incoming' | 'outgoing';
  readonly timestamp: number;
  readonly receivedAt: number;
  /** When the relay accepted it. Absent for what this device has written. */
  readonly serverTimestamp?: number;
  /** In a group, the furthest that it has come with any member: `deliveries` tell of each. */
  readonly status: MessageStatus;
  /** Error code, when the status is failed, when it is queued for a reason, or when one of several recipients did not
   * get it. */
  readonly failure?: string;
  readonly kind: 'text' | 'notice';
  /** What happened, when `kind` is notice. */
  readonly notice?: Notice;
  readonly text: string;
  readonly ranges?: readonly TextRange[];
  readonly quote?: StoredQuote;
  readonly attachments?: readonly Attachment[];
  readonly previews?: readonly LinkPreview[];
  readonly editedAt?: number;
  /** The earlier versions, oldest first. */
  readonly edits?: readonly StoredEdit[];
  readonly isDeleted?: boolean;
  /** Emoji by AccountId. */
  readonly reactions?: Readonly<Record<string, string>>;
  /** When each member last reacted or took it back, so that an older one that comes late changes nothing. */
  readonly reactionTimes?: Readonly<Record<string, number>>;
  /** It deletes itself this long after it was read, or sent. */
  readonly expireTimerSeconds?: number;
  /** Set once the time runs. */
  readonly expiresAt?: number;
  /** It mentions this account. */
  readonly isMention?: boolean;
  /** The whole Content, for what has no field here. */
  readonly content: Uint8Array;
}

export type NewMessage = Omit<StoredMessage, 'historyKey'>;

const messages = defineTable<StoredMessage>('messages');
const messageIndex = defineTable<string>('message-index');
/** History keys of messages that were received and not yet handed out, in order of arrival: a queue for programs. */
const unshown = defineTable<string>('unshown');

const indexKeyOf = ({ author, id }: Pick<StoredMessage, 'author' | 'id'>): string => `${author}/${id}`;
const orderOf = (historyKey: string): string => historyKey.slice(historyKey.lastIndexOf('/') + 1);

/** Under which time a message is filed. */
export const timeOf = (historyKey: string): number => Number.parseInt(orderOf(historyKey), 10);

export const getMessage = (tx: StorageTransaction, historyKey: string): Promise<StoredMessage | undefined> =>
  messages.get(tx, historyKey);

export async function findMessage(
  tx: StorageTransaction,
  author: string,
  id: string,
): Promise<StoredMessage | undefined> {
  const historyKey = await messageIndex.get(tx, `${author}/${id}`);
  return historyKey === undefined ? undefined : messages.get(tx, historyKey);
}

/** Stores a message, or gives undefined when the author's message of this id is there already. `isNew`: nobody has seen it
 * yet. */
export async function insertMessage(
  tx: StorageTransaction,
  message: NewMessage,
  isNew: boolean,
): Promise<StoredMessage | undefined> {
  const time = await nextHistoryTime(tx, message.receivedAt);
  return insertAt(tx, message, time, isNew ? 'new' : 'known');
}

/** As insertMessage, but at a place of its own. What is imported is not told of one by one. */
export async function insertAt(
  tx: StorageTransaction,
  message: NewMessage,
  time: number,
  origin: 'new' | 'known' | 'imported',
): Promise<StoredMessage | undefined> {
  const isNew = origin === 'new';
  if ((await messageIndex.get(tx, indexKeyOf(message))) !== undefined) return undefined;
  const order = `${orderedKey(time)}-${orderedKey(await nextCount(tx, 'messages'))}`;
  const historyKey = `${message.conversation}/${order}`;
  const stored: StoredMessage = { ...message, historyKey };
  await messages.put(tx, historyKey, stored);
  await messageIndex.put(tx, indexKeyOf(message), historyKey);
  if (isNew) await unshown.put(tx, order, historyKey);
  await changeRecord(tx, message.conversation, (record) => ({
    ...record,
    ...(isQuiet(message) ? {} : { lastAt: Math.max(record.lastAt, time) }),
    ...(record.lastKey === undefined || record.lastKey < historyKey ? { lastKey: historyKey } : {}),
    messageCount: record.messageCount + 1,
    // Something new brings it back, unless it is to be quiet.
    isArchived: record.isArchived && (!isNew || record.mutedUntil > message.receivedAt),
  }));
  if (isNew && message.direction === 'incoming') await markUnread(tx, stored);
  if (origin !== 'imported') await appendJournal(tx, { type: 'message', historyKey });
  return stored;
}

export async function updateMessage(
  tx: StorageTransaction,
  message: StoredMessage,
  change: 'status' | 'changed',
): Promise<void> {
  await messages.put(tx, message.historyKey, message);
  await appendJournal(tx, { type: change, historyKey: message.historyKey });
}

/** The message and what finds it. What belongs to it elsewhere is in remove-message.ts. */
export async function deleteMessageRows(tx: StorageTransaction, message: StoredMessage): Promise<void> {
  await messages.delete(tx, message.historyKey);
  await messageIndex.delete(tx, indexKeyOf(message));
  await unshown.delete(tx, orderOf(message.historyKey));
}

export interface PageOptions {
  readonly limit?: number;
  /** Only what is older than the message with this historyKey. */
  readonly before?: string;
  /** Only what is newer than the message with this historyKey: then the oldest of those. */
  readonly after?: string;
}

/** The newest messages of a conversation, or the oldest ones after `after`; oldest first. */
export async function listMessages(
  tx: StorageTransaction,
  conversation: string,
  { limit = 100, before, after }: PageOptions = {},
): Promise<StoredMessage[]> {
  const bounds = { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
  const page = { prefix: `${conversation}/`, limit, isDescending: after === undefined, ...bounds };
  const found = (await messages.list(tx, page)).map(({ value }) => value);
  return after === undefined ? found.toReversed() : found;
}

/** The message in the middle of those around it. Empty when it is not there. */
export async function listAround(tx: StorageTransaction, historyKey: string, limit: number): Promise<StoredMessage[]> {
  const message = await messages.get(tx, historyKey);
  if (message === undefined) return [];
  const half = Math.ceil(limit / 2);
  const before = await listMessages(tx, message.conversation, { before: historyKey, limit: half });
  const after = await listMessages(tx, message.conversation, { after: historyKey, limit: half });
  return [...before, message, ...after];
}

/** The oldest message that no one was shown yet, or undefined. */
export async function firstUnshown(
  tx: StorageTransaction,
  conversation?: string,
): Promise<{ unshownKey: string; message: StoredMessage } | undefined> {
  for (const { key, value } of await unshown.list(tx, conversation === undefined ? { limit: 1 } : {})) {
    if (conversation !== undefined && !value.startsWith(`${conversation}/`)) continue;
    const message = await messages.get(tx, value);
    if (message !== undefined) return { unshownKey: key, message };
  }
  return undefined;
}

/** A message that was received and that nobody was told of yet; `message` is absent when it is gone. */
export interface Unshown {
  readonly unshownKey: string;
  readonly message?: StoredMessage;
}

/** Oldest first. */
export async function listUnshown(tx: StorageTransaction, limit: number): Promise<Unshown[]> {
  const found: Unshown[] = [];
  for (const { key, value } of await unshown.list(tx, { limit })) {
    const message = await messages.get(tx, value);
    found.push({ unshownKey: key, ...(message === undefined ? {} : { message }) });
  }
  return found;
}

export async function markShown(tx: StorageTransaction, unshownKeys: readonly string[]): Promise<void> {
  for (const key of unshownKeys) await unshown.delete(tx, key);
}

export const messageIdOf = (content: Content): string => encodeHex(content.messageId);
