/** The stored conversations: the only place where messages are kept after the relay has deleted them. */
import { encodeHex } from '../../wire/encoding.ts';
import type { Content } from '../../wire/generated/content.ts';
import type { AccountId } from '../../wire/ids.ts';
import type { StorageTransaction } from '../ports.ts';
import { nextCount } from '../storage/counters.ts';
import { defineTable, orderedKey } from '../storage/table.ts';
import { appendJournal } from './journal.ts';
import { markUnread } from './unread.ts';

export type MessageStatus = 'queued' | 'sent' | 'delivered' | 'read' | 'failed' | 'received';

export interface StoredMessage {
  /** Where it is stored: `${conversation}/${order of arrival}`. */
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
  readonly status: MessageStatus;
  /** Error code, when the status is failed or queued for a reason. */
  readonly failure?: string;
  readonly text: string;
  readonly editedAt?: number;
  readonly isDeleted?: boolean;
  /** Emoji by AccountId. */
  readonly reactions?: Readonly<Record<string, string>>;
  /** The whole Content, for what has no field here. */
  readonly content: Uint8Array;
}

const messages = defineTable<StoredMessage>('messages');
const messageIndex = defineTable<string>('message-index');
/** By conversation, the history key of its newest message. */
const newestMessages = defineTable<string>('newest-messages');
/** History keys of messages that were received and not yet handed out, in order of arrival: a queue for programs. */
const unshown = defineTable<string>('unshown');

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

/** Stores a message, or gives undefined when the author's message of this id is there already. */
export async function insertMessage(
  tx: StorageTransaction,
  message: Omit<StoredMessage, 'historyKey'>,
  isNew: boolean,
): Promise<StoredMessage | undefined> {
  const indexKey = `${message.author}/${message.id}`;
  if ((await messageIndex.get(tx, indexKey)) !== undefined) return undefined;
  const order = orderedKey(await nextCount(tx, 'messages'));
  const historyKey = `${message.conversation}/${order}`;
  const stored: StoredMessage = { ...message, historyKey };
  await messages.put(tx, historyKey, stored);
  await messageIndex.put(tx, indexKey, historyKey);
  await newestMessages.put(tx, message.conversation, historyKey);
  if (isNew) await unshown.put(tx, order, historyKey);
  if (isNew && message.direction === 'incoming') await markUnread(tx, stored);
  await appendJournal(tx, { type: 'message', historyKey });
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

export interface PageOptions {
  readonly limit?: number;
  /** Only what is older than the message with this historyKey. */
  readonly before?: string;
}

/** The newest messages of a conversation, oldest first. */
export async function listMessages(
  tx: StorageTransaction,
  conversation: string,
  { limit = 100, before }: PageOptions = {},
): Promise<StoredMessage[]> {
  const page = { prefix: `${conversation}/`, limit, isDescending: true, ...(before === undefined ? {} : { before }) };
  return (await messages.list(tx, page)).map(({ value }) => value).toReversed();
}

/** Conversations with their newest message, newest first. */
export async function listConversations(
  tx: StorageTransaction,
): Promise<{ conversation: string; last: StoredMessage }[]> {
  const found: { conversation: string; last: StoredMessage }[] = [];
  for (const { key, value } of await newestMessages.list(tx)) {
    const last = await messages.get(tx, value);
    if (last !== undefined) found.push({ conversation: key, last });
  }
  return found.sort((a, b) => b.last.receivedAt - a.last.receivedAt);
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

export const markShown = (tx: StorageTransaction, unshownKey: string): Promise<void> => unshown.delete(tx, unshownKey);

export const messageIdOf = (content: Content): string => encodeHex(content.messageId);

/** The conversation that a Content between this account and `peer` belongs to. */
export function conversationOf(content: Content, peer: string): string {
  return content.group === undefined ? peer : `group:${encodeHex(content.group.groupId)}`;
}
