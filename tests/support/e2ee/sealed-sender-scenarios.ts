// What sealed sender must do, whoever is at the two ends. The certificates are the sender's library's.
import { describe, expect, test } from 'vitest';
// Splitting is the server's work: ours, in every pairing.
import { SealedSenderMultiRecipientMessage } from '../../../e2ee/index.ts';
import type {
  Bytes,
  PublicKey,
  SealedSenderDecryptionResult,
  UnidentifiedSenderMessageContent,
} from '../../../e2ee/index.ts';
import { Device } from './device.ts';
import type { Engine } from './engine.ts';
import { ALICE, BOB } from './schedule.ts';

const bytes = (...values: readonly number[]): Bytes => Uint8Array.from(values);
const DISTRIBUTION = 'd1d1d1d1-7000-11eb-b32a-33b8a8a487a6';
const EXPIRES = 1_800_000_000_000;
const NOW = EXPIRES - 1000;
const E164 = '+14151111111';

interface Certified {
  readonly serialized: Bytes;
  readonly trustRoot: Bytes;
}

function certify(engine: Engine, device: Device, options: { keyId?: number; identity?: PublicKey } = {}): Certified {
  const trustRoot = engine.PrivateKey.generate();
  const serverKey = engine.PrivateKey.generate();
  const server = engine.ServerCertificate.new(options.keyId ?? 1, serverKey.getPublicKey(), trustRoot);
  const { name, deviceId } = device.address;
  const identity = options.identity ?? device.stores.identityKeyPair.publicKey;
  const sender = engine.SenderCertificate.new(name, E164, deviceId, identity, EXPIRES, server, serverKey);
  return { serialized: sender.serialize(), trustRoot: trustRoot.getPublicKey().serialize() };
}

async function open(
  receiver: Device,
  message: Bytes,
  trustRoot: Bytes,
  options: { now?: number; localE164?: string | null } = {},
): Promise<SealedSenderDecryptionResult> {
  const { engine, stores, address } = receiver;
  const root = engine.PublicKey.deserialize(trustRoot);
  const { now = NOW, localE164 = null } = options;
  return engine.sealedSenderDecryptMessage(
    message,
    root,
    now,
    localE164,
    address.name,
    address.deviceId,
    stores,
    stores,
    stores,
    stores,
    stores,
  );
}

async function refuse(receiver: Device, opening: () => Promise<unknown>): Promise<Error> {
  const before = receiver.stores.dump();
  const reason: unknown = await opening().then(
    () => null,
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(Error);
  expect(receiver.stores.dump()).toBe(before);
  return reason as Error;
}

export function describeSealedSender(name: string, senderEngine: Engine, receiverEngine: Engine): void {
  const begun = async (): Promise<{ alice: Device; bob: Device; certified: Certified }> => {
    const alice = new Device(senderEngine, ALICE);
    const bob = new Device(receiverEngine, BOB);
    await alice.begin(BOB, await bob.publishBundle());
    return { alice, bob, certified: certify(senderEngine, alice) };
  };
  const sealV1 = async (alice: Device, certified: Certified, plaintext: Bytes): Promise<Bytes> => {
    const certificate = senderEngine.SenderCertificate.deserialize(certified.serialized);
    const { stores } = alice;
    return senderEngine.sealedSenderEncryptMessage(plaintext, alice.protocolAddress(BOB), certificate, stores, stores);
  };
  const groupContent = async (alice: Device, certified: Certified): Promise<UnidentifiedSenderMessageContent> => {
    const own = alice.protocolAddress();
    await senderEngine.SenderKeyDistributionMessage.create(own, DISTRIBUTION, alice.stores);
    const message = await senderEngine.groupEncrypt(own, DISTRIBUTION, alice.stores, bytes(1, 2, 3));
    const certificate = senderEngine.SenderCertificate.deserialize(certified.serialized);
    const { ContentHint, UnidentifiedSenderMessageContent: Content } = senderEngine;
    return Content.new(message, certificate, ContentHint.Implicit, bytes(42));
  };

  describe(`sealed sender: ${name}`, () => {
    const { ErrorCode, CiphertextMessageType: Type } = receiverEngine;

    test('one to one, from the first message on', async () => {
      const { alice, bob, certified } = await begun();
      for (let i = 0; i < 3; i++) {
        const opened = await open(bob, await sealV1(alice, certified, bytes(i)), certified.trustRoot);
        expect(opened.message()).toEqual(bytes(i));
        expect([opened.senderUuid(), opened.deviceId(), opened.senderE164()]).toEqual([ALICE.name, 1, E164]);
        expect(opened.senderAci()?.getServiceIdString()).toBe(ALICE.name);
        await alice.decrypt(BOB, await bob.encrypt(ALICE, bytes(i)));
      }
    });

    test('a certificate must be in force, and by the trust root', async () => {
      const { alice, bob, certified } = await begun();
      const message = await sealV1(alice, certified, bytes(1));
      const other = receiverEngine.PrivateKey.generate().getPublicKey().serialize();
      const expected = 'invalid sealed sender message: trust root validation failed';
      expect((await refuse(bob, () => open(bob, message, other))).message).toBe(expected);
      const late = await refuse(bob, () => open(bob, message, certified.trustRoot, { now: EXPIRES + 1 }));
      expect(late.message).toBe(expected);
      expect((await open(bob, message, certified.trustRoot, { now: EXPIRES })).message()).toEqual(bytes(1));
    });

    test('a revoked server key is refused', async () => {
      const { alice, bob } = await begun();
      const revoked = certify(senderEngine, alice, { keyId: 0xdeadc357 });
      const message = await sealV1(alice, revoked, bytes(1));
      await refuse(bob, () => open(bob, message, revoked.trustRoot));
    });

    test('a certificate for another key than the sender’s is refused', async () => {
      const { alice, bob } = await begun();
      const stolen = certify(senderEngine, alice, { identity: senderEngine.PrivateKey.generate().getPublicKey() });
      const message = await sealV1(alice, stolen, bytes(1));
      const error = await refuse(bob, () => open(bob, message, stolen.trustRoot));
      expect(error.message).toContain('sender certificate key does not match message key');
    });

    test('what comes back to its own sender is refused', async () => {
      const { alice, bob, certified } = await begun();
      const message = await sealV1(alice, certified, bytes(1));
      // The receiver's identity, at the sender's address.
      const self = new Device(receiverEngine, ALICE, { identity: bob.stores.identityKeyPair.serialize() });
      const error = await refuse(self, () => open(self, message, certified.trustRoot));
      expect(error).toMatchObject({ code: ErrorCode.SealedSenderSelfSend, operation: 'SealedSender_DecryptMessage' });
      const sameNumber = new Device(
        receiverEngine,
        { ...BOB, deviceId: 1 },
        { identity: bob.stores.identityKeyPair.serialize() },
      );
      const byNumber = await refuse(sameNumber, () =>
        open(sameNumber, message, certified.trustRoot, { localE164: E164 }),
      );
      expect(byNumber).toMatchObject({ code: ErrorCode.SealedSenderSelfSend });
    });

    test('every damaged bit is refused', async () => {
      const { alice, bob, certified } = await begun();
      const message = await sealV1(alice, certified, bytes(1));
      for (let at = 8; at < message.length * 8; at += 61) {
        const damaged = message.map((byte, i) => (i === at >> 3 ? byte ^ (1 << (at & 7)) : byte));
        await refuse(bob, () => open(bob, damaged, certified.trustRoot));
      }
      expect((await open(bob, message, certified.trustRoot)).message()).toEqual(bytes(1));
    });

    test('content hints, known or not, and group ids travel', async () => {
      const { alice, bob, certified } = await begun();
      const certificate = senderEngine.SenderCertificate.deserialize(certified.serialized);
      const message = await alice.engine.signalEncrypt(
        bytes(1),
        alice.protocolAddress(BOB),
        alice.protocolAddress(),
        alice.stores,
        alice.stores,
      );
      for (const hint of [0, 1, 2, 200]) {
        const groupId = hint === 0 ? null : bytes(9, hint);
        const content = senderEngine.UnidentifiedSenderMessageContent.new(message, certificate, hint, groupId);
        const sealed = await senderEngine.sealedSenderEncrypt(content, alice.protocolAddress(BOB), alice.stores);
        const opened = await receiverEngine.sealedSenderDecryptToUsmc(sealed, bob.stores);
        expect([opened.contentHint(), opened.groupId(), opened.msgType()]).toEqual([hint, groupId, Type.PreKey]);
        expect(opened.contents()).toEqual(message.serialize());
        expect(opened.senderCertificate().serialize()).toEqual(certified.serialized);
        expect(opened.serialize()).toEqual(content.serialize());
      }
    });

    test('a decryption error travels as plaintext content', async () => {
      const { alice, bob, certified } = await begun();
      await bob.decrypt(ALICE, await alice.encrypt(BOB, bytes(0)));
      const failed = await alice.encrypt(BOB, bytes(1));
      const { DecryptionErrorMessage, PlaintextContent, CiphertextMessage } = senderEngine;
      const report = DecryptionErrorMessage.forOriginal(failed.bytes, senderEngine.CiphertextMessageType.PreKey, 45, 3);
      const plain = CiphertextMessage.from(PlaintextContent.from(report));
      const certificate = senderEngine.SenderCertificate.deserialize(certified.serialized);
      const content = senderEngine.UnidentifiedSenderMessageContent.new(plain, certificate, 2, null);
      const sealed = await senderEngine.sealedSenderEncrypt(content, alice.protocolAddress(BOB), alice.stores);
      const opened = await receiverEngine.sealedSenderDecryptToUsmc(sealed, bob.stores);
      expect(opened.msgType()).toBe(Type.Plaintext);
      const body = receiverEngine.PlaintextContent.deserialize(opened.contents()).body();
      const received = receiverEngine.DecryptionErrorMessage.extractFromSerializedBody(body);
      expect([received.timestamp(), received.deviceId()]).toEqual([45, 3]);
      expect(received.ratchetKey()?.serialize()).toEqual(report.ratchetKey()?.serialize());
      const error = await refuse(bob, () => open(bob, sealed, certified.trustRoot));
      expect(error.message).toContain('unexpected message type for sealed_sender_decrypt');
    });

    test('one ciphertext for many devices, split by the server', async () => {
      const alice = new Device(senderEngine, ALICE);
      const certified = certify(senderEngine, alice);
      const carol = { name: '2b7f1f2a-1111-4222-8333-444455556666', deviceId: 1 };
      const bobs = [new Device(receiverEngine, BOB)];
      const identity = bobs[0]!.stores.identityKeyPair.serialize();
      bobs.push(new Device(receiverEngine, { ...BOB, deviceId: 4 }, { identity, registrationId: 0x3fff }));
      const carols = new Device(receiverEngine, carol, { registrationId: 7 });
      const all = [...bobs, carols];
      for (const device of all) await alice.begin(device.address, await device.publishBundle());
      const excluded = senderEngine.Pni.fromUuid('5d088142-6fd7-4dbd-af00-fdda1b3ce988');
      const sent = await senderEngine.sealedSenderMultiRecipientEncrypt({
        content: await groupContent(alice, certified),
        recipients: all.map((device) => alice.protocolAddress(device.address)),
        excludedRecipients: [excluded],
        identityStore: alice.stores,
        sessionStore: alice.stores,
      });
      const parsed = new SealedSenderMultiRecipientMessage(sent);
      const recipients = parsed.recipientsByServiceIdString();
      expect(Object.keys(recipients)).toEqual([BOB.name, carol.name]);
      expect(recipients[BOB.name]).toMatchObject({ deviceIds: [3, 4], registrationIds: [1234, 0x3fff] });
      expect(recipients[carol.name]).toMatchObject({ deviceIds: [1], registrationIds: [7] });
      expect(parsed.excludedRecipientServiceIdStrings()).toEqual([excluded.getServiceIdString()]);
      for (const device of all) {
        const received = parsed.messageForRecipient(recipients[device.address.name]!);
        const opened = await receiverEngine.sealedSenderDecryptToUsmc(received, device.stores);
        expect([opened.msgType(), opened.contentHint()]).toEqual([Type.SenderKey, 2]);
        expect(opened.groupId()).toEqual(bytes(42));
      }
    });

    test('for a single recipient, and not for another', async () => {
      const { alice, bob, certified } = await begun();
      const sent = await senderEngine.sealedSenderMultiRecipientEncrypt(
        await groupContent(alice, certified),
        [alice.protocolAddress(BOB)],
        alice.stores,
        alice.stores,
      );
      const received = receiverEngine.sealedSenderMultiRecipientMessageForSingleRecipient(sent);
      const opened = await receiverEngine.sealedSenderDecryptToUsmc(received, bob.stores);
      expect(opened.groupId()).toEqual(bytes(42));
      const stranger = new Device(receiverEngine, BOB);
      const error = await refuse(stranger, () => receiverEngine.sealedSenderDecryptToUsmc(received, stranger.stores));
      expect(error.message).toContain('derived ephemeral key did not match');
      for (let at = 8; at < received.length * 8; at += 37) {
        const damaged = received.map((byte, i) => (i === at >> 3 ? byte ^ (1 << (at & 7)) : byte));
        await refuse(bob, () => receiverEngine.sealedSenderDecryptToUsmc(damaged, bob.stores));
      }
    });

    test('the plain UUID form of the sent message is read too', async () => {
      const { alice, bob, certified } = await begun();
      const content = await groupContent(alice, certified);
      const to = [alice.protocolAddress(BOB)];
      const sent = await senderEngine.sealedSenderMultiRecipientEncrypt(content, to, alice.stores, alice.stores);
      // Version, count, then the service id, whose kind byte the older form leaves out.
      const older = Uint8Array.from([0x22, sent[1] ?? 0, ...sent.subarray(3)]);
      const received = receiverEngine.sealedSenderMultiRecipientMessageForSingleRecipient(older);
      expect((await receiverEngine.sealedSenderDecryptToUsmc(received, bob.stores)).groupId()).toEqual(bytes(42));
    });

    test('a registration id must fit 14 bits; an archived session has none', async () => {
      const alice = new Device(senderEngine, ALICE);
      const certified = certify(senderEngine, alice);
      const bob = new Device(receiverEngine, BOB, { registrationId: 0x4000 });
      await alice.begin(BOB, await bob.publishBundle());
      const content = await groupContent(alice, certified);
      const to = alice.protocolAddress(BOB);
      const seal = (): Promise<Bytes> =>
        senderEngine.sealedSenderMultiRecipientEncrypt(content, [to], alice.stores, alice.stores);
      const error: unknown = await seal().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'InvalidRegistrationId', operation: 'SealedSender_MultiRecipientEncrypt' });
      expect(String((error as { addr: unknown }).addr)).toBe(`${BOB.name}.3`);
      const record = await alice.stores.getSession(to);
      record!.archiveCurrentState();
      await alice.stores.saveSession(to, record!);
      await expect(seal()).rejects.toThrow('cannot get registration ID from session');
    });
  });
}
