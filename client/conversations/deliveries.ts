/** What became of an own message with each of its recipients. */
import type { AccountId } from '../../wire/ids.ts';
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';
import { updateMessage, type MessageStatus, type StoredMessage } from './history.ts';
import { omit } from '../omit.ts';

export interface Delivery {
  readonly accountId: AccountId;
  /** Milliseconds since 1970, each absent until it has happened. */
  readonly sentAt?: number;
  readonly deliveredAt?: number;
  readonly readAt?: number;
  /** Error code: this recipient did not get it. */
  readonly failure?: string;
}

/** `${historyKey}/${accountId}` */
const deliveries = defineTable<Delivery>('deliveries');

/** The more certain status wins, in whatever order receipts come. */
const STATUS_RANK: Readonly<Record<MessageStatus, number>> = {
  failed: 0,
  queued: 1,
  sent: 2,
  delivered: 3,
  read: 4,
  received: 5,
};

const FIELDS = { sent: 'sentAt', delivered: 'deliveredAt', read: 'readAt' } as const;
export type DeliveryStep = keyof typeof FIELDS;

export async function listDeliveries(tx: StorageTransaction, historyKey: string): Promise<Delivery[]> {
  return (await deliveries.list(tx, { prefix: `${historyKey}/` })).map(({ value }) => value);
}

export async function expectDeliveries(
  tx: StorageTransaction,
  historyKey: string,
  recipients: readonly AccountId[],
  sentAt?: number,
): Promise<void> {
  const sent = sentAt === undefined ? {} : { sentAt };
  for (const accountId of recipients) await deliveries.put(tx, `${historyKey}/${accountId}`, { accountId, ...sent });
}

export const putDelivery = (tx: StorageTransaction, historyKey: string, delivery: Delivery): Promise<void> =>
  deliveries.put(tx, `${historyKey}/${delivery.accountId}`, delivery);

export async function deleteDeliveries(tx: StorageTransaction, historyKey: string): Promise<void> {
  for (const { key } of await deliveries.list(tx, { prefix: `${historyKey}/` })) await deliveries.delete(tx, key);
}

/** Nothing happens when the message did not go to this account. */
export async function noteDelivery(
  tx: StorageTransaction,
  message: StoredMessage,
  recipient: AccountId,
  step: DeliveryStep,
  at: number,
): Promise<void> {
  const key = `${message.historyKey}/${recipient}`;
  const known = await deliveries.get(tx, key);
  if (known === undefined || message.direction !== 'outgoing') return;
  await deliveries.put(tx, key, { ...omit(known, 'failure'), [FIELDS[step]]: known[FIELDS[step]] ?? at });
  const status = STATUS_RANK[step] > STATUS_RANK[message.status] ? step : message.status;
  const { failure, ...others } = message;
  const isStillFailing = failure !== undefined && (await hasFailure(tx, message.historyKey));
  if (status === message.status && isStillFailing === (failure !== undefined)) return;
  await updateMessage(tx, { ...others, status, ...(isStillFailing ? { failure } : {}) }, 'status');
}

export async function noteFailure(
  tx: StorageTransaction,
  message: StoredMessage,
  recipient: AccountId,
  failure: string,
): Promise<void> {
  const key = `${message.historyKey}/${recipient}`;
  const known = await deliveries.get(tx, key);
  if (known !== undefined) await deliveries.put(tx, key, { ...known, failure });
  const all = await listDeliveries(tx, message.historyKey);
  const isFailed = message.status === 'queued' && all.every((delivery) => delivery.failure !== undefined);
  const status = isFailed ? 'failed' : message.status;
  if (message.direction === 'outgoing') await updateMessage(tx, { ...message, status, failure }, 'status');
}

/** Those who did not get it: they are tried again. */
export async function takeFailed(tx: StorageTransaction, historyKey: string): Promise<AccountId[]> {
  const failed = (await listDeliveries(tx, historyKey)).filter(({ failure }) => failure !== undefined);
  for (const delivery of failed) {
    await deliveries.put(tx, `${historyKey}/${delivery.accountId}`, omit(delivery, 'failure'));
  }
  return failed.map(({ accountId }) => accountId);
}

async function hasFailure(tx: StorageTransaction, historyKey: string): Promise<boolean> {
  return (await listDeliveries(tx, historyKey)).some(({ failure }) => failure !== undefined);
}
