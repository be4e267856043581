// Sessions between our engine and the native library, in both roles; and the native library with itself, which shows that
// what is asked of ours is what libsignal does.
import { describe, expect, test } from 'vitest';
import * as ours from '../../e2ee/index.ts';
import { Device } from '../support/e2ee/device.ts';
import { ALICE, BOB } from '../support/e2ee/schedule.ts';
import { describeSessions } from '../support/e2ee/session-scenarios.ts';
import { native } from './native.ts';

describeSessions('ours with native', ours, native);
describeSessions('native with ours', native, ours);
describeSessions('native with native', native, native);

describe.each([
  ['ours initiates', ours, native],
  ['native initiates', native, ours],
] as const)('long: %s', (_, initiator, responder) => {
  test('ping-pong through several SPQR epochs', { timeout: 60_000 }, async () => {
    const alice = new Device(initiator, ALICE);
    const bob = new Device(responder, BOB);
    await alice.begin(BOB, await bob.publishBundle());
    for (let i = 0; i < 250; i++) {
      const ping = Uint8Array.of(1, i);
      expect(await bob.decrypt(ALICE, await alice.encrypt(BOB, ping))).toEqual(ping);
      const pong = Uint8Array.of(2, i);
      expect(await alice.decrypt(BOB, await bob.encrypt(ALICE, pong))).toEqual(pong);
    }
  });

  // SPQR counts from the last message read, the Double Ratchet from the next one: so one fewer than 25,000 may be missing.
  test('24,999 messages may be missing, one more may not', { timeout: 120_000 }, async () => {
    const alice = new Device(initiator, ALICE);
    const bob = new Device(responder, BOB);
    await alice.begin(BOB, await bob.publishBundle());
    await bob.decrypt(ALICE, await alice.encrypt(BOB, Uint8Array.of(0)));
    await alice.decrypt(BOB, await bob.encrypt(ALICE, Uint8Array.of(0)));
    for (let i = 0; i < 24_999; i++) await alice.encrypt(BOB, Uint8Array.of(1));
    const atLimit = await alice.encrypt(BOB, Uint8Array.of(2));
    const beyond = await alice.encrypt(BOB, Uint8Array.of(3));
    await expect(bob.decrypt(ALICE, beyond)).rejects.toThrow('decryption failed');
    expect(await bob.decrypt(ALICE, atLimit)).toEqual(Uint8Array.of(2));
    expect(await bob.decrypt(ALICE, beyond)).toEqual(Uint8Array.of(3));
  });
});

test('between devices of one account a jump is not limited', { timeout: 240_000 }, async () => {
  for (const [sender, receiver] of [
    [ours, native],
    [native, ours],
  ] as const) {
    const phone = new Device(sender, ALICE);
    const identity = phone.stores.identityKeyPair.serialize();
    const desktop = new Device(receiver, { ...ALICE, deviceId: 2 }, { identity });
    await phone.begin(desktop.address, await desktop.publishBundle());
    await desktop.decrypt(phone.address, await phone.encrypt(desktop.address, Uint8Array.of(0)));
    await phone.decrypt(desktop.address, await desktop.encrypt(phone.address, Uint8Array.of(0)));
    for (let i = 0; i < 25_500; i++) await phone.encrypt(desktop.address, Uint8Array.of(1));
    const far = await phone.encrypt(desktop.address, Uint8Array.of(2));
    expect(await desktop.decrypt(phone.address, far)).toEqual(Uint8Array.of(2));
  }
});
