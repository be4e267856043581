/** Puts what a person wrote, and what the client answers by itself, into the outbox. */
import { encodeHex } from '../../wire/encoding.ts';
import { Content, type GroupContext, type ReceiptType, type SyncMessage } from '../../wire/generated/content.ts';
import { accountIdToBytes, type AccountId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { applyContent } from '../conversations/apply-content.ts';
import { findMessage, type StoredMessage } from '../conversations/history.ts';
import { appendJournal } from '../conversations/journal.ts';
import type { ClientPorts, StorageTransaction } from '../ports.ts';
import { nextTimestamp } from '../storage/counters.ts';
import {
  buildContent,
  encodeContent,
  isConversational,
  isUrgent,
  makeMessageId,
  type ContentBody,
  type ContentKind,
} from './content.ts';
import { enqueue, listFor, putOutboxItem, type NewOutboxItem } from './outbox.ts';
import { findTarget, type Target } from './target.ts';
import { omit } from '../omit.ts';

export type ComposePorts = Pick<ClientPorts, 'clock' | 'random'>;

/** Gives the Content that was queued, with its id and time.
 * @throws ClientError NO_SUCH_CONVERSATION, BLOCKED, NOT_IN_GROUP */
export async function compose(
  ports: ComposePorts,
  tx: StorageTransaction,
  account: Account,
  conversation: string,
  body: ContentBody,
): Promise<{ content: Content; message: StoredMessage | undefined }> {
  return composeTo(ports, tx, account, await findTarget(tx, account, conversation), body);
}

export async function composeTo(
  ports: ComposePorts,
  tx: StorageTransaction,
  account: Account,
  target: Target,
  body: ContentBody,
): Promise<{ content: Content; message: StoredMessage | undefined }> {
  const { group, recipients } = target;
  const timestamp = await nextTimestamp(tx, ports.clock.now());
  const content = buildContent(makeMessageId(ports.random), timestamp, body, {
    ...(group === undefined ? {} : { group }),
    expireTimerSeconds: body.$case === 'text' ? target.expireTimerSeconds : 0,
  });
  const message = await remember(tx, account, target, content, ports.clock.now());
  const about = message?.historyKey ?? (await findEdited(tx, account, body));
  const links: OutboxLinks = {
    ...(message === undefined ? {} : { historyKey: message.historyKey }),
    ...(about === undefined ? {} : { about }),
  };
  const others = recipients.filter((recipient) => recipient !== account.accountId);
  for (const recipient of others) await enqueueContent(tx, recipient, content, links);
  if (isConversational(body.$case)) {
    // Notes to oneself travel only as sync, so it is the sync that says whether they have left.
    const syncLinks = others.length === 0 ? links : omit(links, 'historyKey');
    await composeSentSync(ports, tx, account, target, content, syncLinks);
  }
  await appendJournal(tx, { type: 'outbox' });
  return { content, message };
}

/** What was written appears in one's own history at once. */
async function remember(
  tx: StorageTransaction,
  { accountId, deviceId }: Account,
  { conversation, recipients, group }: Target,
  content: Content,
  now: number,
): Promise<StoredMessage | undefined> {
  if (content.body === undefined || !isConversational(content.body.$case)) return undefined;
  const peer = group === undefined ? (conversation as AccountId) : accountId;
  const own = { self: accountId, author: accountId, authorDevice: deviceId };
  return applyContent(tx, { ...own, peer, recipients, receivedAt: now, content });
}

/** An edit carries the text of the message that it changes. */
async function findEdited(tx: StorageTransaction, account: Account, body: ContentBody): Promise<string | undefined> {
  if (body.$case !== 'edit') return undefined;
  return (await findMessage(tx, account.accountId, encodeHex(body.value.targetMessageId)))?.historyKey;
}

async function composeSentSync(
  ports: ComposePorts,
  tx: StorageTransaction,
  account: Account,
  { conversation, group }: Target,
  content: Content,
  links: OutboxLinks,
): Promise<void> {
  const recipient = accountIdToBytes(group === undefined ? (conversation as AccountId) : account.accountId);
  await enqueueSync(ports, tx, account, { $case: 'sent', value: { recipient, content } }, links);
}

/** To one's own other devices. */
export async function enqueueSync(
  ports: ComposePorts,
  tx: StorageTransaction,
  account: Account,
  body: NonNullable<SyncMessage['body']>,
  links: OutboxLinks = {},
): Promise<void> {
  await enqueueNew(ports, tx, account.accountId, { $case: 'sync', value: { body } }, links);
}

/** What nobody has written: it gets an id and a time of its own. */
export async function enqueueNew(
  ports: ComposePorts,
  tx: StorageTransaction,
  recipient: AccountId,
  body: ContentBody,
  links: OutboxLinks = {},
  group?: GroupContext,
): Promise<void> {
  const timestamp = await nextTimestamp(tx, ports.clock.now());
  const context = group === undefined ? {} : { group };
  await enqueueContent(tx, recipient, buildContent(makeMessageId(ports.random), timestamp, body, context), links);
  await appendJournal(tx, { type: 'outbox' });
}

export type OutboxLinks = Pick<NewOutboxItem, 'historyKey' | 'about' | 'isAttempted'>;

export async function enqueueContent(
  tx: StorageTransaction,
  recipient: AccountId,
  content: Content,
  links: OutboxLinks = {},
): Promise<void> {
  const kind: ContentKind = content.body?.$case ?? 'null';
  await enqueue(tx, {
    recipient,
    messageId: content.messageId,
    timestamp: content.timestamp,
    kind: 'content',
    bytes: encodeContent(content),
    isUrgent: isUrgent(kind),
    ...links,
    ...(kind === 'receipt' ? { isReceipt: true } : {}),
  });
}

/** Joins a receipt that still waits, so that a hundred messages are answered by a few receipts. */
export async function enqueueReceipt(
  ports: ComposePorts,
  tx: StorageTransaction,
  recipient: AccountId,
  type: ReceiptType,
  messageId: Uint8Array,
): Promise<void> {
  const last = (await listFor(tx, recipient)).at(-1);
  if (last?.value.isReceipt === true && !last.value.isAttempted) {
    const waiting = Content.decode(last.value.bytes);
    if (waiting.body?.$case === 'receipt' && waiting.body.value.type === type) {
      waiting.body.value.messageIds.push(messageId);
      return putOutboxItem(tx, last.key, { ...last.value, bytes: encodeContent(waiting) });
    }
  }
  const body: ContentBody = { $case: 'receipt', value: { type, messageIds: [messageId] } };
  const timestamp = await nextTimestamp(tx, ports.clock.now());
  await enqueueContent(tx, recipient, buildContent(makeMessageId(ports.random), timestamp, body));
}
