import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawDevice } from '../../support/raw-device.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

describe('delivery', () => {
  let server: TestServer;
  let alice: RawDevice;
  let bob: RawDevice;
  beforeAll(async () => {
    server = await startTestServer();
    alice = server.owner;
    bob = await alice.inviteAndJoin();
  });
  afterAll(() => server.stop());

  test('a message to a connected device arrives at once, in order, and leaves the queue when acknowledged', async () => {
    const [a, b] = [await alice.connect(), await bob.connect()];
    const texts = Array.from({ length: 200 }, (_, index) => `message ${index}`);
    const answers = await Promise.all(texts.map((text) => a.send(bob, text)));
    expect(answers.filter((a) => a.$case === 'error').slice(0, 3)).toEqual([]);
    expect(new Set(answers.map((answer) => answer.$case))).toEqual(new Set(['accepted']));
    expect(await b.untilReceived(200)).toEqual(texts);
    await a.close();
    await b.close();
    const again = await bob.connect();
    await again.untilFrame('queueDrained');
    expect(again.received).toEqual([]);
    await again.close();
  });

  test('a message to a device that is away waits, and is delivered until it is acknowledged', async () => {
    const a = await alice.connect();
    await a.send(bob, 'while you were away');
    const first = await bob.connect();
    first.autoAck = false;
    expect(await first.untilReceived(1)).toEqual(['while you were away']);
    await first.close();
    const second = await bob.connect();
    expect(await second.untilReceived(1)).toEqual(['while you were away']);
    await second.untilFrame('queueDrained');
    await second.close();
    await a.close();
  });

  test('a backlog larger than the window comes in order as it is acknowledged', async () => {
    const a = await alice.connect();
    const texts = Array.from({ length: 300 }, (_, index) => `backlog ${index}`);
    await Promise.all(texts.map((text) => a.send(bob, text)));
    const b = await bob.connect();
    // More arrives while the backlog is read.
    const late = Array.from({ length: 100 }, (_, index) => `late ${index}`);
    await Promise.all(late.map((text) => a.send(bob, text)));
    expect(await b.untilReceived(400)).toEqual([...texts, ...late]);
    await b.untilFrame('queueDrained');
    await a.close();
    await b.close();
  });

  test('a resend with the same message id is not queued twice', async () => {
    const a = await alice.connect();
    const messageId = randomBytes(16);
    await a.send(bob, 'once', { messageId });
    const again = await a.send(bob, 'once', { messageId, resend: true });
    expect(again.$case).toBe('accepted');
    const b = await bob.connect();
    await b.untilFrame('queueDrained');
    expect(b.received.map(({ content }) => content)).toEqual(['once']);
    await a.close();
    await b.close();
  });

  test('the answer says which devices are missing, extra or stale, and nothing is stored', async () => {
    const a = await alice.connect();
    const second = await bob.linkDevice();
    const missing = await a.send(bob, 'to one of two');
    expect(missing).toEqual({
      $case: 'mismatchedDevices',
      value: { missing: [second.deviceId], extra: [], stale: [] },
    });
    const ghost = { ...bob.toMessage('x'), deviceId: 9 };
    const stale = { ...second.toMessage('x'), registrationId: second.registrationId ^ 1 };
    const wrong = await a.send([bob, second], 'x', { messages: [bob.toMessage('x'), stale, ghost] });
    expect(wrong).toEqual({
      $case: 'mismatchedDevices',
      value: { missing: [], extra: [9], stale: [second.deviceId] },
    });
    const both = await a.send([bob, second], 'to both');
    expect(both.$case).toBe('accepted');
    for (const device of [bob, second]) {
      const connection = await device.connect();
      expect(await connection.untilReceived(1)).toEqual(['to both']);
      await connection.close();
    }
    await bob.call('removeDevice', { params: { deviceId: second.deviceId } });
    await a.close();
  });
});
