// One real serialization of everything that has a parser, by the engine given.
import type { Bytes } from '../../../e2ee/index.ts';
import { Device } from './device.ts';
import type { Engine } from './engine.ts';
import { ALICE, BOB } from './addresses.ts';

export interface Sample {
  readonly name: string;
  readonly bytes: Bytes;
  /** Parses, and says what was parsed, as text that two engines must agree on. */
  readonly parse: (engine: Engine, bytes: Bytes) => string;
}

const DISTRIBUTION = 'd1d1d1d1-7000-11eb-b32a-33b8a8a487a6';
const show = (...values: readonly unknown[]): string =>
  JSON.stringify(values.map((value) => (value instanceof Uint8Array ? Array.from(value).join() : (value ?? null))));

export async function makeSamples(engine: Engine): Promise<readonly Sample[]> {
  const alice = new Device(engine, ALICE);
  const bob = new Device(engine, BOB);
  await alice.begin(BOB, await bob.publishBundle());
  const preKey = await alice.encrypt(BOB, Uint8Array.of(1, 2, 3));
  await bob.decrypt(ALICE, preKey);
  const whisper = await bob.encrypt(ALICE, Uint8Array.of(4, 5));
  const own = alice.protocolAddress();
  const distribution = await engine.SenderKeyDistributionMessage.create(own, DISTRIBUTION, alice.stores);
  const group = await engine.groupEncrypt(own, DISTRIBUTION, alice.stores, Uint8Array.of(6));
  const report = engine.DecryptionErrorMessage.forOriginal(preKey.bytes, engine.CiphertextMessageType.PreKey, 45, 3);
  const plaintext = engine.PlaintextContent.from(report);
  const root = engine.PrivateKey.generate();
  const server = engine.ServerCertificate.new(7, root.getPublicKey(), root);
  const key = alice.stores.identityKeyPair.publicKey;
  const sender = engine.SenderCertificate.new(ALICE.name, '+1', 1, key, 2_000_000_000_000, server, root);
  const content = engine.UnidentifiedSenderMessageContent.new(group, sender, 2, Uint8Array.of(1));
  const to = [alice.protocolAddress(BOB)];
  const sent = await engine.sealedSenderMultiRecipientEncrypt(content, to, alice.stores, alice.stores);
  const kyber = engine.KEMKeyPair.generate();
  const preKeyRecord = engine.PreKeyRecord.new(5, key, root);
  const signed = engine.SignedPreKeyRecord.new(6, 1234, key, root, new Uint8Array(64).fill(1));
  return [
    { name: 'SignalMessage', bytes: whisper.bytes, parse: parseSignalMessage },
    { name: 'PreKeySignalMessage', bytes: preKey.bytes, parse: parsePreKeySignalMessage },
    { name: 'SenderKeyMessage', bytes: group.serialize(), parse: parseSenderKeyMessage },
    { name: 'SenderKeyDistributionMessage', bytes: distribution.serialize(), parse: parseDistribution },
    { name: 'DecryptionErrorMessage', bytes: report.serialize(), parse: parseDecryptionError },
    { name: 'PlaintextContent', bytes: plaintext.serialize(), parse: parsePlaintext },
    { name: 'ServerCertificate', bytes: server.serialize(), parse: parseServerCertificate },
    { name: 'SenderCertificate', bytes: sender.serialize(), parse: parseSenderCertificate },
    { name: 'UnidentifiedSenderMessageContent', bytes: content.serialize(), parse: parseContent },
    { name: 'multi-recipient message', bytes: sent, parse: parseMultiRecipient },
    { name: 'PublicKey', bytes: key.serialize(), parse: (e, b) => show(e.PublicKey.deserialize(b).serialize()) },
    { name: 'PrivateKey', bytes: root.serialize(), parse: (e, b) => show(e.PrivateKey.deserialize(b).serialize()) },
    {
      name: 'KEMPublicKey',
      bytes: kyber.getPublicKey().serialize(),
      parse: (e, b) => show(e.KEMPublicKey.deserialize(b).serialize()),
    },
    {
      name: 'KEMSecretKey',
      bytes: kyber.getSecretKey().serialize(),
      parse: (e, b) => show(e.KEMSecretKey.deserialize(b).serialize()),
    },
    {
      name: 'IdentityKeyPair',
      bytes: alice.stores.identityKeyPair.serialize(),
      parse: (e, b) => show(e.IdentityKeyPair.deserialize(b).publicKey.serialize()),
    },
    {
      name: 'PreKeyRecord',
      bytes: preKeyRecord.serialize(),
      parse: parsePreKeyRecord,
    },
    {
      name: 'SignedPreKeyRecord',
      bytes: signed.serialize(),
      parse: parseSignedPreKeyRecord,
    },
  ];
}

function parseSignalMessage(engine: Engine, bytes: Bytes): string {
  const m = engine.SignalMessage.deserialize(bytes);
  return show(m.messageVersion(), m.counter(), m.body(), m.pqRatchet());
}

function parsePreKeySignalMessage(engine: Engine, bytes: Bytes): string {
  const m = engine.PreKeySignalMessage.deserialize(bytes);
  return show(m.version(), m.registrationId(), m.preKeyId(), m.signedPreKeyId());
}

function parseSenderKeyMessage(engine: Engine, bytes: Bytes): string {
  const m = engine.SenderKeyMessage.deserialize(bytes);
  return show(m.distributionId(), m.chainId(), m.iteration(), m.ciphertext());
}

function parseDistribution(engine: Engine, bytes: Bytes): string {
  const m = engine.SenderKeyDistributionMessage.deserialize(bytes);
  return show(m.distributionId(), m.chainId(), m.iteration(), m.chainKey());
}

function parseDecryptionError(engine: Engine, bytes: Bytes): string {
  const m = engine.DecryptionErrorMessage.deserialize(bytes);
  return show(m.timestamp(), m.deviceId(), m.ratchetKey()?.serialize());
}

function parsePlaintext(engine: Engine, bytes: Bytes): string {
  const body = engine.PlaintextContent.deserialize(bytes).body();
  return show(body, engine.DecryptionErrorMessage.extractFromSerializedBody(body).timestamp());
}

function parseServerCertificate(engine: Engine, bytes: Bytes): string {
  const c = engine.ServerCertificate.deserialize(bytes);
  return show(c.keyId(), c.key().serialize(), c.certificateData(), c.signature());
}

function parseSenderCertificate(engine: Engine, bytes: Bytes): string {
  const c = engine.SenderCertificate.deserialize(bytes);
  const valid = c.validate(c.serverCertificate().key(), 1);
  return show(c.senderUuid(), c.senderE164(), c.senderDeviceId(), c.expiration(), c.key().serialize(), valid);
}

function parseContent(engine: Engine, bytes: Bytes): string {
  const c = engine.UnidentifiedSenderMessageContent.deserialize(bytes);
  return show(c.msgType(), c.contents(), c.contentHint(), c.groupId(), c.senderCertificate().serialize());
}

function parseMultiRecipient(engine: Engine, bytes: Bytes): string {
  return show(engine.sealedSenderMultiRecipientMessageForSingleRecipient(bytes));
}

// libsignal reads the keys of a record when they are asked for, we when it is loaded: so ask for them.
function parsePreKeyRecord(engine: Engine, bytes: Bytes): string {
  const record = engine.PreKeyRecord.deserialize(bytes);
  return show(record.id(), record.publicKey().serialize(), record.privateKey().serialize());
}

function parseSignedPreKeyRecord(engine: Engine, bytes: Bytes): string {
  const record = engine.SignedPreKeyRecord.deserialize(bytes);
  const keys = [record.publicKey().serialize(), record.privateKey().serialize()];
  return show(record.id(), ...keys, record.signature(), record.timestamp());
}
