// Makes native.json with libsignal's native library: what it made must still be read, in every host that our tests run in.
// Run by hand: node tests/vectors/make-native-vectors.ts
import * as native from '@signalapp/libsignal-client';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../support/e2ee/engine.ts';
import { Device } from '../support/e2ee/device.ts';

const ALICE = { name: '9d0652a3-dcc3-4d11-975f-74d61598733f', deviceId: 1 };
const BOB = { name: '796abedb-ca4e-4f18-8803-1fde5b921f9f', deviceId: 3 };
const DISTRIBUTION = 'd1d1d1d1-7000-11eb-b32a-33b8a8a487a6';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (...values: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);
const hexMap = (map: ReadonlyMap<string | number, Uint8Array>): [string, string][] =>
  [...map].map(([key, value]) => [String(key), hex(value)]);

function signatures(): object[] {
  return Array.from({ length: 8 }, (_, i) => {
    const key = native.PrivateKey.generate();
    const message = new Uint8Array(i * 11).fill(i);
    const publicKey = hex(key.getPublicKey().serialize());
    return { privateKey: hex(key.serialize()), publicKey, message: hex(message), signature: hex(key.sign(message)) };
  });
}

function agreements(): object[] {
  return Array.from({ length: 4 }, () => {
    const [a, b] = [native.PrivateKey.generate(), native.PrivateKey.generate()];
    const publicKey = b.getPublicKey();
    return { privateKey: hex(a.serialize()), publicKey: hex(publicKey.serialize()), secret: hex(a.agree(publicKey)) };
  });
}

/** Bob's keys, and what Alice sent to them. */
async function session(): Promise<object> {
  const engine = native as unknown as Engine;
  const alice = new Device(engine, ALICE);
  const bob = new Device(engine, BOB);
  await alice.begin(BOB, await bob.publishBundle());
  const { preKeys, signedPreKeys, kyberPreKeys, identityKeyPair } = bob.stores;
  const stores = [preKeys, signedPreKeys, kyberPreKeys].map(hexMap);
  const messages = [];
  for (let i = 0; i < 8; i++) messages.push(hex((await alice.encrypt(BOB, bytes(i))).bytes));
  const own = alice.protocolAddress();
  const distribution = await engine.SenderKeyDistributionMessage.create(own, DISTRIBUTION, alice.stores);
  const serialized = hex(distribution.serialize());
  const group = [];
  for (let i = 0; i < 4; i++) {
    group.push(hex((await engine.groupEncrypt(own, DISTRIBUTION, alice.stores, bytes(i))).serialize()));
  }
  const sealed = await seal(alice, engine);
  return { identity: hex(identityKeyPair.serialize()), stores, messages, distribution: serialized, group, ...sealed };
}

async function seal(alice: Device, engine: Engine): Promise<object> {
  const root = engine.PrivateKey.generate();
  const serverKey = engine.PrivateKey.generate();
  const server = engine.ServerCertificate.new(7, serverKey.getPublicKey(), root);
  const key = alice.stores.identityKeyPair.publicKey;
  const certificate = engine.SenderCertificate.new(ALICE.name, null, 1, key, 2_000_000_000_000, server, serverKey);
  const to = alice.protocolAddress(BOB);
  const v1 = await engine.sealedSenderEncryptMessage(bytes(99), to, certificate, alice.stores, alice.stores);
  const own = alice.protocolAddress();
  const message = await engine.groupEncrypt(own, DISTRIBUTION, alice.stores, bytes(98));
  const content = engine.UnidentifiedSenderMessageContent.new(message, certificate, 1, bytes(5));
  const v2 = await engine.sealedSenderMultiRecipientEncrypt(content, [to], alice.stores, alice.stores);
  const trustRoot = hex(root.getPublicKey().serialize());
  return { trustRoot, certificate: hex(certificate.serialize()), sealedV1: hex(v1), sealedV2: hex(v2) };
}

function fingerprint(): object {
  const [a, b] = [native.PrivateKey.generate().getPublicKey(), native.PrivateKey.generate().getPublicKey()];
  const made = native.Fingerprint.new(50, 2, bytes(1, 2), a, bytes(3), b);
  return {
    keys: [hex(a.serialize()), hex(b.serialize())],
    display: made.displayableFingerprint().toString(),
    scannable: hex(made.scannableFingerprint().toBuffer()),
  };
}

const vectors = {
  signatures: signatures(),
  agreements: agreements(),
  session: await session(),
  fingerprint: fingerprint(),
  hkdf: hex(native.hkdf(100, bytes(1, 2, 3), bytes(4), bytes(5, 6))),
  hkdfWithoutSalt: hex(native.hkdf(33, bytes(1, 2, 3), bytes(), null)),
  gcmSiv: hex(native.Aes256GcmSiv.new(new Uint8Array(32).fill(1)).encrypt(bytes(1, 2), new Uint8Array(12), bytes(3))),
};
writeFileSync(join(import.meta.dirname, 'native.json'), `${JSON.stringify(vectors, null, 1)}\n`);
