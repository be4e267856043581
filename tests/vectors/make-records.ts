// Writes records-v1.json: stored records of format version 1, in every state of SPQR and of a session's life, each with a
// message that it must still be able to read. Run by hand, once per released version, into a new file:
// node tests/vectors/make-records.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ours from '../../e2ee/index.ts';
import type { MemoryStores } from '../support/e2ee/memory-stores.ts';
import { Device, type Sealed } from '../support/e2ee/device.ts';

const ALICE = { name: '9d0652a3-dcc3-4d11-975f-74d61598733f', deviceId: 1 };
const BOB = { name: '796abedb-ca4e-4f18-8803-1fde5b921f9f', deviceId: 3 };
const DISTRIBUTION = 'd1d1d1d1-7000-11eb-b32a-33b8a8a487a6';
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (...values: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

interface StoredSession {
  readonly name: string;
  readonly record: string;
  readonly message: string;
  readonly type: number;
  readonly plaintext: string;
}

const sessions: StoredSession[] = [];

function keep(name: string, stores: MemoryStores, sealed: Sealed, plaintext: Uint8Array): void {
  if (sessions.some((session) => session.name === name)) return;
  const record = stores.sessions.get(`${BOB.name}.${BOB.deviceId}`);
  if (record === undefined) throw new Error('no session');
  sessions.push({
    name,
    record: hex(record),
    message: hex(sealed.bytes),
    type: sealed.type,
    plaintext: hex(plaintext),
  });
}

async function braidOf(device: Device): Promise<{ kind: string; epoch: number }> {
  const record = await device.stores.getSession(device.protocolAddress(BOB));
  const braid = record?.snapshot().current?.triple.spqr.braid;
  if (braid === undefined) throw new Error('no session');
  return braid;
}

const alice = new Device(ours, ALICE);
const bob = new Device(ours, BOB);
await alice.begin(BOB, await bob.publishBundle());
await bob.decrypt(ALICE, await alice.encrypt(BOB, bytes(0)));
keep('pending', alice.stores, await bob.encrypt(ALICE, bytes(1)), bytes(1));
for (let i = 0; i < 200; i++) {
  await alice.decrypt(BOB, await bob.encrypt(ALICE, bytes(2)));
  const received = await braidOf(alice);
  keep(`${received.kind}, having received`, alice.stores, await bob.encrypt(ALICE, bytes(2, i)), bytes(2, i));
  if (received.kind === 'Ct1Sampled' && received.epoch >= 4) {
    // The whole encapsulation key arrives before anything of the ciphertext is acknowledged.
    for (let j = 0; j < 40; j++) await alice.decrypt(BOB, await bob.encrypt(ALICE, bytes(8)));
    keep((await braidOf(alice)).kind, alice.stores, await bob.encrypt(ALICE, bytes(9)), bytes(9));
  }
  const ping = await alice.encrypt(BOB, bytes(3));
  const sent = await braidOf(alice);
  keep(`${sent.kind}, having sent`, alice.stores, await bob.encrypt(ALICE, bytes(4)), bytes(4));
  await bob.decrypt(ALICE, ping);
}
const skipped = await bob.encrypt(ALICE, bytes(5));
for (let i = 0; i < 5; i++) await bob.encrypt(ALICE, bytes(6));
await alice.decrypt(BOB, await bob.encrypt(ALICE, bytes(7)));
keep('skipped', alice.stores, skipped, bytes(5));
await alice.begin(BOB, await bob.publishBundle());
keep('archived', alice.stores, skipped, bytes(5));

const own = bob.protocolAddress();
const distribution = await ours.SenderKeyDistributionMessage.create(own, DISTRIBUTION, bob.stores);
const from = alice.protocolAddress(BOB);
await ours.processSenderKeyDistributionMessage(from, distribution, alice.stores);
const group: string[] = [];
for (let i = 0; i < 6; i++) {
  group.push(hex((await ours.groupEncrypt(own, DISTRIBUTION, bob.stores, bytes(i))).serialize()));
}
await ours.groupDecrypt(from, alice.stores, Buffer.from(group[4] ?? '', 'hex') as Uint8Array<ArrayBuffer>);
const senderKey = alice.stores.senderKeys.values().next().value;
const ownSenderKey = bob.stores.senderKeys.values().next().value;
if (senderKey === undefined || ownSenderKey === undefined) throw new Error('no sender key');

const records = {
  identity: hex(alice.stores.identityKeyPair.serialize()),
  peerIdentity: hex(bob.stores.identityKeyPair.publicKey.serialize()),
  sessions,
  senderKey: hex(senderKey),
  ownSenderKey: hex(ownSenderKey),
  group,
};
writeFileSync(join(import.meta.dirname, 'records-v1.json'), `${JSON.stringify(records, null, 1)}\n`);
console.log(sessions.map(({ name }) => name).join('; '));
