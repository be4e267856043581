// The same mistake gives the same error: class, name, code, operation, and mostly the same words.
import { describe, expect, test } from 'vitest';
import * as ours from '../../e2ee/index.ts';
import type { Engine } from '../support/e2ee/engine.ts';
import { native } from './native.ts';

const zero = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length);
const key = ours.PrivateKey.generate().getPublicKey().serialize();

const MISTAKES: readonly (readonly [name: string, make: (engine: Engine) => unknown])[] = [
  ['address', (e) => e.ProtocolAddress.new('name', 128)],
  ['address, device 0', (e) => e.ProtocolAddress.new('name', 0)],
  ['public key, empty', (e) => e.PublicKey.deserialize(zero(0))],
  ['public key, type', (e) => e.PublicKey.deserialize(zero(33))],
  ['public key, length', (e) => e.PublicKey.deserialize(key.slice(0, 20))],
  ['private key, length', (e) => e.PrivateKey.deserialize(zero(31))],
  [
    'agreement with a point of small order',
    (e) => {
      return e.PrivateKey.deserialize(zero(32)).agree(e.PublicKey.deserialize(Uint8Array.of(5, ...zero(32))));
    },
  ],
  ['KEM key, empty', (e) => e.KEMPublicKey.deserialize(zero(0))],
  ['KEM key, type', (e) => e.KEMPublicKey.deserialize(zero(1569))],
  ['KEM key, length', (e) => e.KEMPublicKey.deserialize(Uint8Array.of(8, 1))],
  ['KEM secret, type', (e) => e.KEMSecretKey.deserialize(Uint8Array.of(10, 1))],
  ['SignalMessage, short', (e) => e.SignalMessage.deserialize(zero(8))],
  ['SignalMessage, old', (e) => e.SignalMessage.deserialize(zero(20))],
  ['SignalMessage, new', (e) => e.SignalMessage.deserialize(zero(20).fill(0x55))],
  ['SignalMessage, no message', (e) => e.SignalMessage.deserialize(zero(20).fill(0x44))],
  ['PreKeySignalMessage, empty', (e) => e.PreKeySignalMessage.deserialize(zero(0))],
  ['PreKeySignalMessage, no message', (e) => e.PreKeySignalMessage.deserialize(Uint8Array.of(0x44))],
  ['SenderKeyMessage, short', (e) => e.SenderKeyMessage.deserialize(zero(10))],
  ['SenderKeyMessage, old', (e) => e.SenderKeyMessage.deserialize(zero(90))],
  ['SenderKeyDistributionMessage, new', (e) => e.SenderKeyDistributionMessage.deserialize(zero(90).fill(0x44))],
  ['PlaintextContent', (e) => e.PlaintextContent.deserialize(zero(3))],
  ['DecryptionErrorMessage', (e) => e.DecryptionErrorMessage.deserialize(zero(0))],
  ['DecryptionErrorMessage for plaintext', (e) => e.DecryptionErrorMessage.forOriginal(zero(1), 8, 1, 1)],
  ['extracting from nothing', (e) => e.DecryptionErrorMessage.extractFromSerializedBody(zero(0))],
  ['extracting from other content', (e) => e.DecryptionErrorMessage.extractFromSerializedBody(Uint8Array.of(0x80))],
  ['ServerCertificate', (e) => e.ServerCertificate.deserialize(zero(0))],
  ['SenderCertificate', (e) => e.SenderCertificate.deserialize(zero(0))],
  ['content', (e) => e.UnidentifiedSenderMessageContent.deserialize(zero(0))],
  [
    'PreKeyBundle with half a pre-key',
    (e) => {
      const k = e.PublicKey.deserialize(key);
      const kyber = e.KEMKeyPair.generate().getPublicKey();
      return e.PreKeyBundle.new(1, 1, 5, null, 1, k, zero(64), k, 1, kyber, zero(64));
    },
  ],
  ['service id string', (e) => e.ServiceId.parseFromServiceIdString('')],
  ['service id, empty', (e) => e.ServiceId.parseFromServiceIdBinary(zero(0))],
  ['service id, an ACI with its kind', (e) => e.ServiceId.parseFromServiceIdBinary(zero(17))],
  ['service id, unknown kind', (e) => e.ServiceId.parseFromServiceIdFixedWidthBinary(zero(17).fill(5))],
  ['UUID', (e) => e.Aci.fromUuid('x')],
  ['session record', (e) => e.SessionRecord.deserialize(Uint8Array.of(1, 2, 3))],
  ['key derivation, too long', (e) => e.hkdf(9000, zero(1), zero(1), null)],
  [
    'MAC key',
    (e) => {
      const k = e.PublicKey.deserialize(key);
      return e.SignalMessage._new(3, zero(3), k, 1, 1, zero(1), k, k, zero(0));
    },
  ],
  [
    'PreKeyBundle, device',
    (e) => {
      const k = e.PublicKey.deserialize(key);
      const kyber = e.KEMKeyPair.generate().getPublicKey();
      return e.PreKeyBundle.new(1, 200, null, null, 1, k, zero(64), k, 1, kyber, zero(64));
    },
  ],
  [
    'SenderCertificate, device',
    (e) => {
      const signer = e.PrivateKey.generate();
      const server = e.ServerCertificate.new(1, signer.getPublicKey(), signer);
      return e.SenderCertificate.new('x', null, 200, signer.getPublicKey(), 1, server, signer);
    },
  ],
  ['multi-recipient message, empty', (e) => e.sealedSenderMultiRecipientMessageForSingleRecipient(zero(0))],
  ['multi-recipient message, version', (e) => e.sealedSenderMultiRecipientMessageForSingleRecipient(zero(4))],
  [
    'fingerprint, iterations',
    (e) => {
      const k = e.PublicKey.deserialize(key);
      return e.Fingerprint.new(1, 2, zero(1), k, zero(1), k);
    },
  ],
  [
    'fingerprint, versions',
    (e) => {
      const k = e.PublicKey.deserialize(key);
      const [a, b] = [1, 2].map((version) => e.Fingerprint.new(2, version, zero(1), k, zero(1), k));
      return a!.scannableFingerprint().compare(b!.scannableFingerprint());
    },
  ],
  ['GCM-SIV key', (e) => e.Aes256GcmSiv.new(zero(16))],
  ['GCM-SIV nonce', (e) => e.Aes256GcmSiv.new(zero(32)).encrypt(zero(1), zero(11), zero(0))],
  ['GCM-SIV tag', (e) => e.Aes256GcmSiv.new(zero(32)).decrypt(zero(20), zero(12), zero(0))],
];

function describeError(make: () => unknown): object {
  try {
    make();
    return { thrown: false };
  } catch (error) {
    const { name, code, operation, message } = error as ours.LibSignalErrorBase;
    return { name, code, operation, message };
  }
}

describe('errors are libsignal’s', () => {
  test.each(MISTAKES)('%s', (_, make) => {
    expect(describeError(() => make(ours))).toEqual(describeError(() => make(native)));
  });
});
