/** What gets lost between nodes, and a store that is in trouble: the relay finds out by itself. The clock is the test's. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Envelope, EnvelopeType } from '../../../wire/generated/frames.ts';
import { toDeviceText } from '../../../server/devices/device-address.ts';
import type { DeviceEvent } from '../../../server/devices/device-events.ts';
import { openStorage } from '../../../server/storage/open.ts';
import { createStores } from '../../../server/storage/stores.ts';
import { createStorageKeys } from '../../../server/storage/keys.ts';
import type { RawDevice } from '../../support/raw-device.ts';
import { startRedisProcess, type RedisProcess } from '../../support/redis-process.ts';
import { DURABLE } from '../../support/redis.ts';
import { startTwoNodes, type TwoNodes } from '../../support/two-nodes.ts';
import { until } from '../../support/until.ts';

const keys = createStorageKeys('vant:');
/** Queues and devices are looked at again after half a minute; connections once in five seconds of real time. */
const LOOK_AGAIN_MS = 31_000;

describe('self-healing', () => {
  let nodes: TwoNodes;
  let alice: RawDevice;
  let bob: RawDevice;
  let offsetMs = 0;
  beforeAll(async () => {
    const off = { VANT_LIMITS_SEND_PER_DEVICE: 'off', VANT_LIMITS_SEND_PER_ACCOUNT: 'off' };
    nodes = await startTwoNodes(off, { now: () => Date.now() + offsetMs });
    alice = nodes.owner;
  });
  beforeEach(async () => {
    bob = await alice.inviteAndJoin();
  });
  let redisAgain: RedisProcess | undefined;
  afterAll(async () => {
    await nodes.stop();
    await redisAgain?.stop();
  });

  test('an envelope whose wake-up was lost is delivered, and a removal that was not announced takes effect', async () => {
    const b = await bob.connect();
    await b.untilFrame('queueDrained');
    const linked = await bob.linkDevice();
    const sendOnly = await linked.connect({ query: '?deliver=false', url: nodes.two.url });
    // As another node would that dies before it tells.
    const envelope = Envelope.encode({
      type: EnvelopeType.UNIDENTIFIED_SENDER,
      content: Buffer.from('unannounced'),
      messageId: new Uint8Array(16),
      clientTimestamp: 1,
      serverTimestamp: 1,
      urgent: false,
      ephemeral: false,
    }).finish();
    await nodes.redis.admin(async (run) => {
      const device = { accountId: bob.accountId, deviceId: bob.deviceId };
      const bytes = Buffer.from(envelope) as unknown as string;
      await run('XADD', keys.queue(device), 'NOMKSTREAM', '*', 'm', 'x'.repeat(16), 'e', bytes);
      await run('HDEL', keys.devices(bob.accountId), String(linked.deviceId));
    });
    offsetMs += LOOK_AGAIN_MS;
    expect(await b.untilReceived(1)).toEqual(['unannounced']);
    expect((await sendOnly.closed).code).toBe(4401);
    await b.close();
  });

  test('an older connection that announces itself late is told of the newer one', async () => {
    const options = { mode: 'external', requireDurable: true, target: { kind: 'url', url: nodes.redis.url } } as const;
    const storage = await openStorage(options, { log: () => undefined, onFatal: () => undefined });
    const { deviceEvents, epochs } = createStores(storage.connection, 'vant:');
    // The older one has its number, and subscribes when the newer one has long been there.
    const older = await epochs.next(bob);
    const newer = await bob.connect();
    await newer.untilFrame('queueDrained');
    const heard: DeviceEvent[] = [];
    await deviceEvents.subscribe(toDeviceText(bob), (event) => heard.push(event));
    await deviceEvents.publish(toDeviceText(bob), { type: 'connected', epoch: older });
    const isNewer = (event: DeviceEvent) => event.type === 'connected' && event.epoch > older;
    await until('the newer one to speak up', () => heard.some(isNewer));
    expect(newer.socket.readyState).toBe(newer.socket.OPEN);
    await newer.close();
    await storage.close();
  });

  test('Redis without memory: senders are told, the node is not ready; afterwards everything goes on', async () => {
    const [a, b] = [await alice.connect(), await bob.connect({ url: nodes.two.url })];
    await b.untilFrame('queueDrained');
    const isReady = async () => (await fetch(`${nodes.one.url}/health/ready`)).status;
    expect(await isReady()).toBe(200);
    await nodes.redis.run('CONFIG', 'SET', 'maxmemory', '1');
    const refused = { $case: 'error', value: { code: 'STORAGE_UNAVAILABLE' } };
    expect(await a.send(bob, 'refused')).toMatchObject(refused);
    expect(await a.send(bob, 'refused', { ttlSeconds: 60 })).toMatchObject(refused);
    expect(await isReady()).toBe(503);
    await nodes.redis.run('CONFIG', 'SET', 'maxmemory', '0');
    expect(await isReady()).toBe(200);
    await Promise.all(Array.from({ length: 20 }, (_, index) => a.send(bob, `after ${index}`)));
    expect(await b.untilReceived(20)).toEqual(Array.from({ length: 20 }, (_, index) => `after ${index}`));
    for (const connection of [a, b]) await connection.close();
  });

  test('a Redis that dies and comes back: connections stay, and what was not acknowledged comes once', async () => {
    const [a, b] = [await alice.connect(), await bob.connect({ url: nodes.two.url })];
    await b.untilFrame('queueDrained');
    b.autoAck = false;
    await a.send(bob, 'before');
    await b.untilReceived(1);
    await nodes.redis.kill();
    const sending = a.send(bob, 'during');
    b.ack(1);
    const { port, directory } = nodes.redis;
    const again = await startRedisProcess({ port, directory, args: DURABLE });
    if ((await sending).$case !== 'accepted') {
      await until(
        'the store to take it',
        async () => (await a.send(bob, 'during', { resend: true })).$case === 'accepted',
      );
    }
    b.autoAck = true;
    await b.until(() => b.received.some(({ content }) => content === 'during'), 'what was sent meanwhile');
    expect((await a.send(bob, 'after')).$case).toBe('accepted');
    await b.until(() => b.received.some(({ content }) => content === 'after'), 'what was sent afterwards');
    expect(b.received.map(({ content }) => content)).toEqual(['before', 'during', 'after']);
    b.ack(b.received[1]!.deliveryId);
    const queue = keys.queue({ accountId: bob.accountId, deviceId: bob.deviceId });
    await until('an empty queue', async () => (await again.run('XLEN', queue)) === 0);
    for (const connection of [a, b]) await connection.close();
    redisAgain = again;
  });
});
