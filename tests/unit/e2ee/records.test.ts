// Records that earlier releases wrote must load, must work, and must be written the same way again.
import { describe, expect, test } from 'vitest';
import * as ours from '../../../e2ee/index.ts';
import { type Bytes, fromHex, toHex } from '../../../e2ee/primitives/bytes.ts';
import {
  appendSkippedKeys,
  decodeSkippedKeys,
  dropSkippedBelow,
  encodeSkippedKeys,
  NO_SKIPPED_KEYS,
  takeSkippedKey,
} from '../../../e2ee/skipped-keys.ts';
import v1 from '../../vectors/records-v1.json' with { type: 'json' };
import { Device } from '../../support/e2ee/device.ts';
import { ALICE, BOB } from '../../support/e2ee/schedule.ts';
import { SeededRandom } from '../../support/e2ee/seeded-random.ts';

const b = (hex: string): Bytes => fromHex(hex)!;
const DISTRIBUTION = 'd1d1d1d1-7000-11eb-b32a-33b8a8a487a6';

describe('records of format version 1', () => {
  test('cover every state of SPQR', () => {
    const names = v1.sessions.map(({ name }) => name.split(',')[0]);
    expect(new Set(names)).toEqual(
      new Set([
        ...['pending', 'skipped', 'archived', 'KeysUnsampled', 'KeysSampled', 'HeaderSent', 'Ct1Received'],
        ...['EkSentCt1Received', 'NoHeaderReceived', 'HeaderReceived', 'Ct1Sampled', 'Ct1Acknowledged', 'Ct2Sampled'],
        'EkReceivedCt1Sampled',
      ]),
    );
  });

  test.each(v1.sessions)('session: $name', async ({ record, message, type, plaintext }) => {
    const alice = new Device(ours, ALICE, { identity: b(v1.identity) });
    alice.stores.sessions.set(alice.protocolAddress(BOB).toString(), b(record));
    alice.stores.identities.set(alice.protocolAddress(BOB).toString(), b(v1.peerIdentity));
    expect(toHex((await alice.stores.getSession(alice.protocolAddress(BOB)))!.serialize())).toBe(record);
    expect(toHex(await alice.decrypt(BOB, { type, bytes: b(message) }))).toBe(plaintext);
    await alice.encrypt(BOB, Uint8Array.of(1));
  });

  test('sender keys, of a receiver with skipped messages and of the sender', async () => {
    const alice = new Device(ours, ALICE, { identity: b(v1.identity) });
    const from = alice.protocolAddress(BOB);
    alice.stores.senderKeys.set(`${from.toString()}/${DISTRIBUTION}`, b(v1.senderKey));
    expect(toHex(ours.SenderKeyRecord.deserialize(b(v1.senderKey)).serialize())).toBe(v1.senderKey);
    for (const i of [5, 0, 3]) {
      expect(await ours.groupDecrypt(from, alice.stores, b(v1.group[i]!))).toEqual(Uint8Array.of(i));
    }
    const bob = new Device(ours, BOB);
    bob.stores.senderKeys.set(`${from.toString()}/${DISTRIBUTION}`, b(v1.ownSenderKey));
    const next = await ours.groupEncrypt(from, DISTRIBUTION, bob.stores, Uint8Array.of(9));
    expect(await ours.groupDecrypt(from, alice.stores, next.serialize())).toEqual(Uint8Array.of(9));
  });

  test('of another version are refused, not guessed at', () => {
    const session = b(v1.sessions[0]!.record);
    for (const version of [0, 2, 0x0a]) {
      expect(() => ours.SessionRecord.deserialize(session.with(0, version))).toThrow(ours.LibSignalErrorBase);
      expect(() => ours.SenderKeyRecord.deserialize(b(v1.senderKey).with(0, version))).toThrow(ours.LibSignalErrorBase);
    }
    expect(() => ours.SessionRecord.deserialize(new Uint8Array(0))).toThrow(ours.LibSignalErrorBase);
  });

  test('a damaged archived session does not cost the others', async () => {
    const { record, message, type, plaintext } = v1.sessions.find(({ name }) => name === 'archived')!;
    const alice = new Device(ours, ALICE, { identity: b(v1.identity) });
    const stored = ours.SessionRecord.deserialize(b(record)).snapshot();
    const damaged = ours.SessionRecord.of({ ...stored, archived: [Uint8Array.of(1, 2, 3), ...stored.archived] });
    alice.stores.sessions.set(alice.protocolAddress(BOB).toString(), damaged.serialize());
    expect(toHex(await alice.decrypt(BOB, { type, bytes: b(message) }))).toBe(plaintext);
  });

  test('a record without a current session says so', () => {
    const record = ours.SessionRecord.deserialize(b(v1.sessions[0]!.record));
    expect(record.hasCurrentState(new Date(0))).toBe(true);
    record.archiveCurrentState();
    expect(record.hasCurrentState()).toBe(false);
    expect(() => record.remoteRegistrationId()).toThrow('no current session');
    expect(() => record.localRegistrationId()).toThrow('no current session');
    record.archiveCurrentState();
    expect(record.snapshot().archived.length).toBe(1);
  });
});

describe('skipped keys', () => {
  test('are what a map would be, and survive storage', () => {
    const random = new SeededRandom(3);
    let skipped = NO_SKIPPED_KEYS;
    const model = new Map<number, string>();
    let end = 0;
    for (let i = 0; i < 400; i++) {
      if (random.chance(0.4)) {
        const start = end + random.below(3);
        const keys = random.bytes(32 * random.below(20));
        skipped = appendSkippedKeys(skipped, start, keys, 200);
        for (let j = 0; j < keys.length / 32; j++) model.set(start + j, toHex(keys.subarray(32 * j, 32 * j + 32)));
        for (const key of [...model.keys()].slice(0, Math.max(0, model.size - 200))) model.delete(key);
        end = start + keys.length / 32;
      } else {
        const index = random.below(end + 2);
        const taken = takeSkippedKey(skipped, index);
        expect(taken === null ? undefined : toHex(taken.key)).toBe(model.get(index));
        if (taken !== null) skipped = taken.rest;
        model.delete(index);
      }
      skipped = decodeSkippedKeys(encodeSkippedKeys(skipped));
    }
    const horizon = end - 50;
    const dropped = dropSkippedBelow(skipped, horizon);
    for (const index of model.keys()) expect(takeSkippedKey(dropped, index) !== null).toBe(index >= horizon);
  });
});
