/** What a member does to messages that are there. Each checks here what the receivers check, so that nothing is sent that they
 * would refuse. */
import { decodeHex } from '../../wire/encoding.ts';
import { Content, type MessageReference } from '../../wire/generated/content.ts';
import { accountIdToBytes, isAccountId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { getPreferences } from '../account/preferences.ts';
import { toReference } from '../conversations/conversation-id.ts';
import { getRecord } from '../conversations/conversation-record.ts';
import { listDeliveries, takeFailed } from '../conversations/deliveries.ts';
import { getMessage, listMessages, updateMessage, type StoredMessage } from '../conversations/history.ts';
import { appendJournal } from '../conversations/journal.ts';
import {
  DELETE_WINDOW_MS,
  EDIT_WINDOW_MS,
  isReactionEmoji,
  MAX_EDITS,
  MAX_EXPIRE_TIMER_SECONDS,
} from '../conversations/limits.ts';
import { removeConversation, removeMessage } from '../conversations/remove-message.ts';
import { ClientError } from '../errors.ts';
import type { StorageTransaction } from '../ports.ts';
import { compose, enqueueContent, enqueueSync, type ComposePorts } from './compose.ts';
import { textMessage, type TextOptions } from './content.ts';
import { omit } from '../omit.ts';

/** A conversation with more than this has begun long ago: before it there are only a few notices. */
const BEGINNING_ENTRIES = 10;

/** Bound to one transaction. */
export interface ActionContext {
  readonly ports: ComposePorts;
  readonly tx: StorageTransaction;
  readonly account: Account;
}

/** @throws ClientError NO_SUCH_MESSAGE, NOT_ALLOWED, TOO_LATE, TOO_MANY_EDITS */
export async function editMessage(
  { ports, tx, account }: ActionContext,
  historyKey: string,
  text: string,
  options: Pick<TextOptions, 'ranges'>,
): Promise<void> {
  const message = await requireOwnText({ ports, tx, account }, historyKey);
  requireWindow(ports, account, message, EDIT_WINDOW_MS);
  if (message.status === 'failed') throw new ClientError('NOT_ALLOWED', 'It was not sent: send it again first.');
  if ((message.edits ?? []).length >= MAX_EDITS) throw new ClientError('TOO_MANY_EDITS');
  const value = { targetMessageId: decodeHex(message.id), text: textMessage(text, options) };
  await compose(ports, tx, account, message.conversation, { $case: 'edit', value });
}

/** @throws ClientError NO_SUCH_MESSAGE, NOT_ALLOWED, TOO_LATE */
export async function deleteForEveryone({ ports, tx, account }: ActionContext, historyKey: string): Promise<void> {
  const message = await requireOwnText({ ports, tx, account }, historyKey);
  requireWindow(ports, account, message, DELETE_WINDOW_MS);
  const value = { targetMessageId: decodeHex(message.id) };
  await compose(ports, tx, account, message.conversation, { $case: 'delete', value });
}

/** On this device and one's own other ones. What is not there any more is left out. */
export async function deleteForMe({ ports, tx, account }: ActionContext, keys: readonly string[]): Promise<void> {
  const messages: MessageReference[] = [];
  for (const historyKey of keys) {
    const message = await getMessage(tx, historyKey);
    if (message === undefined) continue;
    await removeMessage(tx, message);
    // Notices that a device has made for itself have no id that others know.
    if (/^[0-9a-f]{32}$/.test(message.id)) {
      messages.push({ author: accountIdToBytes(message.author), messageId: decodeHex(message.id) });
    }
  }
  if (messages.length === 0) return;
  await enqueueSync(ports, tx, account, { $case: 'deleted', value: { messages, conversations: [] } });
}

export async function deleteConversation({ ports, tx, account }: ActionContext, conversation: string): Promise<void> {
  const upTo = ports.clock.now();
  // Also what a clock that is ahead has dated later.
  await removeConversation(tx, conversation, Number.MAX_SAFE_INTEGER);
  const value = { messages: [], conversations: [{ conversation: toReference(conversation), upTo }] };
  await enqueueSync(ports, tx, account, { $case: 'deleted', value });
}

/** Without an emoji, the own reaction is taken back. @throws ClientError NO_SUCH_MESSAGE, NOT_ALLOWED */
export async function react({ ports, tx, account }: ActionContext, historyKey: string, emoji?: string): Promise<void> {
  const message = await requireText(tx, historyKey);
  if (emoji !== undefined && !isReactionEmoji(emoji)) throw new ClientError('NOT_ALLOWED', 'This is not an emoji.');
  const target = { author: accountIdToBytes(message.author), messageId: decodeHex(message.id) };
  const value = { target, emoji: emoji ?? message.reactions?.[account.accountId] ?? '', remove: emoji === undefined };
  await compose(ports, tx, account, message.conversation, { $case: 'reaction', value });
}

/** In a conversation of two. 0 seconds: messages stay. @throws ClientError NOT_ALLOWED */
export async function setExpireTimer(
  { ports, tx, account }: ActionContext,
  conversation: string,
  expireTimerSeconds: number,
): Promise<void> {
  requireExpireTimer(expireTimerSeconds);
  const { expireTimerVersion, ...record } = await getRecord(tx, conversation);
  if (record.expireTimerSeconds === expireTimerSeconds) return;
  const version = Math.min(expireTimerVersion + 1, 0xffffffff);
  await compose(ports, tx, account, conversation, {
    $case: 'expireTimerUpdate',
    value: { expireTimerSeconds, version },
  });
}

/** Before the first text: the timer that this member wants for new conversations of two. */
export async function beginConversation(context: ActionContext, conversation: string): Promise<void> {
  if (!isAccountId(conversation) || conversation === context.account.accountId) return;
  const { defaultExpireTimerSeconds } = await getPreferences(context.tx);
  const { expireTimerVersion } = await getRecord(context.tx, conversation);
  if (defaultExpireTimerSeconds === 0 || expireTimerVersion > 0) return;
  const entries = await listMessages(context.tx, conversation, { limit: BEGINNING_ENTRIES });
  if (entries.some(({ kind }) => kind === 'text')) return;
  await setExpireTimer(context, conversation, defaultExpireTimerSeconds);
}

/** @throws ClientError NOT_ALLOWED */
export function requireExpireTimer(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_EXPIRE_TIMER_SECONDS) return;
  throw new ClientError('NOT_ALLOWED', `The timer has whole seconds, at most ${MAX_EXPIRE_TIMER_SECONDS}.`);
}

/** Tries again with those who did not get it. @throws ClientError NO_SUCH_MESSAGE, NOT_ALLOWED */
export async function resend({ ports, tx, account }: ActionContext, historyKey: string): Promise<void> {
  const message = await requireOwnText({ ports, tx, account }, historyKey);
  const failed = await takeFailed(tx, historyKey);
  if (failed.length === 0) throw new ClientError('NOT_ALLOWED', 'It has not failed.');
  const content = Content.decode(message.content);
  const links = { historyKey, about: historyKey, isAttempted: true };
  for (const recipient of failed) await enqueueContent(tx, recipient, content, links);
  await updateMessage(
    tx,
    { ...omit(message, 'failure'), status: message.status === 'failed' ? 'queued' : message.status },
    'status',
  );
  await appendJournal(tx, { type: 'outbox' });
}

export const deliveryInfo = listDeliveries;

async function requireText(tx: StorageTransaction, historyKey: string): Promise<StoredMessage> {
  const message = await getMessage(tx, historyKey);
  if (message === undefined || message.isDeleted === true) throw new ClientError('NO_SUCH_MESSAGE');
  if (message.kind !== 'text') throw new ClientError('NOT_ALLOWED', 'Nobody has written it.');
  return message;
}

async function requireOwnText({ tx, account }: ActionContext, historyKey: string): Promise<StoredMessage> {
  const message = await requireText(tx, historyKey);
  if (message.author !== account.accountId) throw new ClientError('NOT_ALLOWED', 'Someone else has written it.');
  return message;
}

function requireWindow(ports: ComposePorts, account: Account, message: StoredMessage, windowMs: number): void {
  if (message.conversation === account.accountId) return;
  if (ports.clock.now() - message.timestamp > windowMs) throw new ClientError('TOO_LATE');
}
