/** Brings what has come to where it belongs. That a sync message is from another own device, the caller has checked. */
import { encodeHex } from '../../wire/encoding.ts';
import {
  ReceiptType,
  type Content,
  type SyncDeleted,
  type SyncMessage,
  type SyncSent,
} from '../../wire/generated/content.ts';
import { accountIdFromBytes, accountIdToBytes, type AccountId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { receiveConnectionReport } from '../calls/connection-reports.ts';
import { applyContent, type Arrival } from '../conversations/apply-content.ts';
import { conversationOf, fromReference } from '../conversations/conversation-id.ts';
import { keepEarly, takeEarly } from '../conversations/early.ts';
import { findMessage } from '../conversations/history.ts';
import { removeConversation, removeMessage } from '../conversations/remove-message.ts';
import type { StorageTransaction } from '../ports.ts';
import { nextTimestamp } from '../storage/counters.ts';
import { enqueueReceipt, enqueueSync, type ComposePorts } from './compose.ts';
import { buildContent, isReceipted, makeMessageId } from './content.ts';
import type { ActionContext } from './message-actions.ts';
import { applyRead } from './mark-read.ts';
import { applySettings, enqueueAllSettings } from './sync-settings.ts';
import { applyTeamKeyUpdate } from '../directory/team-key-update.ts';
import { admit } from '../groups/admit.ts';
import { toContext, toWire } from '../groups/group-state.ts';
import { getGroup, listGroups, listPresentMembers } from '../groups/group-store.ts';
import { answerStateRequest, receiveUpdate } from '../groups/receive-update.ts';
import { omit } from '../omit.ts';

/** What has just come from a device. What may not be said by whom it comes from is dropped here, or waits. */
export async function receiveArrival(context: ActionContext, arrival: Arrival): Promise<void> {
  const { ports, tx } = context;
  const { body, messageId } = arrival.content;
  const isAboutGroup = body?.$case === 'groupUpdate' || body?.$case === 'groupStateRequest';
  if (!isAboutGroup && !(await admit(context, arrival))) return;
  await applyArrival(context, arrival);
  if (arrival.author === arrival.self || body === undefined || !isReceipted(body.$case)) return;
  await enqueueReceipt(ports, tx, arrival.author, ReceiptType.DELIVERY, messageId);
}

/** From others, from another own device, or early and now due. */
async function applyArrival(context: ActionContext, arrival: Arrival): Promise<void> {
  const { tx } = context;
  const { body } = arrival.content;
  const sync = body?.$case === 'sync' ? body.value.body : undefined;
  if (body?.$case === 'sync' && sync?.$case !== 'sent') return applySync(context, arrival, sync);
  const inner = sync?.$case === 'sent' ? await unwrapSent(tx, arrival, sync.value) : arrival;
  if (inner !== undefined) await applyInner(context, inner);
}

/** What someone has done, on whichever of their devices. */
async function applyInner(context: ActionContext, inner: Arrival): Promise<void> {
  if (inner.content.body?.$case === 'groupStateRequest') return answerStateRequest(context, inner);
  if (inner.content.body?.$case === 'groupUpdate') {
    const waiting = await receiveUpdate(context, inner, inner.content.body.value);
    for (const due of waiting) await receiveArrival(context, due);
    return;
  }
  if (inner.content.body?.$case === 'profileKeyUpdate') {
    return applyTeamKeyUpdate(context.tx, inner, inner.content.body.value);
  }
  if (inner.content.body?.$case === 'connectionReport') {
    return receiveConnectionReport(context.tx, inner, inner.content.body.value);
  }
  const message = await applyContent(context.tx, inner);
  if (message === undefined) return;
  for (const due of await takeEarly(context.tx, message.author, message.id)) await applyArrival(context, due);
}

async function applySync(context: ActionContext, arrival: Arrival, body: SyncMessage['body']): Promise<void> {
  const { ports, tx, account } = context;
  switch (body?.$case) {
    case 'read':
      return applyRead(tx, arrival, body.value);
    case 'deleted':
      return applyDeleted(tx, arrival, body.value);
    case 'settings':
      return applySettings(tx, account, body.value, arrival.receivedAt);
    case 'request':
      await enqueueAllSettings(ports, tx, account);
      return enqueueAllGroups(ports, tx, account);
    default:
      return;
  }
}

async function unwrapSent(
  tx: StorageTransaction,
  arrival: Arrival,
  { recipient, content }: SyncSent,
): Promise<Arrival | undefined> {
  if (content === undefined || recipient.length !== 16 || content.body?.$case === 'sync') return undefined;
  const peer = accountIdFromBytes(recipient);
  const recipients = content.group === undefined ? [peer] : await listRecipients(tx, arrival.self, content);
  return { ...omit(arrival, 'bytes'), peer, recipients, content };
}

async function listRecipients(tx: StorageTransaction, self: AccountId, content: Content): Promise<AccountId[]> {
  const record = await getGroup(tx, conversationOf(content, self));
  const members = record === undefined ? [] : await listPresentMembers(tx, record.state);
  return members.filter((accountId) => accountId !== self);
}

/** For a device that has just been linked. */
async function enqueueAllGroups(ports: ComposePorts, tx: StorageTransaction, account: Account): Promise<void> {
  for (const { state } of await listGroups(tx)) {
    const timestamp = await nextTimestamp(tx, ports.clock.now());
    const body = { $case: 'groupUpdate' as const, value: { state: toWire(state) } };
    const content = buildContent(makeMessageId(ports.random), timestamp, body, { group: toContext(state) });
    const value = { recipient: accountIdToBytes(account.accountId), content };
    await enqueueSync(ports, tx, account, { $case: 'sent', value });
  }
}

async function applyDeleted(tx: StorageTransaction, arrival: Arrival, deleted: SyncDeleted): Promise<void> {
  for (const reference of deleted.messages) {
    if (reference.author.length !== 16) continue;
    const author = accountIdFromBytes(reference.author);
    const message = await findMessage(tx, author, encodeHex(reference.messageId));
    if (message !== undefined) await removeMessage(tx, message);
    else {
      const body = { $case: 'deleted' as const, value: { messages: [reference], conversations: [] } };
      const content: Arrival['content'] = { ...arrival.content, body: { $case: 'sync', value: { body } } };
      await keepEarly(tx, { ...arrival, content }, { author, messageId: reference.messageId });
    }
  }
  for (const { conversation, upTo } of deleted.conversations) {
    const id = fromReference(conversation);
    if (id !== undefined) await removeConversation(tx, id, Math.min(upTo, arrival.receivedAt));
  }
}
