import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '../../support/free-port.ts';
import { DATA_KEY_FILE } from '../../../server/storage/data-key.ts';
import { call, codeOf, RawDevice } from '../../support/raw-device.ts';
import { pushEnvironment } from '../../support/push/push-environment.ts';
import { PushService } from '../../support/push/push-service.ts';
import { createTestDirectory } from '../../support/redis-process.ts';
import { startNode, startTestServer, type TestServer } from '../../support/server.ts';
import { until } from '../../support/until.ts';

describe('Web Push, from an envelope to the browser', () => {
  let server: TestServer;
  let service: PushService;
  let alice: RawDevice;
  let metricsPort: number;
  beforeAll(async () => {
    service = await PushService.start();
    metricsPort = await findFreePort();
    server = await startTestServer({ ...pushEnvironment(), VANT_METRICS_LISTEN: `127.0.0.1:${metricsPort}` });
    alice = server.owner;
  });
  afterAll(async () => {
    expect(service.complaints).toEqual([]);
    await server.stop();
    await service.stop();
  });

  async function newDevice(kind: 'webPush' | 'unifiedPush' = 'webPush') {
    const device = await alice.inviteAndJoin();
    const subscription = service.subscribe();
    await device.call('putPushAddress', { body: { [kind]: subscription.address } });
    return { device, subscription };
  }

  test('one wake while mail waits, the next one when it has been fetched; nothing in it but that it is one', async () => {
    const { device, subscription } = await newDevice();
    const a = await alice.connect();
    for (const text of ['one', 'two', 'three']) await a.send(device, text);
    await until('a wake', () => subscription.pushes.length === 1);
    await a.send(device, 'four');
    await server.app.push.settled();
    expect(subscription.pushes).toEqual([
      { plaintext: '{"vant":"wake"}', bodyBytes: 118, ttl: 7 * 86_400, urgency: 'high', topic: 'vant' },
    ]);

    const b = await device.connect();
    await b.untilReceived(4);
    await b.untilFrame('queueDrained');
    await a.send(device, 'while connected');
    await b.untilReceived(5);
    await b.close();
    await server.app.push.settled();
    expect(subscription.pushes).toHaveLength(1);

    await a.send(device, 'five');
    await until('another wake', () => subscription.pushes.length === 2);
    await a.close();
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toMatch(/^vant_pushes_total\{provider="webPush",outcome="accepted"\} [1-9]/m);
    expect(metrics).toMatch(/^vant_push_seconds_count\{provider="webPush"\} [1-9]/m);
    expect(metrics).toMatch(/^vant_pushes_waiting\{provider="webPush"\} 0$/m);
  });

  test('what is not urgent wakes no browser', async () => {
    const { device, subscription } = await newDevice();
    const a = await alice.connect();
    await a.send(device, 'a receipt', { urgent: false });
    await server.app.push.settled();
    expect(subscription.pushes).toEqual([]);
    await a.send(device, 'a message');
    await until('a wake', () => subscription.pushes.length === 1);
    await a.close();
  });

  test('a dead address is dropped, the device hears of it at its next connection, and may register again', async () => {
    const { device, subscription } = await newDevice();
    subscription.answers.push({ status: 410 });
    const a = await alice.connect();
    await a.send(device, 'to the dead');
    await until('the drop', async () => (await device.call('getPushAddress')).dropped);
    expect(await device.call('getPushAddress')).toEqual({ dropped: { reason: '410', at: expect.any(Number) } });
    const b = await device.connect();
    await b.untilFrame('pushAddressDropped');
    expect(b.frames.find((frame) => frame.$case === 'pushAddressDropped')?.value).toEqual({ reason: '410' });
    await b.untilReceived(1);
    await b.close();

    const next = service.subscribe();
    await device.call('putPushAddress', { body: { webPush: next.address } });
    const again = await device.connect();
    await again.untilFrame('queueDrained');
    expect(again.frames.map(({ $case }) => $case)).not.toContain('pushAddressDropped');
    await again.close();
    await a.send(device, 'to the living');
    await until('a wake', () => next.pushes.length === 1);
    await a.close();
  });

  test('a connection that ends, or sleeps, with mail unacknowledged: the device is woken after a moment', async () => {
    const { device, subscription } = await newDevice();
    const a = await alice.connect();
    const b = await device.connect();
    await b.untilFrame('queueDrained');
    b.autoAck = false;
    await a.send(device, 'never acknowledged');
    await b.untilReceived(1);
    await b.close();
    await until('a wake', () => subscription.pushes.length === 1);

    const c = await device.connect();
    await c.untilReceived(1);
    c.autoAck = false;
    await a.send(device, 'slept over');
    await c.untilReceived(2);
    await until('a wake of a device that is connected', () => subscription.pushes.length === 2, 20_000);
    await c.close();
    await a.close();
  }, 40_000);

  test('a device that vanishes while envelopes are on their way to it is woken soon, and not by the sweep', async () => {
    const { device, subscription } = await newDevice();
    const a = await alice.connect();
    for (let round = 1; round <= 5; round++) {
      const b = await device.connect();
      await b.untilFrame('queueDrained');
      b.autoAck = false;
      const sending = Array.from({ length: 20 }, (_, index) => a.send(device, `${round} ${index}`));
      await b.untilReceived(round);
      b.socket.terminate();
      await Promise.all(sending);
      await until(`wake ${round}`, () => subscription.pushes.length >= round);
      const again = await device.connect();
      await again.untilFrame('queueDrained');
      await again.close();
    }
    await a.close();
  });

  test('what is registered can be asked for, but not read back; it goes with the device', async () => {
    const { device, subscription } = await newDevice();
    const addressHash = createHash('sha256').update(subscription.address.endpoint).digest('base64url');
    expect(await device.call('getPushAddress')).toEqual({
      kind: 'webPush',
      registeredAt: expect.any(Number),
      addressHash,
    });
    await device.call('removePushAddress');
    expect(await device.call('getPushAddress')).toEqual({});
    const { push } = await device.call('getServer');
    expect(push.kinds).toEqual(['webPush', 'unifiedPush']);
    expect(Buffer.from(push.vapidPublicKey ?? '', 'base64url')).toHaveLength(65);
  });

  test('a test wake names each step and its time', async () => {
    const { device, subscription } = await newDevice('unifiedPush');
    const result = await device.call('testPush');
    expect(result).toMatchObject({ isAccepted: true, detail: '201' });
    expect(result.steps.map(({ name }) => name)).toEqual(['address', 'authorize', 'encrypt', 'connect', 'answer']);
    expect(subscription.pushes).toHaveLength(1);
    subscription.answers.push({ status: 500 });
    expect(await device.call('testPush')).toMatchObject({ isAccepted: false, detail: '500' });
    await device.call('removePushAddress');
    expect(await codeOf(device.call('testPush'))).toBe('NOT_FOUND');
  });

  test('what makes no sense, or leads to a private place, is refused', async () => {
    const device = await alice.inviteAndJoin();
    const { address } = service.subscribe();
    const put = (body: object) => codeOf(device.call('putPushAddress', { body }));
    expect(await put({ webPush: { ...address, endpoint: 'https://127.0.0.2/push' } })).toBe('PUSH_ADDRESS_REFUSED');
    expect(await put({ webPush: { ...address, endpoint: 'https://[::ffff:10.0.0.1]/push' } })).toBe(
      'PUSH_ADDRESS_REFUSED',
    );
    expect(await put({ webPush: { ...address, endpoint: 'http://127.0.0.1/push' } })).toBe('BAD_REQUEST');
    expect(await put({ webPush: { ...address, endpoint: 'https://user:word@127.0.0.1/' } })).toBe('BAD_REQUEST');
    expect(await put({ webPush: { ...address, p256dh: Buffer.alloc(65, 4).toString('base64url') } })).toBe(
      'BAD_REQUEST',
    );
    expect(await put({ fcm: { token: 'a-token-of-google' } })).toBe('PUSH_UNAVAILABLE');
    const long = (length: number) => ({ ...address, endpoint: 'https://127.0.0.1/'.padEnd(length, 'x') });
    expect(await put({ webPush: long(2048) })).toBe('done');
    expect(await put({ webPush: long(2049) })).toBe('BAD_REQUEST');
    expect(await put({})).toBe('BAD_REQUEST');
    expect(await put({ webPush: address, unifiedPush: address })).toBe('BAD_REQUEST');
  });
});

test('the keys outlive a restart; without secret.key others are made, and devices are asked to register again', async () => {
  const service = await PushService.start();
  const data = join(createTestDirectory(), 'data');
  const env = { ...pushEnvironment(), VANT_STORAGE_DATA_DIR: data, VANT_LIMITS_PUSH_CHANGES_PER_DEVICE: '2/1h' };
  let node = await startNode(env);
  const owner = await RawDevice.join(node.url, node.app.setupLink!);
  const device = await owner.inviteAndJoin();
  const subscription = service.subscribe();
  const register = () => codeOf(device.call('putPushAddress', { body: { webPush: subscription.address } }));
  expect([await register(), await register(), await register()]).toEqual(['done', 'done', 'RATE_LIMITED']);
  const vapidOf = async (url: string) => (await call(url, 'getServer')).push.vapidPublicKey;
  const first = await vapidOf(node.url);
  const restart = async () => {
    await node.app.stop();
    node = await startNode(env);
  };
  const send = async () => {
    const sender = await owner.connect({ url: node.url });
    await sender.send(device, 'text');
    await sender.close();
  };

  await restart();
  expect(await vapidOf(node.url)).toBe(first);
  await send();
  await until('a wake', () => subscription.pushes.length === 1);
  const connection = await device.connect({ url: node.url });
  await connection.untilFrame('queueDrained');
  await connection.close();

  rmSync(join(data, DATA_KEY_FILE));
  await restart();
  expect(node.logText()).toContain('secret.key is not the one');
  expect(await vapidOf(node.url)).not.toBe(first);
  await send();
  const lookUp = () => call(node.url, 'getPushAddress', { credentials: device.credentials });
  await until('the drop', async () => (await lookUp()).dropped);
  expect((await lookUp()).dropped).toMatchObject({ reason: 'sealed with another key' });
  expect(service.total).toBe(1);
  await node.app.stop();
  await service.stop();
});
