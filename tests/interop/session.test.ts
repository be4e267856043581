// A session between our engine and the native library, in both roles.
import { describe, expect, test } from 'vitest';
import * as ours from '../../e2ee/index.ts';
import { Device } from '../support/e2ee/device.ts';
import { native } from './native.ts';

const ALICE = { name: '9d0652a3-dcc3-4d11-975f-74d61598733f', deviceId: 1 };
const BOB = { name: '796abedb-ca4e-4f18-8803-1fde5b921f9f', deviceId: 3 };

describe.each([
  ['ours initiates', ours, native],
  ['native initiates', native, ours],
] as const)('%s', (_, initiator, responder) => {
  test('ping-pong through several SPQR epochs', { timeout: 60_000 }, async () => {
    const alice = new Device(initiator, ALICE);
    const bob = new Device(responder, BOB);
    await alice.begin(BOB, await bob.publishBundle());
    for (let i = 0; i < 150; i++) {
      const ping = Uint8Array.of(1, i);
      expect(await bob.decrypt(ALICE, await alice.encrypt(BOB, ping))).toEqual(ping);
      const pong = Uint8Array.of(2, i);
      expect(await alice.decrypt(BOB, await bob.encrypt(ALICE, pong))).toEqual(pong);
    }
  });
});
