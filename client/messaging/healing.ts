/** How a broken session becomes whole again (docs/protocol.md, "Healing"): who cannot read asks, who is asked renews the
 * session and sends again. */
import type * as Libsignal from '@signalapp/libsignal-client';
import { encodeHex } from '../../wire/encoding.ts';
import { Content } from '../../wire/generated/content.ts';
import type { Envelope } from '../../wire/generated/frames.ts';
import type { Account } from '../account/account-record.ts';
import type { ClientPorts, StorageTransaction } from '../ports.ts';
import { nextTimestamp } from '../storage/counters.ts';
import { defineTable } from '../storage/table.ts';
import { enqueueContent } from './compose.ts';
import { buildContent, makeMessageId } from './content.ts';
import { CONTENT_HINT } from './encrypt.ts';
import type { Sender, UnreadableMessage } from './open-envelope.ts';
import { enqueue } from './outbox.ts';
import { SEEN_MS } from './seen-ids.ts';
import { takeForResend } from './sent-log.ts';
import { toCiphertextType } from './signal-errors.ts';
import { archiveSession } from './sessions.ts';

type HealingPorts = Pick<ClientPorts, 'signal' | 'clock' | 'random' | 'log'>;

/** Envelopes that were asked for again, by the hash of their ciphertext: one request for each, however often the relay
 * delivers it. */
const requested = defineTable<{ readonly expiresAt: number }>('retry-requested');

export async function requestResend(
  ports: HealingPorts,
  tx: StorageTransaction,
  envelope: Envelope,
  envelopeHash: Uint8Array,
  { sender, usmc }: UnreadableMessage,
): Promise<void> {
  const key = encodeHex(envelopeHash);
  if ((await requested.get(tx, key)) !== undefined) return;
  await requested.put(tx, key, { expiresAt: ports.clock.now() + SEEN_MS });
  // What is not kept cannot be sent again: the next message will show that the session is broken.
  if (envelope.ephemeral || usmc.contentHint() === CONTENT_HINT.IMPLICIT) return;
  const error = ports.signal.DecryptionErrorMessage.forOriginal(
    usmc.contents(),
    toCiphertextType(usmc.msgType()),
    envelope.clientTimestamp,
    sender.deviceId,
  );
  await enqueue(tx, {
    recipient: sender.accountId,
    messageId: makeMessageId(ports.random),
    timestamp: await nextTimestamp(tx, ports.clock.now()),
    kind: 'retry-request',
    bytes: ports.signal.PlaintextContent.from(error).serialize(),
    isUrgent: false,
  });
  ports.log.write('info', 'healing.requested', { type: usmc.msgType() });
}

/** Someone could not read what this device sent. */
export async function answerRequest(
  ports: HealingPorts,
  tx: StorageTransaction,
  account: Account,
  sender: Sender,
  request: Libsignal.DecryptionErrorMessage,
): Promise<void> {
  // It goes to every device of the account, but is meant for the one that sent the message.
  if (request.deviceId() !== account.deviceId) return;
  const ratchetKey = request.ratchetKey();
  const isArchived =
    ratchetKey !== undefined &&
    (await archiveSession(ports.signal, tx, sender.accountId, sender.deviceId, (record) =>
      record.currentRatchetKeyMatches(ratchetKey),
    ));
  const entry = await takeForResend(tx, sender.accountId, request.timestamp(), sender.deviceId);
  ports.log.write('info', 'healing.answered', { isArchived, isFound: entry !== undefined });
  if (entry === 'exhausted') return;
  if (entry === undefined) {
    const timestamp = await nextTimestamp(tx, ports.clock.now());
    const content = buildContent(makeMessageId(ports.random), timestamp, { $case: 'null', value: {} });
    return enqueueContent(tx, sender.accountId, content);
  }
  await enqueue(tx, {
    recipient: sender.accountId,
    messageId: entry.messageId,
    timestamp: Content.decode(entry.content).timestamp,
    kind: 'content',
    bytes: entry.content,
    isUrgent: entry.isUrgent,
    isHealing: true,
  });
}

export async function purgeRequests(tx: StorageTransaction, now: number): Promise<void> {
  for (const { key, value } of await requested.list(tx)) if (value.expiresAt < now) await requested.delete(tx, key);
}
