/** Puts what a person wrote, and what the client answers by itself, into the outbox. */
import { Content, type ReceiptType } from '../../wire/generated/content.ts';
import { accountIdToBytes, type AccountId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { applyContent } from '../conversations/apply-content.ts';
import { insertMessage, messageIdOf, type StoredMessage } from '../conversations/history.ts';
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
import { enqueue, listFor, putOutboxItem } from './outbox.ts';

type ComposePorts = Pick<ClientPorts, 'clock' | 'random'>;

/** Gives the Content that was queued, with its id and time. */
export async function compose(
  ports: ComposePorts,
  tx: StorageTransaction,
  account: Account,
  recipient: AccountId,
  body: ContentBody,
): Promise<{ content: Content; message: StoredMessage | undefined }> {
  const timestamp = await nextTimestamp(tx, ports.clock.now());
  const content = buildContent(makeMessageId(ports.random), timestamp, body);
  const message = await remember(tx, account, recipient, content, ports.clock.now());
  const isToSelf = recipient === account.accountId;
  if (!isToSelf) await enqueueContent(tx, recipient, content, message?.historyKey);
  if (isConversational(body.$case)) {
    const value = { recipient: accountIdToBytes(recipient), content };
    const sync: ContentBody = { $case: 'sync', value: { body: { $case: 'sent', value } } };
    const syncTimestamp = await nextTimestamp(tx, ports.clock.now());
    const syncContent = buildContent(makeMessageId(ports.random), syncTimestamp, sync);
    await enqueueContent(tx, account.accountId, syncContent, isToSelf ? message?.historyKey : undefined);
  }
  await appendJournal(tx, { type: 'outbox' });
  return { content, message };
}

/** What was written appears in one's own history at once. */
async function remember(
  tx: StorageTransaction,
  account: Account,
  peer: AccountId,
  content: Content,
  now: number,
): Promise<StoredMessage | undefined> {
  if (content.body?.$case === 'text') {
    return insertMessage(
      tx,
      {
        id: messageIdOf(content),
        author: account.accountId,
        authorDevice: account.deviceId,
        conversation: peer,
        direction: 'outgoing',
        timestamp: content.timestamp,
        receivedAt: now,
        status: 'queued',
        text: content.body.value.body,
        content: encodeContent(content),
      },
      false,
    );
  }
  const { accountId, deviceId } = account;
  if (content.body !== undefined && isConversational(content.body.$case)) {
    const arrival = { self: accountId, author: accountId, authorDevice: deviceId, peer, receivedAt: now, content };
    await applyContent(tx, arrival);
  }
  return undefined;
}

export async function enqueueContent(
  tx: StorageTransaction,
  recipient: AccountId,
  content: Content,
  historyKey?: string,
): Promise<void> {
  const kind: ContentKind = content.body?.$case ?? 'null';
  await enqueue(tx, {
    recipient,
    messageId: content.messageId,
    timestamp: content.timestamp,
    kind: 'content',
    bytes: encodeContent(content),
    isUrgent: isUrgent(kind),
    ...(historyKey === undefined ? {} : { historyKey }),
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
