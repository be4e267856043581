/** What a received Content does to the history. */
import { encodeHex } from '../../wire/encoding.ts';
import { Content, ReceiptType } from '../../wire/generated/content.ts';
import { accountIdFromBytes, type AccountId } from '../../wire/ids.ts';
import type { StorageTransaction } from '../ports.ts';
import { nextCount } from '../storage/counters.ts';
import { defineTable, orderedKey } from '../storage/table.ts';
import {
  conversationOf,
  findMessage,
  insertMessage,
  messageIdOf,
  updateMessage,
  type MessageStatus,
  type StoredMessage,
} from './history.ts';

export interface Arrival {
  readonly self: AccountId;
  readonly author: AccountId;
  readonly authorDevice: number;
  /** The other side of a conversation of two. */
  readonly peer: AccountId;
  readonly receivedAt: number;
  readonly content: Content;
}

type StoredArrival = Omit<Arrival, 'content'> & { readonly content: Uint8Array };

/** What came before the message that it is about: `${author}/${id}/${order}`. */
const early = defineTable<StoredArrival>('early');

/** The more certain status wins, in whatever order receipts come. */
const STATUS_RANK: Readonly<Record<MessageStatus, number>> = {
  failed: 0,
  queued: 1,
  sent: 2,
  delivered: 3,
  read: 4,
  received: 5,
};

export async function applyContent(tx: StorageTransaction, arrival: Arrival): Promise<void> {
  const { body } = arrival.content;
  switch (body?.$case) {
    case 'text':
      return applyText(tx, arrival, body.value.body);
    case 'edit':
      return withTarget(tx, arrival, arrival.author, body.value.targetMessageId, (target) => ({
        ...target,
        text: body.value.text?.body ?? '',
        editedAt: arrival.content.timestamp,
      }));
    case 'delete':
      return withTarget(tx, arrival, arrival.author, body.value.targetMessageId, (target) => ({
        ...target,
        text: '',
        content: new Uint8Array(),
        isDeleted: true,
      }));
    case 'reaction':
      return applyReaction(tx, arrival, body.value);
    case 'receipt':
      for (const id of body.value.messageIds) await applyReceipt(tx, arrival, id, body.value.type);
      return;
    default:
      return;
  }
}

async function applyText(tx: StorageTransaction, arrival: Arrival, text: string): Promise<void> {
  const { author, authorDevice, content, receivedAt } = arrival;
  const isOwn = author === arrival.self;
  const message = await insertMessage(
    tx,
    {
      id: messageIdOf(content),
      author,
      authorDevice,
      conversation: conversationOf(content, arrival.peer),
      direction: isOwn ? 'outgoing' : 'incoming',
      timestamp: content.timestamp,
      receivedAt,
      status: isOwn ? 'sent' : 'received',
      text,
      content: Content.encode(content).finish(),
    },
    true,
  );
  if (message !== undefined) await applyEarly(tx, message);
}

/** What arrived before its message: receipts for what another own device sent, mostly. */
export async function applyEarly(tx: StorageTransaction, message: StoredMessage): Promise<void> {
  for (const { key, value } of await early.list(tx, { prefix: `${message.author}/${message.id}/` })) {
    await early.delete(tx, key);
    await applyContent(tx, { ...value, content: Content.decode(value.content) });
  }
}

async function withTarget(
  tx: StorageTransaction,
  arrival: Arrival,
  author: AccountId,
  id: Uint8Array,
  change: (target: StoredMessage) => StoredMessage,
): Promise<void> {
  const target = await findMessage(tx, author, encodeHex(id));
  if (target === undefined) return keepEarly(tx, arrival, author, id);
  // Only a member of the conversation may touch what is in it.
  if (target.conversation !== conversationOf(arrival.content, arrival.peer)) return;
  await updateMessage(tx, change(target), 'changed');
}

async function applyReaction(
  tx: StorageTransaction,
  arrival: Arrival,
  reaction: { target: { author: Uint8Array; messageId: Uint8Array } | undefined; emoji: string; remove: boolean },
): Promise<void> {
  if (reaction.target?.author.length !== 16) return;
  const author = accountIdFromBytes(reaction.target.author);
  return withTarget(tx, arrival, author, reaction.target.messageId, (target) => {
    const others = Object.entries(target.reactions ?? {}).filter(([member]) => member !== arrival.author);
    const own: [string, string][] = reaction.remove ? [] : [[arrival.author, reaction.emoji]];
    return { ...target, reactions: Object.fromEntries([...others, ...own]) };
  });
}

async function applyReceipt(
  tx: StorageTransaction,
  arrival: Arrival,
  id: Uint8Array,
  type: ReceiptType,
): Promise<void> {
  const status = type === ReceiptType.DELIVERY ? 'delivered' : type === ReceiptType.READ ? 'read' : undefined;
  if (status === undefined || arrival.author === arrival.self) return;
  const target = await findMessage(tx, arrival.self, encodeHex(id));
  if (target === undefined) {
    const content = { ...arrival.content, body: { $case: 'receipt' as const, value: { type, messageIds: [id] } } };
    return keepEarly(tx, { ...arrival, content }, arrival.self, id);
  }
  if (target.conversation !== arrival.peer && !target.conversation.startsWith('group:')) return;
  await raiseStatus(tx, target, status);
}

export async function raiseStatus(
  tx: StorageTransaction,
  message: StoredMessage,
  status: 'sent' | 'delivered' | 'read',
): Promise<void> {
  if (message.direction !== 'outgoing' || STATUS_RANK[status] <= STATUS_RANK[message.status]) return;
  const updated = { ...message, status };
  delete updated.failure;
  await updateMessage(tx, updated, 'status');
}

async function keepEarly(tx: StorageTransaction, arrival: Arrival, author: AccountId, id: Uint8Array): Promise<void> {
  const key = `${author}/${encodeHex(id)}/${orderedKey(await nextCount(tx, 'early'))}`;
  await early.put(tx, key, { ...arrival, content: Content.encode(arrival.content).finish() });
}

/** What waited in vain for longer than `maxAgeMs`. */
export async function purgeEarly(tx: StorageTransaction, olderThan: number): Promise<void> {
  for (const { key, value } of await early.list(tx)) if (value.receivedAt < olderThan) await early.delete(tx, key);
}
