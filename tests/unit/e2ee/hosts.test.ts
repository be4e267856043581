// The same bytes on every host: with WebCrypto's X25519 and Ed25519, without them, in Node, in Chromium, in a Worker.
import { afterEach, describe, expect, test, vi } from 'vitest';
import type * as EngineModule from '../../../e2ee/index.ts';
import { Device, toBundle } from '../../support/e2ee/device.ts';
import { ALICE, BOB } from '../../support/e2ee/schedule.ts';
import { SeededRandom } from '../../support/e2ee/seeded-random.ts';
import expected from '../../vectors/transcript.json' with { type: 'json' };

type Engine = typeof EngineModule;
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A conversation in which every random byte comes from a seed; a digest of each message and of the last records. */
async function transcript(engine: Engine): Promise<readonly string[]> {
  const { sha256 } = await import('@noble/hashes/sha2.js');
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

const host = globalThis as { crypto?: { getRandomValues(into: Uint8Array): Uint8Array; subtle?: object } };
const whole = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
const own = host.crypto!;

/** A browser loads a module once: there only its own WebCrypto can be tried, and is held to what Node wrote down. */
const keepsModules = 'document' in globalThis;

/** The engine, loaded anew in a host whose WebCrypto is this. */
async function engineWith(crypto: object | undefined): Promise<Engine> {
  vi.resetModules();
  Object.defineProperty(globalThis, 'crypto', { configurable: true, value: crypto });
  return import('../../../e2ee/index.ts');
}

afterEach(() => {
  vi.resetModules();
  if (whole !== undefined) Object.defineProperty(globalThis, 'crypto', whole);
  else Reflect.deleteProperty(globalThis, 'crypto');
});

const getRandomValues = (into: Uint8Array): Uint8Array => own.getRandomValues(into);

describe('the same transcript', () => {
  test('with this host’s WebCrypto', async () => {
    expect(await transcript(await import('../../../e2ee/index.ts'))).toEqual(expected);
  });

  test.skipIf(keepsModules)('without subtle, as in an insecure context', async () => {
    expect(await transcript(await engineWith({ getRandomValues }))).toEqual(expected);
  });

  test.skipIf(keepsModules)('where subtle knows no X25519', async () => {
    const reject = (): Promise<never> => Promise.reject(new Error('NotSupportedError'));
    const subtle = { importKey: reject, deriveBits: reject, verify: reject, digest: () => Promise.resolve() };
    expect(await transcript(await engineWith({ getRandomValues, subtle }))).toEqual(expected);
  });

  test.skipIf(keepsModules)(
    'where subtle’s X25519 gives wrong answers: it is asked once, and then no more',
    async () => {
      let asked = 0;
      const subtle = {
        importKey: () => Promise.resolve({}),
        deriveBits: () => Promise.resolve(new Uint8Array(32).fill(++asked).buffer),
        verify: () => Promise.resolve(false),
        digest: () => Promise.resolve(),
      };
      expect(await transcript(await engineWith({ getRandomValues, subtle }))).toEqual(expected);
      expect(asked).toBe(1);
    },
  );

  test.skipIf(keepsModules)('without any WebCrypto there is no randomness, and it says so', async () => {
    const engine = await engineWith(undefined);
    expect(() => engine.PrivateKey.generate()).toThrow('no safe source of randomness');
  });
});

test('a long derivation lets the host do other things', { timeout: 30_000 }, async () => {
  const engine: Engine = await import('../../../e2ee/index.ts');
  const alice = new Device(engine, ALICE);
  const bob = new Device(engine, BOB);
  await alice.begin(BOB, await bob.publishBundle());
  for (let i = 0; i < 2000; i++) await alice.encrypt(BOB, Uint8Array.of(1));
  const sealed = await alice.encrypt(BOB, Uint8Array.of(2));
  const pings = countTurns();
  await bob.decrypt(ALICE, sealed);
  expect(pings.stop()).toBeGreaterThan(4);
});

/** Counts turns of the event loop, by messages to ourselves: timers are held back in pages that nobody sees. */
function countTurns(): { stop(): number } {
  let turns = 0;
  const { port1, port2 } = new MessageChannel();
  Object.assign(port1, {
    onmessage: () => {
      turns++;
      port2.postMessage(0);
    },
  });
  port2.postMessage(0);
  return {
    stop: () => {
      port1.close();
      return turns;
    },
  };
}
