// Encrypts one message to one device.
import { inAsyncOperation, sessionNotFound, untrustedIdentity } from '../errors.ts';
import { CiphertextMessage, CiphertextMessageType } from '../messages/ciphertext-message.ts';
import { PreKeySignalMessage } from '../messages/pre-key-signal-message.ts';
import type { SignalMessage } from '../messages/signal-message.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import type { ProtocolAddress } from '../protocol-address.ts';
import { encryptTriple } from '../ratchet/triple-ratchet.ts';
import { Direction, type IdentityKeyStore, type SessionStore } from '../stores.ts';
import { SessionRecord } from './session-record.ts';
import { isStale, type PendingPreKey, type SessionState } from './session-state.ts';

export function signalEncrypt(
  message: Bytes,
  address: ProtocolAddress,
  localAddress: ProtocolAddress,
  sessionStore: SessionStore,
  identityStore: IdentityKeyStore,
  now: Date = new Date(),
  random: RandomSource = systemRandom,
): Promise<CiphertextMessage> {
  return inAsyncOperation('SessionCipher_EncryptMessage', async () => {
    const record = await sessionStore.getSession(address);
    const current = record?.snapshot().current ?? null;
    if (record === null || current === null || isStale(current, now.getTime())) {
      throw sessionNotFound(address, 'message_encrypt');
    }
    // An unanswered session binds both addresses into each message; see SignalMessage.
    const bound = current.pending === null ? null : { sender: localAddress, recipient: address };
    const { state: triple, message: sealed } = encryptTriple(current.triple, current, message, bound, random);
    // After the encryption, as libsignal: nothing is committed if the identity is not trusted (any more).
    if (!(await identityStore.isTrustedIdentity(address, current.remoteIdentity, Direction.Sending))) {
      throw untrustedIdentity(address);
    }
    await identityStore.saveIdentity(address, current.remoteIdentity);
    await sessionStore.saveSession(
      address,
      SessionRecord.of({ ...record.snapshot(), current: { ...current, triple } }),
    );
    return wrap(current, sealed);
  });
}

function wrap(state: SessionState, message: SignalMessage): CiphertextMessage {
  if (state.pending === null) return CiphertextMessage.of(CiphertextMessageType.Whisper, message.serialize());
  return CiphertextMessage.of(CiphertextMessageType.PreKey, withPreKeys(state, state.pending, message).serialize());
}

function withPreKeys(state: SessionState, pending: PendingPreKey, message: SignalMessage): PreKeySignalMessage {
  return PreKeySignalMessage.from({
    version: state.version,
    registrationId: state.localRegistrationId,
    preKeyId: pending.preKeyId,
    signedPreKeyId: pending.signedPreKeyId,
    kyber: { preKeyId: pending.kyberPreKeyId, ciphertext: pending.kyberCiphertext },
    baseKey: pending.baseKey,
    identityKey: state.localIdentity,
    message,
  });
}
