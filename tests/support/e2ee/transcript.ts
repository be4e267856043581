// A conversation in which every random byte comes from a seed: the same on every host, or something is wrong.
import { sha256 } from '@noble/hashes/sha2.js';
import type * as EngineModule from '../../../e2ee/index.ts';
import { Device, toBundle } from './device.ts';
import { ALICE, BOB } from './addresses.ts';
import { SeededRandom } from './seeded-random.ts';

type Engine = typeof EngineModule;
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A digest of each message and of the last records. */
export async function transcript(engine: Engine): Promise<readonly string[]> {
  const seeded = new SeededRandom(2026);
  const random = (length: number): EngineModule.Bytes => seeded.bytes(length);
  const identity = (): EngineModule.Bytes => engine.IdentityKeyPair.generate(random).serialize();
  const alice = new Device(engine, ALICE, { identity: identity() });
  const bob = new Device(engine, BOB, { identity: identity() });
  const bundle = await seededBundle(engine, bob, random);
  const [a, b, from, to] = [alice.stores, bob.stores, alice.protocolAddress(), alice.protocolAddress(BOB)];
  const now = new Date(0);
  const digests: string[] = [];
  const note = (bytes: Uint8Array): void => void digests.push(hex(sha256(bytes)).slice(0, 16));
  await engine.processPreKeyBundle(bundle, to, from, a, a, now, random);
  for (let i = 0; i < 12; i++) {
    const ping = await engine.signalEncrypt(Uint8Array.of(i), to, from, a, a, now, random);
    note(ping.serialize());
    if (i === 0) {
      const first = engine.PreKeySignalMessage.deserialize(ping.serialize());
      await engine.signalDecryptPreKey(first, from, to, b, b, b, b, b, random);
    } else {
      const message = engine.SignalMessage.deserialize(ping.serialize());
      await engine.signalDecrypt(message, from, to, b, b, random);
    }
    const pong = await engine.signalEncrypt(Uint8Array.of(i), from, to, b, b, now, random);
    note(pong.serialize());
    await engine.signalDecrypt(engine.SignalMessage.deserialize(pong.serialize()), to, from, a, a, random);
  }
  note(a.sessions.get(to.toString())!);
  note(b.sessions.get(from.toString())!);
  return digests;
}

async function seededBundle(
  engine: Engine,
  bob: Device,
  random: EngineModule.RandomSource,
): Promise<EngineModule.PreKeyBundle> {
  const { PrivateKey, KEMKeyPair, PreKeyRecord, SignedPreKeyRecord, KyberPreKeyRecord } = engine;
  const { privateKey, publicKey } = bob.stores.identityKeyPair;
  const [oneTime, signed, kyber] = [
    PrivateKey.generate(random),
    PrivateKey.generate(random),
    KEMKeyPair.generate(random),
  ];
  const signature = privateKey.sign(signed.getPublicKey().serialize(), random);
  const kyberSignature = privateKey.sign(kyber.getPublicKey().serialize(), random);
  await bob.stores.savePreKey(1, PreKeyRecord.new(1, oneTime.getPublicKey(), oneTime));
  await bob.stores.saveSignedPreKey(1, SignedPreKeyRecord.new(1, 1, signed.getPublicKey(), signed, signature));
  await bob.stores.saveKyberPreKey(1, KyberPreKeyRecord.new(1, 1, kyber, kyberSignature));
  return toBundle(engine, {
    registrationId: 1,
    deviceId: BOB.deviceId,
    preKey: { id: 1, key: oneTime.getPublicKey().serialize() },
    signedPreKey: { id: 1, key: signed.getPublicKey().serialize(), signature },
    kyberPreKey: { id: 1, key: kyber.getPublicKey().serialize(), signature: kyberSignature },
    identityKey: publicKey.serialize(),
  });
}
