// What sender keys must do, whoever is at the two ends.
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../../e2ee/index.ts';
import { Device } from './device.ts';
import type { Engine } from './engine.ts';
import { ALICE, BOB } from './schedule.ts';

const DISTRIBUTION = 'd1d1d1d1-7000-11eb-b32a-33b8a8a487a6';
const bytes = (...values: readonly number[]): Bytes => Uint8Array.from(values);

/** What members do with sender keys, as bytes. */
class Member {
  readonly device: Device;

  constructor(engine: Engine, address: typeof ALICE) {
    this.device = new Device(engine, address);
  }

  async distribute(): Promise<Bytes> {
    const { engine, stores } = this.device;
    const own = this.device.protocolAddress();
    return (await engine.SenderKeyDistributionMessage.create(own, DISTRIBUTION, stores)).serialize();
  }

  async accept(distribution: Bytes, from = ALICE): Promise<void> {
    const { engine, stores } = this.device;
    const message = engine.SenderKeyDistributionMessage.deserialize(distribution);
    await engine.processSenderKeyDistributionMessage(this.device.protocolAddress(from), message, stores);
  }

  async encrypt(plaintext: Bytes): Promise<Bytes> {
    const { engine, stores } = this.device;
    const own = this.device.protocolAddress();
    return (await engine.groupEncrypt(own, DISTRIBUTION, stores, plaintext)).serialize();
  }

  decrypt(message: Bytes, from = ALICE): Promise<Bytes> {
    return this.device.engine.groupDecrypt(this.device.protocolAddress(from), this.device.stores, message);
  }

  async refuse(message: Bytes, from = ALICE): Promise<Error> {
    const before = this.device.stores.dump();
    const reason: unknown = await this.decrypt(message, from).then(
      () => null,
      (error: unknown) => error,
    );
    expect(reason).toBeInstanceOf(Error);
    expect(this.device.stores.dump()).toBe(before);
    return reason as Error;
  }
}

export function describeGroups(name: string, senderEngine: Engine, receiverEngine: Engine): void {
  const newPair = (): { alice: Member; bob: Member } => {
    return { alice: new Member(senderEngine, ALICE), bob: new Member(receiverEngine, BOB) };
  };
  const joined = async (): Promise<{ alice: Member; bob: Member }> => {
    const pair = newPair();
    await pair.bob.accept(await pair.alice.distribute());
    return pair;
  };

  describe(`groups: ${name}`, () => {
    const { ErrorCode } = receiverEngine;

    test('without a sender key there is nothing to send or read with', async () => {
      const { alice, bob } = newPair();
      await expect(alice.encrypt(bytes(1))).rejects.toThrow('missing sender key state for distribution ID');
      await alice.distribute();
      const error = await bob.refuse(await alice.encrypt(bytes(1)));
      expect(error.message).toBe(`missing sender key state for distribution ID ${DISTRIBUTION}`);
    });

    test('many messages, small and large', async () => {
      const { alice, bob } = await joined();
      for (let i = 0; i < 20; i++) expect(await bob.decrypt(await alice.encrypt(bytes(i)))).toEqual(bytes(i));
      const large = new Uint8Array(20_000).fill(3);
      expect(await bob.decrypt(await alice.encrypt(large))).toEqual(large);
      expect(await bob.decrypt(await alice.encrypt(bytes()))).toEqual(bytes());
    });

    test('out of order; a duplicate is called one', async () => {
      const { alice, bob } = await joined();
      const sent: Bytes[] = [];
      for (let i = 0; i < 100; i++) sent.push(await alice.encrypt(bytes(i)));
      for (const i of [50, 99, 0, 98, 1]) expect(await bob.decrypt(sent[i]!)).toEqual(bytes(i));
      const error = await bob.refuse(sent[50]!);
      expect(error).toMatchObject({ code: ErrorCode.DuplicatedMessage, operation: 'GroupCipher_DecryptMessage' });
      expect(await bob.decrypt(await alice.encrypt(bytes(7)))).toEqual(bytes(7));
    });

    test('who joins late reads from then on', async () => {
      const { alice, bob } = newPair();
      await alice.distribute();
      const early = await alice.encrypt(bytes(1));
      await bob.accept(await alice.distribute());
      await bob.refuse(early);
      expect(await bob.decrypt(await alice.encrypt(bytes(2)))).toEqual(bytes(2));
    });

    test('a distribution message again changes nothing', async () => {
      const { alice, bob } = await joined();
      const again = await alice.distribute();
      expect(await bob.decrypt(await alice.encrypt(bytes(1)))).toEqual(bytes(1));
      const kept = await alice.encrypt(bytes(2));
      expect(await bob.decrypt(await alice.encrypt(bytes(3)))).toEqual(bytes(3));
      await bob.accept(again);
      expect(await bob.decrypt(kept)).toEqual(bytes(2));
    });

    test('only the sender can sign', async () => {
      const { alice, bob } = await joined();
      const message = await alice.encrypt(bytes(1));
      for (let at = 0; at < message.length * 8; at += 7) {
        const damaged = message.map((byte, i) => (i === at >> 3 ? byte ^ (1 << (at & 7)) : byte));
        // Bit 3 of the version byte's low half is ignored on reading, but signed.
        await bob.refuse(damaged);
      }
      await bob.refuse(message, { ...ALICE, deviceId: 2 });
      const mallory = new Member(senderEngine, ALICE);
      const stolen = senderEngine.SenderKeyDistributionMessage.deserialize(await alice.distribute());
      const key = senderEngine.PrivateKey.generate();
      const { SenderKeyMessage } = senderEngine;
      const forged = SenderKeyMessage._new(3, DISTRIBUTION, stolen.chainId(), 1, bytes(1, 2), key);
      expect((await bob.refuse(forged.serialize())).message).toBe('invalid signature detected');
      await mallory.distribute();
      await bob.refuse(await mallory.encrypt(bytes(1)));
      expect(await bob.decrypt(message)).toEqual(bytes(1));
    });

    test('the oldest of more than 2,000 skipped messages is gone', { timeout: 60_000 }, async () => {
      const { alice, bob } = await joined();
      const oldest = await alice.encrypt(bytes(1));
      const kept = await alice.encrypt(bytes(2));
      for (let i = 0; i < 1999; i++) await alice.encrypt(bytes(3));
      expect(await bob.decrypt(await alice.encrypt(bytes(4)))).toEqual(bytes(4));
      expect(await bob.refuse(oldest)).toMatchObject({ code: ErrorCode.DuplicatedMessage });
      expect(await bob.decrypt(kept)).toEqual(bytes(2));
    });

    test('five chains of one sender are kept', async () => {
      const bob = new Member(receiverEngine, BOB);
      const generations: Member[] = [];
      for (let i = 0; i < 6; i++) {
        const alice = new Member(senderEngine, ALICE);
        await bob.accept(await alice.distribute());
        generations.push(alice);
      }
      for (const alice of generations.slice(1))
        expect(await bob.decrypt(await alice.encrypt(bytes(5)))).toEqual(bytes(5));
      await bob.refuse(await generations[0]!.encrypt(bytes(5)));
    });
  });
}
