/** Reading: the authors get a receipt, and one's own other devices stop showing the messages as new. From then on
 * disappearing messages count their time. */
import { decodeHex, encodeHex } from '../../wire/encoding.ts';
import { ReceiptType, type Content, type MessageReference, type SyncRead } from '../../wire/generated/content.ts';
import { accountIdFromBytes, accountIdToBytes, parseAccountId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { getPreferences } from '../account/preferences.ts';
import type { Arrival } from '../conversations/apply-content.ts';
import { keepEarly } from '../conversations/early.ts';
import { startExpiry } from '../conversations/expiry.ts';
import { findMessage, getMessage } from '../conversations/history.ts';
import { appendJournal } from '../conversations/journal.ts';
import { clearUnread, listUnread } from '../conversations/unread.ts';
import type { StorageTransaction } from '../ports.ts';
import { enqueueReceipt, enqueueSync, type ComposePorts } from './compose.ts';

/** References in one sync message. */
const READ_AT_ONCE = 500;

/** Everything in the conversation, or all up to the message with the history key `upTo`. */
export async function markRead(
  ports: ComposePorts,
  tx: StorageTransaction,
  account: Account,
  conversation: string,
  upTo?: string,
): Promise<void> {
  const marks = await listUnread(tx, conversation, upTo === undefined ? {} : { upTo });
  const { readReceipts } = await getPreferences(tx);
  const readAt = ports.clock.now();
  const messages: MessageReference[] = [];
  for (const { key, value } of marks) {
    const author = parseAccountId(value.author);
    await noteRead(tx, key, readAt);
    // Notices have ids of this device's own, which mean nothing to others.
    const message = await getMessage(tx, key);
    if (message?.kind !== 'text') continue;
    const messageId = decodeHex(value.id);
    if (readReceipts) await enqueueReceipt(ports, tx, author, ReceiptType.READ, messageId);
    messages.push({ author: accountIdToBytes(author), messageId });
  }
  for (let start = 0; start < messages.length; start += READ_AT_ONCE) {
    const value = { messages: messages.slice(start, start + READ_AT_ONCE), readAt };
    await enqueueSync(ports, tx, account, { $case: 'read', value });
  }
}

/** Another own device has read them. */
export async function applyRead(
  tx: StorageTransaction,
  arrival: Arrival,
  { messages, readAt }: SyncRead,
): Promise<void> {
  for (const reference of messages) {
    const { author, messageId } = reference;
    if (author.length !== 16) continue;
    const message = await findMessage(tx, accountIdFromBytes(author), encodeHex(messageId));
    if (message === undefined) await keepRead(tx, arrival, reference, readAt);
    else
      await noteRead(tx, message.historyKey, readAt === 0 ? arrival.receivedAt : Math.min(readAt, arrival.receivedAt));
  }
}

async function noteRead(tx: StorageTransaction, historyKey: string, readAt: number): Promise<void> {
  await clearUnread(tx, historyKey);
  await startExpiry(tx, historyKey, readAt);
  await appendJournal(tx, { type: 'changed', historyKey });
}

/** The message is still on its way to this device. */
async function keepRead(
  tx: StorageTransaction,
  arrival: Arrival,
  reference: MessageReference,
  readAt: number,
): Promise<void> {
  const value = { body: { $case: 'read' as const, value: { messages: [reference], readAt } } };
  const content: Content = { ...arrival.content, body: { $case: 'sync', value } };
  const { author, messageId } = reference;
  await keepEarly(tx, { ...arrival, content }, { author: accountIdFromBytes(author), messageId });
}
