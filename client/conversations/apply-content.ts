/** What a received Content does to the history. Everything in it comes from others and is checked here: an author may
 * change their own messages only, and only in the conversation that they are in. */
import { Content } from '../../wire/generated/content.ts';
import type { AccountId } from '../../wire/ids.ts';
import type { StorageTransaction } from '../ports.ts';
import { applyGroupState } from '../groups/apply-group-update.ts';
import { fromWire } from '../groups/group-state.ts';
import { applyDelete, applyEdit, applyReaction } from './apply-change.ts';
import { applyExpireTimer } from './apply-expire-timer.ts';
import { applyMissedCall } from './apply-missed-call.ts';
import { applyReceipt } from './apply-receipt.ts';
import { conversationOf } from './conversation-id.ts';
import { expectDeliveries } from './deliveries.ts';
import { keepEarly } from './early.ts';
import { startExpiry } from './expiry.ts';
import { insertMessage, messageIdOf, type StoredMessage } from './history.ts';
import { insertNotice } from './insert-notice.ts';
import { clampExpireTimer } from './limits.ts';
import { toTextFields } from './text-fields.ts';

export interface Arrival {
  readonly self: AccountId;
  readonly author: AccountId;
  readonly authorDevice: number;
  /** The other side of a conversation of two; the author, in a group. */
  readonly peer: AccountId;
  readonly receivedAt: number;
  /** When the relay accepted it; absent for what this device writes. */
  readonly serverTimestamp?: number;
  readonly content: Content;
  /** As it came, for what this version does not know. */
  readonly bytes?: Uint8Array;
  /** To whom an own message went. */
  readonly recipients?: readonly AccountId[];
}

/** Gives the message when it is a new text: what came before it may wait for it (takeEarly). */
export async function applyContent(tx: StorageTransaction, arrival: Arrival): Promise<StoredMessage | undefined> {
  const { body } = arrival.content;
  switch (body?.$case) {
    case 'text':
      return applyText(tx, arrival, body.value);
    case 'edit':
    case 'delete':
    case 'reaction':
      await applyChange(tx, arrival, body);
      return undefined;
    case 'expireTimerUpdate':
      await applyExpireTimer(tx, arrival, body.value);
      return undefined;
    case 'groupUpdate': {
      const state = fromWire(body.value.state);
      if (state !== undefined) await applyGroupState(tx, arrival, state);
      return undefined;
    }
    case 'call':
      await applyMissedCall(tx, arrival, body.value);
      return undefined;
    case 'receipt':
      for (const id of body.value.messageIds) await applyOneReceipt(tx, arrival, id, body.value.type);
      return undefined;
    case undefined:
      await applyUnsupported(tx, arrival);
      return undefined;
    default:
      return undefined;
  }
}

type Body<K> = Extract<NonNullable<Content['body']>, { $case: K }>;

async function applyText(
  tx: StorageTransaction,
  arrival: Arrival,
  body: Body<'text'>['value'],
): Promise<StoredMessage | undefined> {
  const { self, author, authorDevice, content, receivedAt, serverTimestamp, recipients = [] } = arrival;
  const isOwn = author === self;
  const isWrittenHere = isOwn && serverTimestamp === undefined;
  const conversation = conversationOf(content, arrival.peer);
  const expireTimerSeconds = clampExpireTimer(content.expireTimerSeconds);
  const message = await insertMessage(
    tx,
    {
      id: messageIdOf(content),
      author,
      authorDevice,
      conversation,
      direction: isOwn ? 'outgoing' : 'incoming',
      timestamp: content.timestamp,
      receivedAt,
      ...(serverTimestamp === undefined ? {} : { serverTimestamp }),
      status: isWrittenHere ? 'queued' : isOwn ? 'sent' : 'received',
      kind: 'text',
      ...(await toTextFields(tx, body, { conversation, self })),
      ...(expireTimerSeconds > 0 ? { expireTimerSeconds } : {}),
      content: Content.encode(content).finish(),
    },
    !isWrittenHere,
  );
  if (message === undefined) return undefined;
  await expectDeliveries(tx, message.historyKey, recipients, isWrittenHere ? undefined : receivedAt);
  // For its author the time runs from sending on.
  if (isOwn && !isWrittenHere) {
    await startExpiry(tx, message.historyKey, Math.min(content.timestamp, receivedAt));
  }
  return message;
}

async function applyChange(
  tx: StorageTransaction,
  arrival: Arrival,
  body: Body<'edit'> | Body<'delete'> | Body<'reaction'>,
): Promise<void> {
  const missing =
    body.$case === 'edit'
      ? await applyEdit(tx, arrival, body.value)
      : body.$case === 'delete'
        ? await applyDelete(tx, arrival, body.value)
        : await applyReaction(tx, arrival, body.value);
  if (missing !== undefined) await keepEarly(tx, arrival, missing);
}

/** Each id of a receipt for itself: some messages may be there, others still on their way from another own device. */
async function applyOneReceipt(
  tx: StorageTransaction,
  arrival: Arrival,
  id: Uint8Array,
  type: Body<'receipt'>['value']['type'],
): Promise<void> {
  const missing = await applyReceipt(tx, arrival, id, type);
  if (missing === undefined) return;
  const content: Content = { ...arrival.content, body: { $case: 'receipt', value: { type, messageIds: [id] } } };
  await keepEarly(tx, { ...arrival, content }, missing);
}

async function applyUnsupported(tx: StorageTransaction, arrival: Arrival): Promise<void> {
  const { self, author, authorDevice, content, receivedAt, bytes } = arrival;
  // Sender keys may travel alone.
  if (content.senderKeyDistribution.length > 0) return;
  await insertNotice(
    tx,
    conversationOf(content, arrival.peer),
    { type: 'unsupported' },
    {
      id: messageIdOf(content),
      author,
      authorDevice,
      direction: author === self ? 'outgoing' : 'incoming',
      timestamp: content.timestamp,
      receivedAt,
      content: bytes ?? Content.encode(content).finish(),
      isNew: author !== self,
    },
  );
}
