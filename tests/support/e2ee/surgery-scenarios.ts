// Messages cut up and put together again: a field stripped, or swapped for another message's, is refused.
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../../e2ee/index.ts';
import { bytes as raw, decode, encode, type Schema, uint32, type Values } from '../../../e2ee/proto/message.ts';
import { ALICE, BOB } from './addresses.ts';
import { Device, type Sealed } from './device.ts';
import type { Engine } from './engine.ts';
import { expectRefused } from './session-scenarios.ts';

const MAC_BYTES = 8;
const bytes = (...values: readonly number[]): Bytes => Uint8Array.from(values);

// The wire formats, uninterpreted.
const INNER = {
  ratchetKey: [1, raw],
  counter: [2, uint32],
  previousCounter: [3, uint32],
  ciphertext: [4, raw],
  pqRatchet: [5, raw, undefined],
  addresses: [6, raw, undefined],
} as const satisfies Schema;

const OUTER = {
  preKeyId: [1, uint32, undefined],
  baseKey: [2, raw],
  identityKey: [3, raw],
  message: [4, raw],
  registrationId: [5, uint32],
  signedPreKeyId: [6, uint32],
  kyberPreKeyId: [7, uint32],
  kyberCiphertext: [8, raw],
} as const satisfies Schema;

interface Parts extends Values<typeof INNER> {
  version: number;
  mac: Bytes;
}

function dissect(message: Bytes): Parts {
  const parts = decode(INNER, message.subarray(1, -MAC_BYTES));
  return { ...parts, version: message[0]!, mac: message.subarray(-MAC_BYTES) };
}

function assemble(parts: Parts): Bytes {
  return Uint8Array.from([...encode(INNER, parts, parts.version), ...parts.mac]);
}

const openOuter = (sealed: Bytes): Values<typeof OUTER> => decode(OUTER, sealed.subarray(1));

/** A PreKeySignalMessage with another message inside. */
function rewrap(outer: Bytes, inner: Bytes): Bytes {
  return encode(OUTER, { ...openOuter(outer), message: inner }, outer[0]!);
}

export function describeSurgery(name: string, senderEngine: Engine, receiverEngine: Engine): void {
  describe(`cut and swapped: ${name}`, () => {
    const swaps: readonly (readonly [what: string, change: (parts: Parts, other: Parts) => Partial<Parts>])[] = [
      ['MAC of another message', (_, other) => ({ mac: other.mac })],
      ['MAC of zeros', () => ({ mac: new Uint8Array(MAC_BYTES) })],
      ['ciphertext of another message', (_, other) => ({ ciphertext: other.ciphertext })],
      ['counter of another message', (_, other) => ({ counter: other.counter })],
      ['previous counter changed', (parts) => ({ previousCounter: parts.previousCounter + 1 })],
      ['SPQR field stripped', () => ({ pqRatchet: undefined })],
      ['SPQR field of another message', (_, other) => ({ pqRatchet: other.pqRatchet })],
      ['SPQR field of a newer version', (parts) => ({ pqRatchet: bytes(2, ...parts.pqRatchet!.subarray(1)) })],
      ['SPQR field without a key index', (parts) => ({ pqRatchet: bytes(1, 1, 0, ...parts.pqRatchet!.subarray(3)) })],
      ['version 3', () => ({ version: 0x34 })],
      ['low half of the version byte', () => ({ version: 0x43 })],
      ['addresses added', () => ({ addresses: new Uint8Array(36) })],
    ];

    test.each(swaps)('a message of a running session: %s', async (_, change) => {
      const alice = new Device(senderEngine, ALICE);
      const bob = new Device(receiverEngine, BOB);
      await alice.begin(BOB, await bob.publishBundle());
      await bob.decrypt(ALICE, await alice.encrypt(BOB, bytes(0)));
      await alice.decrypt(BOB, await bob.encrypt(ALICE, bytes(0)));
      const sealed = await alice.encrypt(BOB, bytes(1));
      const other = await alice.encrypt(BOB, bytes(2));
      const parts = dissect(sealed.bytes);
      expect(assemble(parts)).toEqual(sealed.bytes);
      const changed = { ...parts, ...change(parts, dissect(other.bytes)) };
      await expectRefused(bob, ALICE, { type: sealed.type, bytes: assemble(changed) });
      expect(await bob.decrypt(ALICE, sealed)).toEqual(bytes(1));
    });

    const firstChanges: readonly (readonly [what: string, change: (parts: Parts) => Partial<Parts>])[] = [
      ['addresses stripped', () => ({ addresses: undefined })],
      [
        'addresses the other way round',
        ({ addresses }) => ({
          addresses: bytes(...addresses!.subarray(18), ...addresses!.subarray(0, 18)),
        }),
      ],
      ['SPQR field stripped', () => ({ pqRatchet: undefined })],
    ];

    test.each(firstChanges)('a first message: %s', async (_, change) => {
      const alice = new Device(senderEngine, ALICE);
      const bob = new Device(receiverEngine, BOB);
      await alice.begin(BOB, await bob.publishBundle());
      const sealed = await alice.encrypt(BOB, bytes(1));
      const inner = senderEngine.PreKeySignalMessage.deserialize(sealed.bytes);
      expect(inner.preKeyId()).toBe(1);
      const original = openOuter(sealed.bytes).message;
      const parts = dissect(original);
      expect(rewrap(sealed.bytes, assemble(parts))).toEqual(sealed.bytes);
      const changed = rewrap(sealed.bytes, assemble({ ...parts, ...change(parts) }));
      await expectRefused(bob, ALICE, { type: sealed.type, bytes: changed });
      expect(await bob.decrypt(ALICE, sealed)).toEqual(bytes(1));
    });

    test('a first message in the envelope of another, or with a base key that is not canonical', async () => {
      const alice = new Device(senderEngine, ALICE);
      const bob = new Device(receiverEngine, BOB);
      await alice.begin(BOB, await bob.publishBundle());
      const one = await alice.encrypt(BOB, bytes(1));
      await alice.begin(BOB, await bob.publishBundle());
      const two: Sealed = await alice.encrypt(BOB, bytes(2));
      const innerOf = (sealed: Sealed): Bytes => openOuter(sealed.bytes).message;
      await expectRefused(bob, ALICE, { type: 3, bytes: rewrap(one.bytes, innerOf(two)) });
      const baseKey = openOuter(one.bytes).baseKey;
      const at = one.bytes.findIndex((_, i) => baseKey.every((byte, j) => one.bytes[i + j] === byte)) + 32;
      const highBit = new Uint8Array(one.bytes.with(at, one.bytes[at]! ^ 0x80));
      const error = await expectRefused(bob, ALICE, { type: 3, bytes: highBit });
      expect(error.message).toBe('invalid PreKey message: incoming base key is invalid');
      expect(await bob.decrypt(ALICE, one)).toEqual(bytes(1));
      expect(await bob.decrypt(ALICE, two)).toEqual(bytes(2));
    });
  });
}
