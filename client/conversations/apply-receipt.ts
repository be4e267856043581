/** Receipts: how far an own message has come with whom. */
import { encodeHex } from '../../wire/encoding.ts';
import { ReceiptType } from '../../wire/generated/content.ts';
import { MESSAGE_ID_BYTES } from '../../wire/limits.ts';
import { getPreferences } from '../account/preferences.ts';
import type { StorageTransaction } from '../ports.ts';
import type { Arrival } from './apply-content.ts';
import { noteDelivery, type DeliveryStep } from './deliveries.ts';
import type { MissingTarget } from './early.ts';
import { findMessage } from './history.ts';

/** Gives the target when it is not there yet. */
export async function applyReceipt(
  tx: StorageTransaction,
  arrival: Arrival,
  messageId: Uint8Array,
  type: ReceiptType,
): Promise<MissingTarget | undefined> {
  const step = await toStep(tx, type);
  if (step === undefined || arrival.author === arrival.self || messageId.length !== MESSAGE_ID_BYTES) return undefined;
  const target = await findMessage(tx, arrival.self, encodeHex(messageId));
  if (target === undefined) return { author: arrival.self, messageId };
  const at = Math.min(arrival.content.timestamp, arrival.receivedAt);
  await noteDelivery(tx, target, arrival.author, step, at);
  return undefined;
}

/** Whoever shows to nobody that they read does not get to see it of others. */
async function toStep(tx: StorageTransaction, type: ReceiptType): Promise<DeliveryStep | undefined> {
  if (type === ReceiptType.DELIVERY) return 'delivered';
  if (type !== ReceiptType.READ) return undefined;
  return (await getPreferences(tx)).readReceipts ? 'read' : 'delivered';
}
