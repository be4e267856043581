/** Takes a message away with everything that this device holds of it. Quotes of it in other messages keep their copy. */
import { deleteOutboxAbout } from '../messaging/outbox.ts';
import { deleteSentAbout } from '../messaging/sent-log.ts';
import type { StorageTransaction } from '../ports.ts';
import { changeRecord, getRecord } from './conversation-record.ts';
import { deleteDeliveries } from './deliveries.ts';
import { listExpired, stopExpiry } from './expiry.ts';
import { deleteMessageRows, getMessage, listMessages, type StoredMessage } from './history.ts';
import { appendJournal } from './journal.ts';
import { clearUnread } from './unread.ts';
import { omit } from '../omit.ts';

const REMOVED_AT_ONCE = 500;

/** Also what waits to be sent of it, unless it is under way, and what is kept in case a recipient cannot read it. */
export async function removeMessage(tx: StorageTransaction, message: StoredMessage): Promise<void> {
  const { historyKey, conversation } = message;
  await clearUnread(tx, historyKey);
  await stopExpiry(tx, message);
  await deleteDeliveries(tx, historyKey);
  await forgetCopies(tx, historyKey);
  await deleteMessageRows(tx, message);
  const record = await getRecord(tx, conversation);
  const [last] = record.lastKey === historyKey ? await listMessages(tx, conversation, { limit: 1 }) : [];
  await changeRecord(tx, conversation, ({ lastKey, ...rest }) => {
    const newest = lastKey === historyKey ? last?.historyKey : lastKey;
    const messageCount = Math.max(0, rest.messageCount - 1);
    return { ...rest, messageCount, ...(newest === undefined ? {} : { lastKey: newest }) };
  });
  await appendJournal(tx, { type: 'removed', conversation, historyKey });
}

/** What outbox and sent log hold of the text of a message. */
export async function forgetCopies(tx: StorageTransaction, historyKey: string): Promise<void> {
  await deleteOutboxAbout(tx, historyKey);
  await deleteSentAbout(tx, historyKey);
}

/** All messages up to this time. The record stays, with its settings; an empty conversation is not listed. */
export async function removeConversation(tx: StorageTransaction, conversation: string, upTo: number): Promise<void> {
  for (let before: string | undefined; ;) {
    const page = await listMessages(tx, conversation, {
      limit: REMOVED_AT_ONCE,
      ...(before === undefined ? {} : { before }),
    });
    for (const message of page) if (message.timestamp <= upTo) await removeMessage(tx, message);
    if (page.length < REMOVED_AT_ONCE) break;
    before = page[0]?.historyKey;
  }
  await changeRecord(tx, conversation, (record) => ({
    ...omit(record, 'draft'),
    pinnedAt: 0,
    isMarkedUnread: false,
  }));
}

/** Whether there may be more of them. */
export async function removeExpired(tx: StorageTransaction, now: number): Promise<boolean> {
  const expired = await listExpired(tx, now, REMOVED_AT_ONCE);
  for (const historyKey of expired) {
    const message = await getMessage(tx, historyKey);
    if (message !== undefined) await removeMessage(tx, message);
  }
  return expired.length === REMOVED_AT_ONCE;
}
