// What libsignal's native library made (tests/vectors/make-native-vectors.ts) is read here, in hosts that cannot run it.
import { describe, expect, test } from 'vitest';
import * as ours from '../../../e2ee/index.ts';
import { type Bytes, fromHex, toHex } from '../../../e2ee/primitives/bytes.ts';
import vectors from '../../vectors/native.json' with { type: 'json' };
import { Device } from '../../support/e2ee/device.ts';
import { ALICE, BOB } from '../../support/e2ee/schedule.ts';

const b = (hex: string): Bytes => fromHex(hex)!;
const { session } = vectors;

function newBob(): Device {
  const bob = new Device(ours, BOB, { identity: b(session.identity) });
  const maps = [bob.stores.preKeys, bob.stores.signedPreKeys, bob.stores.kyberPreKeys];
  for (const [i, map] of maps.entries()) {
    for (const [id, record] of session.stores[i] as [string, string][]) map.set(Number(id), b(record));
  }
  return bob;
}

describe('made by the native library', () => {
  test.each(vectors.signatures)('signature $#', async (vector) => {
    const key = ours.PublicKey.deserialize(b(vector.publicKey));
    expect(key.verify(b(vector.message), b(vector.signature))).toBe(true);
    expect(await key.verifyAsync(b(vector.message), b(vector.signature))).toBe(true);
    const privateKey = ours.PrivateKey.deserialize(b(vector.privateKey));
    expect(toHex(privateKey.getPublicKey().serialize())).toBe(vector.publicKey);
  });

  test.each(vectors.agreements)('agreement $#', ({ privateKey, publicKey, secret }) => {
    const agreed = ours.PrivateKey.deserialize(b(privateKey)).agree(ours.PublicKey.deserialize(b(publicKey)));
    expect(toHex(agreed)).toBe(secret);
  });

  test('a session’s messages, in any order', async () => {
    const bob = newBob();
    for (const i of [3, 0, 7, 1, 2, 6, 5, 4]) {
      expect(await bob.decrypt(ALICE, { type: 3, bytes: b(session.messages[i]!) })).toEqual(Uint8Array.of(i));
    }
  });

  test('records of pre-keys are written as libsignal writes them', () => {
    const [preKeys, signed, kyber] = session.stores as [string, string][][];
    for (const [Record, stored] of [
      [ours.PreKeyRecord, preKeys],
      [ours.SignedPreKeyRecord, signed],
      [ours.KyberPreKeyRecord, kyber],
    ] as const) {
      expect(toHex(Record.deserialize(b(stored![0]![1])).serialize())).toBe(stored![0]![1]);
    }
    const kyberRecord = ours.KyberPreKeyRecord.deserialize(b(kyber![0]![1]));
    const { KyberPreKeyRecord } = ours;
    const rewritten = KyberPreKeyRecord.new(
      kyberRecord.id(),
      kyberRecord.timestamp(),
      kyberRecord.keyPair(),
      kyberRecord.signature(),
    );
    expect(rewritten.serialize()).toEqual(kyberRecord.serialize());
    expect(toHex(ours.IdentityKeyPair.deserialize(b(session.identity)).serialize())).toBe(session.identity);
  });

  test('group messages', async () => {
    const bob = newBob();
    const from = bob.protocolAddress(ALICE);
    const distribution = ours.SenderKeyDistributionMessage.deserialize(b(session.distribution));
    await ours.processSenderKeyDistributionMessage(from, distribution, bob.stores);
    for (const i of [2, 0, 1, 3]) {
      expect(await ours.groupDecrypt(from, bob.stores, b(session.group[i]!))).toEqual(Uint8Array.of(i));
    }
  });

  test('sealed sender, both versions', async () => {
    const { stores } = newBob();
    const root = ours.PublicKey.deserialize(b(session.trustRoot));
    const opened = await ours.sealedSenderDecryptMessage(
      b(session.sealedV1),
      root,
      1_900_000_000_000,
      null,
      BOB.name,
      BOB.deviceId,
      stores,
      stores,
      stores,
      stores,
      stores,
    );
    expect(opened.message()).toEqual(Uint8Array.of(99));
    const received = ours.sealedSenderMultiRecipientMessageForSingleRecipient(b(session.sealedV2));
    const content = await ours.sealedSenderDecryptToUsmc(received, stores);
    expect([content.msgType(), content.contentHint()]).toEqual([ours.CiphertextMessageType.SenderKey, 1]);
    expect(toHex(content.senderCertificate().serialize())).toBe(session.certificate);
    expect(content.senderCertificate().validate(root, 1_900_000_000_000)).toBe(true);
    expect(content.senderCertificate().validateWithTrustRoots([content.senderCertificate().key(), root], 1)).toBe(true);
    expect(content.senderCertificate().serverCertificate().keyId()).toBe(7);
  });

  test('safety numbers', () => {
    const [a, c] = vectors.fingerprint.keys.map((key) => ours.PublicKey.deserialize(b(key)));
    const mine = ours.Fingerprint.new(50, 2, Uint8Array.of(1, 2), a!, Uint8Array.of(3), c!);
    expect(mine.displayableFingerprint().toString()).toBe(vectors.fingerprint.display);
    expect(toHex(mine.scannableFingerprint().toBuffer())).toBe(vectors.fingerprint.scannable);
    const theirs = ours.Fingerprint.new(50, 2, Uint8Array.of(3), c!, Uint8Array.of(1, 2), a!);
    expect(mine.scannableFingerprint().compare(theirs.scannableFingerprint())).toBe(true);
    expect(mine.scannableFingerprint().compare(mine.scannableFingerprint())).toBe(false);
    const other = ours.Fingerprint.new(50, 3, Uint8Array.of(3), c!, Uint8Array.of(1, 2), a!);
    expect(() => mine.scannableFingerprint().compare(other.scannableFingerprint())).toThrow('version');
    expect(() => ours.Fingerprint.new(1, 2, Uint8Array.of(), a!, Uint8Array.of(), c!)).toThrow('iteration');
    expect(() => ours.Fingerprint.new(1_000_001, 2, Uint8Array.of(), a!, Uint8Array.of(), c!)).toThrow('iteration');
  });

  test('key derivation and authenticated encryption', () => {
    expect(toHex(ours.hkdf(100, Uint8Array.of(1, 2, 3), Uint8Array.of(4), Uint8Array.of(5, 6)))).toBe(vectors.hkdf);
    expect(toHex(ours.hkdf(33, Uint8Array.of(1, 2, 3), new Uint8Array(0), null))).toBe(vectors.hkdfWithoutSalt);
    const cipher = ours.Aes256GcmSiv.new(new Uint8Array(32).fill(1));
    expect(toHex(cipher.encrypt(Uint8Array.of(1, 2), new Uint8Array(12), Uint8Array.of(3)))).toBe(vectors.gcmSiv);
  });
});
