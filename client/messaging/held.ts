/** Envelopes from members whose identity key cannot be confirmed yet: kept encrypted, read once it is. */
import { Envelope } from '../../wire/generated/frames.ts';
import type { AccountId } from '../../wire/ids.ts';
import type { StorageTransaction } from '../ports.ts';
import { nextCount } from '../storage/counters.ts';
import { defineTable, orderedKey } from '../storage/table.ts';

/** A server that invents senders must not fill the disk. */
const MAX_HELD = 1000;

interface Held {
  readonly sender: AccountId;
  readonly envelope: Uint8Array;
  /** By the clock of this device; absent in what was held by an earlier version. */
  readonly heldAt?: number;
}

const held = defineTable<Held>('held');

export async function holdEnvelope(
  tx: StorageTransaction,
  sender: AccountId,
  envelope: Envelope,
  now: number,
): Promise<void> {
  const rows = await held.list(tx);
  const oldest = rows[0];
  if (rows.length >= MAX_HELD && oldest !== undefined) await held.delete(tx, oldest.key);
  const key = orderedKey(await nextCount(tx, 'held'));
  await held.put(tx, key, { sender, envelope: Envelope.encode(envelope).finish(), heldAt: now });
}

export async function listHeld(
  tx: StorageTransaction,
): Promise<{ key: string; sender: AccountId; envelope: Envelope; heldAt: number }[]> {
  return (await held.list(tx)).map(({ key, value }) => ({
    key,
    sender: value.sender,
    envelope: Envelope.decode(value.envelope),
    heldAt: value.heldAt ?? 0,
  }));
}

export const releaseHeld = (tx: StorageTransaction, key: string): Promise<void> => held.delete(tx, key);

/** How many envelopes of this member wait. */
export async function countHeld(tx: StorageTransaction, sender: AccountId): Promise<number> {
  return (await held.list(tx)).filter(({ value }) => value.sender === sender).length;
}
