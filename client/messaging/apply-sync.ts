/** What another own device tells this one. Nobody else may: the caller has checked who sent it. */
import { encodeHex } from '../../wire/encoding.ts';
import type { SyncDeleted, SyncMessage, SyncSent } from '../../wire/generated/content.ts';
import { accountIdFromBytes } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { applyContent, type Arrival } from '../conversations/apply-content.ts';
import { fromReference } from '../conversations/conversation-id.ts';
import { keepEarly, takeEarly } from '../conversations/early.ts';
import { findMessage } from '../conversations/history.ts';
import { removeConversation, removeMessage } from '../conversations/remove-message.ts';
import type { StorageTransaction } from '../ports.ts';
import type { ComposePorts } from './compose.ts';
import { applyRead } from './mark-read.ts';
import { applySettings, enqueueAllSettings } from './sync-settings.ts';
import { omit } from '../omit.ts';

/** Whatever came: from others, from another own device, or early and now due. */
export async function applyArrival(
  ports: ComposePorts,
  tx: StorageTransaction,
  account: Account,
  arrival: Arrival,
): Promise<void> {
  const { body } = arrival.content;
  const sync = body?.$case === 'sync' ? body.value.body : undefined;
  if (body?.$case === 'sync' && sync?.$case !== 'sent') return applySync(ports, tx, account, arrival, sync);
  const inner = sync?.$case === 'sent' ? unwrapSent(arrival, sync.value) : arrival;
  const message = inner === undefined ? undefined : await applyContent(tx, inner);
  if (message === undefined) return;
  for (const waiting of await takeEarly(tx, message.author, message.id)) {
    await applyArrival(ports, tx, account, waiting);
  }
}

async function applySync(
  ports: ComposePorts,
  tx: StorageTransaction,
  account: Account,
  arrival: Arrival,
  body: SyncMessage['body'],
): Promise<void> {
  switch (body?.$case) {
    case 'read':
      return applyRead(tx, arrival, body.value);
    case 'deleted':
      return applyDeleted(tx, arrival, body.value);
    case 'settings':
      return applySettings(tx, account, body.value, arrival.receivedAt);
    case 'request':
      return enqueueAllSettings(ports, tx, account);
    default:
      return;
  }
}

function unwrapSent(arrival: Arrival, { recipient, content }: SyncSent): Arrival | undefined {
  if (content === undefined || recipient.length !== 16 || content.body?.$case === 'sync') return undefined;
  const peer = accountIdFromBytes(recipient);
  return { ...omit(arrival, 'bytes'), peer, recipients: [peer], content };
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
