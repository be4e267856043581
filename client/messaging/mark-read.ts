/** Reading: the authors get a receipt, and one's own other devices stop showing the messages as new. */
import { decodeHex, encodeHex } from '../../wire/encoding.ts';
import { ReceiptType, type SyncRead } from '../../wire/generated/content.ts';
import { accountIdFromBytes, accountIdToBytes, parseAccountId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { findMessage } from '../conversations/history.ts';
import { appendJournal } from '../conversations/journal.ts';
import { clearUnread, listUnread } from '../conversations/unread.ts';
import type { ClientPorts, StorageTransaction } from '../ports.ts';
import { nextTimestamp } from '../storage/counters.ts';
import { enqueueContent, enqueueReceipt } from './compose.ts';
import { buildContent, makeMessageId } from './content.ts';

export async function markRead(
  ports: Pick<ClientPorts, 'clock' | 'random'>,
  tx: StorageTransaction,
  account: Account,
  conversation: string,
): Promise<void> {
  const marks = await listUnread(tx, conversation);
  if (marks.length === 0) return;
  const messages: SyncRead['messages'] = [];
  for (const { key, value } of marks) {
    const author = parseAccountId(value.author);
    const messageId = decodeHex(value.id);
    await clearUnread(tx, key);
    await appendJournal(tx, { type: 'changed', historyKey: key });
    await enqueueReceipt(ports, tx, author, ReceiptType.READ, messageId);
    messages.push({ author: accountIdToBytes(author), messageId });
  }
  const timestamp = await nextTimestamp(tx, ports.clock.now());
  const body = { $case: 'sync' as const, value: { body: { $case: 'read' as const, value: { messages } } } };
  await enqueueContent(tx, account.accountId, buildContent(makeMessageId(ports.random), timestamp, body));
}

/** Another own device has read them. */
export async function applyRead(tx: StorageTransaction, { messages }: SyncRead): Promise<void> {
  for (const { author, messageId } of messages) {
    if (author.length !== 16) continue;
    const message = await findMessage(tx, accountIdFromBytes(author), encodeHex(messageId));
    if (message === undefined) continue;
    await clearUnread(tx, message.historyKey);
    await appendJournal(tx, { type: 'changed', historyKey: message.historyKey });
  }
}
