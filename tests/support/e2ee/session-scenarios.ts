// What a session must do, whoever is at its two ends. Written once, run for our engine with itself (in Node and in
// Chromium) and with the native library (in both roles).
import { describe, expect, test } from 'vitest';
import { type BundleBytes, Device, type Sealed, toBundle } from './device.ts';
import type { Engine } from './engine.ts';
import { ALICE, BOB } from './schedule.ts';

const bytes = (...values: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);
const DAY_MS = 24 * 60 * 60 * 1000;

interface Pair {
  readonly alice: Device;
  readonly bob: Device;
}

/** A refused message has a reason, and changes no store by a byte. */
export async function expectRefused(receiver: Device, from: typeof ALICE, sealed: Sealed): Promise<Error> {
  const before = receiver.stores.dump();
  const error = await receiver.decrypt(from, sealed).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(receiver.stores.dump()).toBe(before);
  return error as Error;
}

export function describeSessions(name: string, aliceEngine: Engine, bobEngine: Engine): void {
  const newPair = (): Pair => ({ alice: new Device(aliceEngine, ALICE), bob: new Device(bobEngine, BOB) });
  const begun = async (options: Parameters<Device['publishBundle']>[0] = {}): Promise<Pair> => {
    const pair = newPair();
    await pair.alice.begin(BOB, await pair.bob.publishBundle(options));
    return pair;
  };
  const established = async (): Promise<Pair> => {
    const pair = await begun();
    await pair.bob.decrypt(ALICE, await pair.alice.encrypt(BOB, bytes(0)));
    await pair.alice.decrypt(BOB, await pair.bob.encrypt(ALICE, bytes(0)));
    return pair;
  };
  const exchange = async ({ alice, bob }: Pair, rounds = 3): Promise<void> => {
    for (let i = 0; i < rounds; i++) {
      expect(await bob.decrypt(ALICE, await alice.encrypt(BOB, bytes(1, i)))).toEqual(bytes(1, i));
      expect(await alice.decrypt(BOB, await bob.encrypt(ALICE, bytes(2, i)))).toEqual(bytes(2, i));
    }
  };

  describe(`sessions: ${name}`, () => {
    const { CiphertextMessageType: Type, ErrorCode } = aliceEngine;

    test('messages carry pre-keys until the first answer', async () => {
      const { alice, bob } = await begun();
      const first = await alice.encrypt(BOB, bytes(1));
      const second = await alice.encrypt(BOB, bytes(2));
      expect([first.type, second.type]).toEqual([Type.PreKey, Type.PreKey]);
      expect(await bob.decrypt(ALICE, second)).toEqual(bytes(2));
      expect(await bob.decrypt(ALICE, first)).toEqual(bytes(1));
      const answer = await bob.encrypt(ALICE, bytes(3));
      expect(answer.type).toBe(Type.Whisper);
      expect(await alice.decrypt(BOB, answer)).toEqual(bytes(3));
      expect((await alice.encrypt(BOB, bytes(4))).type).toBe(Type.Whisper);
    });

    test('works without a one-time pre-key, and uses one up', async () => {
      await exchange(await begun({ oneTime: false }));
      const pair = await begun();
      expect(pair.bob.stores.preKeys.size).toBe(1);
      await exchange(pair);
      expect(pair.bob.stores.preKeys.size).toBe(0);
      expect(pair.bob.stores.kyberPreKeys.size).toBe(0);
    });

    test('0 is a pre-key id like any other', async () => {
      const pair = newPair();
      const { alice, bob } = pair;
      const bundle = await bob.publishBundle();
      const record = await bob.stores.getPreKey(1);
      const { PreKeyRecord } = bob.engine;
      await bob.stores.savePreKey(0, PreKeyRecord.new(0, record.publicKey(), record.privateKey()));
      await alice.begin(BOB, { ...bundle, preKey: { id: 0, key: record.publicKey().serialize() } });
      await exchange(pair);
      expect(bob.stores.preKeys.has(0)).toBe(false);
    });

    test('an empty and a long plaintext', async () => {
      const { alice, bob } = await established();
      const long = new Uint8Array(100_000).fill(7);
      expect(await bob.decrypt(ALICE, await alice.encrypt(BOB, bytes()))).toEqual(bytes());
      expect(await bob.decrypt(ALICE, await alice.encrypt(BOB, long))).toEqual(long);
    });

    test('out of order and lost', async () => {
      const { alice, bob } = await established();
      const sent: Sealed[] = [];
      for (let i = 0; i < 40; i++) sent.push(await alice.encrypt(BOB, bytes(i)));
      for (const i of [39, 0, 20, 5, 38, 6]) {
        expect(await bob.decrypt(ALICE, sent[i]!)).toEqual(bytes(i));
      }
      await exchange({ alice, bob });
      expect(await bob.decrypt(ALICE, sent[7]!)).toEqual(bytes(7));
    });

    test('a duplicate is called one', async () => {
      const { alice, bob } = await begun();
      const first = await alice.encrypt(BOB, bytes(1));
      await bob.decrypt(ALICE, first);
      const again = await expectRefused(bob, ALICE, first);
      expect(again).toMatchObject({ name: 'DuplicatedMessage', code: ErrorCode.DuplicatedMessage });
      expect(again).toMatchObject({ operation: 'SessionCipher_DecryptPreKeySignalMessage' });
      const answer = await bob.encrypt(ALICE, bytes(2));
      await alice.decrypt(BOB, answer);
      const answerAgain = await expectRefused(alice, BOB, answer);
      expect(answerAgain).toMatchObject({ code: ErrorCode.DuplicatedMessage });
      expect(answerAgain).toMatchObject({ operation: 'SessionCipher_DecryptSignalMessage' });
      expect(answerAgain.message).toBe('message with old counter 1 / 0');
    });

    test('the oldest of more than 2,000 skipped messages is gone', { timeout: 60_000 }, async () => {
      const { alice, bob } = await established();
      const oldest = await alice.encrypt(BOB, bytes(1));
      const kept = await alice.encrypt(BOB, bytes(2));
      for (let i = 0; i < 1999; i++) await alice.encrypt(BOB, bytes(3));
      expect(await bob.decrypt(ALICE, await alice.encrypt(BOB, bytes(4)))).toEqual(bytes(4));
      expect(await expectRefused(bob, ALICE, oldest)).toMatchObject({ code: ErrorCode.DuplicatedMessage });
      expect(await bob.decrypt(ALICE, kept)).toEqual(bytes(2));
    });

    test('both start at once', async () => {
      const pair = newPair();
      const { alice, bob } = pair;
      const bundles = { alice: await alice.publishBundle(), bob: await bob.publishBundle() };
      await alice.begin(BOB, bundles.bob);
      await bob.begin(ALICE, bundles.alice);
      const fromAlice = await alice.encrypt(BOB, bytes(1));
      const fromBob = await bob.encrypt(ALICE, bytes(2));
      expect([fromAlice.type, fromBob.type]).toEqual([Type.PreKey, Type.PreKey]);
      expect(await bob.decrypt(ALICE, fromAlice)).toEqual(bytes(1));
      expect(await alice.decrypt(BOB, fromBob)).toEqual(bytes(2));
      await exchange(pair);
    });

    test('both start at once, and one of the first messages is lost', async () => {
      const pair = newPair();
      const { alice, bob } = pair;
      const bundles = { alice: await alice.publishBundle(), bob: await bob.publishBundle() };
      await alice.begin(BOB, bundles.bob);
      await bob.begin(ALICE, bundles.alice);
      await alice.encrypt(BOB, bytes(1));
      expect(await alice.decrypt(BOB, await bob.encrypt(ALICE, bytes(2)))).toEqual(bytes(2));
      await exchange(pair);
    });

    test('both start at once, fifteen times over', { timeout: 60_000 }, async () => {
      const pair = newPair();
      const { alice, bob } = pair;
      for (let i = 0; i < 15; i++) {
        const bundles = { alice: await alice.publishBundle(), bob: await bob.publishBundle() };
        await alice.begin(BOB, bundles.bob);
        await bob.begin(ALICE, bundles.alice);
        const fromAlice = await alice.encrypt(BOB, bytes(1, i));
        const fromBob = await bob.encrypt(ALICE, bytes(2, i));
        expect(await bob.decrypt(ALICE, fromAlice)).toEqual(bytes(1, i));
        expect(await alice.decrypt(BOB, fromBob)).toEqual(bytes(2, i));
      }
      await exchange(pair);
    });

    test('a message of an archived session is read and takes the session back', async () => {
      const pair = await established();
      const { alice, bob } = pair;
      const late = await alice.encrypt(BOB, bytes(9));
      await alice.begin(BOB, await bob.publishBundle());
      await bob.decrypt(ALICE, await alice.encrypt(BOB, bytes(8)));
      expect(await bob.decrypt(ALICE, late)).toEqual(bytes(9));
      await exchange(pair);
    });

    test('a pre-key message of an archived session is read', async () => {
      const pair = await begun();
      const { alice, bob } = pair;
      const early = await alice.encrypt(BOB, bytes(1));
      const late = await alice.encrypt(BOB, bytes(2));
      await bob.decrypt(ALICE, early);
      await alice.begin(BOB, await bob.publishBundle());
      await bob.decrypt(ALICE, await alice.encrypt(BOB, bytes(3)));
      expect(await bob.decrypt(ALICE, late)).toEqual(bytes(2));
      await exchange(pair);
    });

    test('forty archived sessions are kept, and not one more', { timeout: 60_000 }, async () => {
      const { alice, bob } = newPair();
      const lates: Sealed[] = [];
      for (let i = 0; i < 42; i++) {
        await alice.begin(BOB, await bob.publishBundle());
        await bob.decrypt(ALICE, await alice.encrypt(BOB, bytes(i)));
        lates.push(await alice.encrypt(BOB, bytes(100, i)));
      }
      await expectRefused(bob, ALICE, lates[0]!);
      expect(await bob.decrypt(ALICE, lates[1]!)).toEqual(bytes(100, 1));
    });

    test('an unanswered session is used for thirty days', async () => {
      const { alice, bob } = newPair();
      const start = new Date('2026-01-01T00:00:00Z');
      const limit = start.getTime() + 30 * DAY_MS;
      await alice.begin(BOB, await bob.publishBundle(), start);
      const atLimit = await alice.encrypt(BOB, bytes(1), new Date(limit));
      await expect(alice.encrypt(BOB, bytes(2), new Date(limit + 1))).rejects.toMatchObject({
        code: ErrorCode.Generic,
      });
      await expect(alice.encrypt(BOB, bytes(2), new Date(limit + 1))).rejects.toThrow('not found');
      const record = await alice.stores.getSession(alice.protocolAddress(BOB));
      expect(record?.hasCurrentState(new Date(limit))).toBe(true);
      expect(record?.hasCurrentState(new Date(limit + 1))).toBe(false);
      await bob.decrypt(ALICE, atLimit);
      await alice.decrypt(BOB, await bob.encrypt(ALICE, bytes(3)));
      expect((await alice.encrypt(BOB, bytes(4), new Date(limit + DAY_MS))).type).toBe(Type.Whisper);
    });

    test('signatures of pre-keys are checked, each bit of them', async () => {
      const { alice, bob } = newPair();
      const bundle = await bob.publishBundle();
      const damaged = (key: 'signedPreKey' | 'kyberPreKey', at: number): BundleBytes => {
        const signature = bundle[key].signature.map((byte, i) => (i === at >> 3 ? byte ^ (1 << (at & 7)) : byte));
        return { ...bundle, [key]: { ...bundle[key], signature } };
      };
      for (let at = 0; at < 512; at += 19) {
        await expect(alice.begin(BOB, damaged('signedPreKey', at))).rejects.toThrow('invalid signature detected');
        await expect(alice.begin(BOB, damaged('kyberPreKey', at))).rejects.toThrow('invalid signature detected');
      }
      expect(alice.stores.sessions.size).toBe(0);
      expect(alice.stores.identities.size).toBe(0);
      await alice.begin(BOB, bundle);
    });

    test('keys of another account are not accepted as this one’s', async () => {
      const { alice, bob } = newPair();
      const mallory = new Device(bob.engine, BOB);
      const bundle = await bob.publishBundle();
      const theirs = await mallory.publishBundle();
      await expect(alice.begin(BOB, { ...bundle, signedPreKey: theirs.signedPreKey })).rejects.toThrow();
      await expect(alice.begin(BOB, { ...bundle, kyberPreKey: theirs.kyberPreKey })).rejects.toThrow();
      await expect(alice.begin(BOB, { ...bundle, identityKey: theirs.identityKey })).rejects.toThrow();
    });

    test('an identity that is not trusted gets and sends nothing', async () => {
      const pair = await established();
      const { alice, bob } = pair;
      const mallory = new Device(alice.engine, ALICE);
      const error = await mallory.begin(BOB, await bob.publishBundle()).then(async () => {
        return expectRefused(bob, ALICE, await mallory.encrypt(BOB, bytes(6)));
      });
      expect(error).toMatchObject({ name: 'UntrustedIdentity', code: ErrorCode.UntrustedIdentity, addr: ALICE.name });
      alice.stores.identities.set(
        alice.protocolAddress(BOB).toString(),
        mallory.stores.identityKeyPair.publicKey.serialize(),
      );
      const before = alice.stores.dump();
      await expect(alice.encrypt(BOB, bytes(1))).rejects.toMatchObject({ code: ErrorCode.UntrustedIdentity });
      expect(alice.stores.dump()).toBe(before);
      await expectRefused(alice, BOB, await bob.encrypt(ALICE, bytes(1)));
    });

    test('without a session there is nothing to encrypt or decrypt with', async () => {
      const { alice, bob } = await established();
      const stranger = new Device(alice.engine, { ...ALICE, deviceId: 9 });
      await expect(stranger.encrypt(BOB, bytes(1))).rejects.toThrow(`session with ${BOB.name}.3 not found`);
      const error = await expectRefused(stranger, BOB, await bob.encrypt(ALICE, bytes(1)));
      expect(error.message).toContain('not found');
    });

    test('a replayed first message finds its pre-key gone', async () => {
      const { alice, bob } = await begun();
      const first = await alice.encrypt(BOB, bytes(1));
      await bob.decrypt(ALICE, first);
      bob.stores.sessions.clear();
      await expectRefused(bob, ALICE, first);
    });

    test('a last-resort Kyber key is kept, and refuses a base key seen before', async () => {
      const { alice, bob } = await begun({ oneTime: false, lastResort: true });
      const first = await alice.encrypt(BOB, bytes(1));
      await bob.decrypt(ALICE, first);
      expect(bob.stores.kyberPreKeys.size).toBe(1);
      bob.stores.sessions.clear();
      expect((await expectRefused(bob, ALICE, first)).message).toContain('reused base key');
    });

    test('a first message is bound to both addresses', async () => {
      const { alice, bob } = await begun();
      const first = await alice.encrypt(BOB, bytes(1));
      await expectRefused(bob, { ...ALICE, deviceId: 2 }, first);
      const elsewhere = new Device(
        bob.engine,
        { ...BOB, deviceId: 4 },
        { identity: bob.stores.identityKeyPair.serialize() },
      );
      for (const kind of ['preKeys', 'signedPreKeys', 'kyberPreKeys'] as const) {
        for (const [id, record] of bob.stores[kind]) elsewhere.stores[kind].set(id, record);
      }
      await expectRefused(elsewhere, ALICE, first);
      expect(await bob.decrypt(ALICE, first)).toEqual(bytes(1));
    });

    test('two devices of one account', { timeout: 120_000 }, async () => {
      const phone = new Device(aliceEngine, ALICE);
      const identity = phone.stores.identityKeyPair.serialize();
      const desktop = new Device(bobEngine, { ...ALICE, deviceId: 2 }, { identity });
      await phone.begin(desktop.address, await desktop.publishBundle());
      for (let i = 0; i < 2; i++) {
        const ping = await phone.encrypt(desktop.address, bytes(i));
        expect(await desktop.decrypt(phone.address, ping)).toEqual(bytes(i));
        const pong = await desktop.encrypt(phone.address, bytes(i));
        expect(await phone.decrypt(desktop.address, pong)).toEqual(bytes(i));
      }
    });

    test('the ratchet key named in a decryption error is the sender’s present one', async () => {
      const { alice, bob } = await established();
      const sealed = await bob.encrypt(ALICE, bytes(1));
      const { DecryptionErrorMessage, PublicKey } = alice.engine;
      const report = DecryptionErrorMessage.forOriginal(sealed.bytes, Type.Whisper, 45, 3);
      const received = bob.engine.DecryptionErrorMessage.deserialize(report.serialize());
      expect([received.timestamp(), received.deviceId()]).toEqual([45, 3]);
      const record = await bob.stores.getSession(bob.protocolAddress(ALICE));
      expect(record?.currentRatchetKeyMatches(received.ratchetKey()!)).toBe(true);
      const other = bob.engine.PublicKey.deserialize(PublicKey.deserialize(identityOf(alice)).serialize());
      expect(record?.currentRatchetKeyMatches(other)).toBe(false);
    });

    test('bundles keep what they were made of', async () => {
      const { bob } = newPair();
      const bytesOfBundle = await bob.publishBundle();
      const bundle = toBundle(aliceEngine, bytesOfBundle);
      expect(bundle.registrationId()).toBe(1234);
      expect(bundle.preKeyPublic()?.serialize()).toEqual(bytesOfBundle.preKey?.key);
      expect(bundle.kyberPreKeyPublic().serialize()).toEqual(bytesOfBundle.kyberPreKey.key);
    });
  });
}

function identityOf(device: Device): Uint8Array<ArrayBuffer> {
  return device.stores.identityKeyPair.publicKey.serialize();
}
