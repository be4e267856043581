// Every kind of decryption with mutated real messages: refused with an error of ours, and no store changes by a byte. What is
// accepted though it was mutated must have been mutated where nothing is authenticated, and gives the true plaintext.
import { describe, expect, test } from 'vitest';
import * as ours from '../../../e2ee/index.ts';
import { Device, type Sealed } from '../../support/e2ee/device.ts';
import { mutate } from '../../support/e2ee/mutate.ts';
import { ALICE, BOB } from '../../support/e2ee/addresses.ts';
import { SeededRandom } from '../../support/e2ee/seeded-random.ts';

const DISTRIBUTION = 'd1d1d1d1-7000-11eb-b32a-33b8a8a487a6';
const PLAINTEXT = Uint8Array.of(1, 2, 3);

async function attempt(
  receiver: Device,
  decrypt: () => Promise<ours.Bytes>,
  restore: () => void,
): Promise<'refused' | 'read'> {
  const before = receiver.stores.dump();
  try {
    expect(await decrypt()).toEqual(PLAINTEXT);
    restore();
    return 'read';
  } catch (error) {
    // A store that does not have a key says so in its own words.
    if (!/^key \d+ not found$/.test((error as Error).message)) expect(error).toBeInstanceOf(ours.LibSignalErrorBase);
    expect(receiver.stores.dump()).toBe(before);
    return 'refused';
  }
}

/** Puts the stores back as they are now. */
function snapshot(device: Device): () => void {
  const { stores } = device;
  const maps: Map<never, unknown>[] = [
    ...[stores.sessions, stores.identities, stores.preKeys, stores.signedPreKeys, stores.kyberPreKeys],
    ...[stores.senderKeys, stores.baseKeysSeen],
  ] as never;
  const saved = maps.map((map) => [...map]);
  return () => {
    for (const [i, map] of maps.entries()) {
      map.clear();
      for (const [key, value] of saved[i] ?? []) map.set(key, value);
    }
  };
}

async function fuzz(
  receiver: Device,
  bytes: ours.Bytes,
  decrypt: (bytes: ours.Bytes) => Promise<ours.Bytes>,
  rounds: number,
): Promise<number> {
  const random = new SeededRandom(bytes.length);
  const restore = snapshot(receiver);
  let read = 0;
  for (let round = 0; round < rounds; round++) {
    const mutated = mutate(bytes, random);
    if ((await attempt(receiver, () => decrypt(mutated), restore)) === 'read') read++;
  }
  expect(await decrypt(bytes)).toEqual(PLAINTEXT);
  return read;
}

const sealedDecrypt = async (bob: Device, certifier: ours.PublicKey, bytes: ours.Bytes): Promise<ours.Bytes> => {
  const { stores, address } = bob;
  const opened = await ours.sealedSenderDecryptMessage(
    bytes,
    certifier,
    1,
    null,
    address.name,
    address.deviceId,
    stores,
    stores,
    stores,
    stores,
    stores,
  );
  return opened.message();
};

describe('decryption of mutated messages', () => {
  test('SignalMessage', { timeout: 60_000 }, async () => {
    const alice = new Device(ours, ALICE);
    const bob = new Device(ours, BOB);
    await alice.begin(BOB, await bob.publishBundle());
    await bob.decrypt(ALICE, await alice.encrypt(BOB, PLAINTEXT));
    await alice.decrypt(BOB, await bob.encrypt(ALICE, PLAINTEXT));
    const { type, bytes } = await alice.encrypt(BOB, PLAINTEXT);
    const read = await fuzz(bob, bytes, (mutated) => bob.decrypt(ALICE, { type, bytes: mutated }), 500);
    expect(read).toBeLessThan(25); // mutations that change nothing: 0xff over 0xff, an empty cut
  });

  test('PreKeySignalMessage', { timeout: 120_000 }, async () => {
    const alice = new Device(ours, ALICE);
    const bob = new Device(ours, BOB);
    await alice.begin(BOB, await bob.publishBundle());
    const { type, bytes } = await alice.encrypt(BOB, PLAINTEXT);
    await fuzz(bob, bytes, (mutated) => bob.decrypt(ALICE, { type, bytes: mutated }), 200);
  });

  test('SenderKeyMessage', { timeout: 60_000 }, async () => {
    const alice = new Device(ours, ALICE);
    const bob = new Device(ours, BOB);
    const own = alice.protocolAddress();
    const distribution = await ours.SenderKeyDistributionMessage.create(own, DISTRIBUTION, alice.stores);
    await ours.processSenderKeyDistributionMessage(bob.protocolAddress(ALICE), distribution, bob.stores);
    const sealed = await ours.groupEncrypt(own, DISTRIBUTION, alice.stores, PLAINTEXT);
    const from = bob.protocolAddress(ALICE);
    await fuzz(bob, sealed.serialize(), (mutated) => ours.groupDecrypt(from, bob.stores, mutated), 300);
  });

  test('sealed sender, both versions', { timeout: 120_000 }, async () => {
    const alice = new Device(ours, ALICE);
    const bob = new Device(ours, BOB);
    await alice.begin(BOB, await bob.publishBundle());
    const root = ours.PrivateKey.generate();
    const server = ours.ServerCertificate.new(1, root.getPublicKey(), root);
    const key = alice.stores.identityKeyPair.publicKey;
    const certificate = ours.SenderCertificate.new(ALICE.name, null, 1, key, 10, server, root);
    const to = alice.protocolAddress(BOB);
    const sealed: Sealed = await alice.encrypt(BOB, PLAINTEXT);
    const message = ours.CiphertextMessage.of(3, sealed.bytes);
    const content = ours.UnidentifiedSenderMessageContent.new(message, certificate, 0, null);
    const v1 = await ours.sealedSenderEncrypt(content, to, alice.stores);
    const sent = await ours.sealedSenderMultiRecipientEncrypt(content, [to], alice.stores, alice.stores);
    const v2 = ours.sealedSenderMultiRecipientMessageForSingleRecipient(sent);
    const restore = snapshot(bob);
    for (const bytes of [v1, v2]) {
      await fuzz(bob, bytes, (mutated) => sealedDecrypt(bob, root.getPublicKey(), mutated), 120);
      restore();
    }
  });
});
