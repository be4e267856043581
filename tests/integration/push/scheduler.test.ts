import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeviceAddress } from '../../../server/devices/device-address.ts';
import { toDeviceText } from '../../../server/devices/device-address.ts';
import { BridgeBench, type TestBridge } from '../../support/push/bridges.ts';
import { Fcm, fail } from '../../support/push/fcm.ts';
import { createTestDirectory } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

describe('when a device is woken', () => {
  let google: Fcm;
  let bench: BridgeBench;
  let node: TestBridge;
  beforeEach(async () => {
    const clock = { now: () => Date.now() };
    google = await Fcm.start(() => clock.now());
    bench = await BridgeBench.start({ ...google.environment(), VANT_PUSH_ACKNOWLEDGE_WITHIN: '10s' });
    clock.now = bench.clock.now;
    node = await bench.startBridge();
  });
  afterEach(async () => {
    await bench.stop();
    await google.stop();
    expect(google.complaints).toEqual([]);
  });

  const settled = () => node.bridge.settled();
  const pass = (ms: number) => bench.clock.advance(ms, settled, SECOND_MS / 2);
  const newDevice = () => bench.addDevice(node.bridge, { fcm: { token: google.newToken() } });
  const newDevices = async (count: number) => {
    const devices: DeviceAddress[] = [];
    while (devices.length < count) {
      const batch = Array.from({ length: Math.min(100, count - devices.length) }, newDevice);
      devices.push(...(await Promise.all(batch)));
    }
    return devices;
  };
  const expectEachOnce = (count: number) => {
    expect(google.received).toHaveLength(count);
    expect(new Set(google.received.map(({ token }) => token)).size).toBe(count);
  };

  test('urgent at once, not urgent after a moment and rarely, a call although a message has woken it', async () => {
    const device = await newDevice();
    const priorities = () => google.received.map(({ android }) => android.priority);
    const first = await bench.send(node.bridge, device, 'quiet');
    await settled();
    expect(priorities()).toEqual([]);
    await pass(10 * SECOND_MS);
    expect(priorities()).toEqual(['NORMAL']);
    await bench.send(node.bridge, device, 'message');
    await pass(SECOND_MS);
    expect(priorities()).toEqual(['NORMAL', 'HIGH']);
    expect(google.received.at(-1)?.android.ttl).toBe('604800s');
    await bench.send(node.bridge, device, 'call');
    await settled();
    expect(google.received.at(-1)?.android.ttl).toBe('60s');
    expect(priorities()).toEqual(['NORMAL', 'HIGH', 'HIGH']);

    const waiting = await bench.stores.messages.read(device, '', 100);
    await bench.stores.messages.remove(device, [first, ...waiting.entries.map(({ entryId }) => entryId)]);
    await bench.send(node.bridge, device, 'quiet');
    await pass(19 * MINUTE_MS);
    expect(priorities()).toHaveLength(3);
    await pass(1 * MINUTE_MS);
    expect(priorities()).toEqual(['NORMAL', 'HIGH', 'HIGH', 'NORMAL']);
  });

  test('a device that comes back and acknowledges in time is not woken, one that does not is', async () => {
    const [quick, slow] = [await newDevice(), await newDevice()];
    const entryId = await bench.queue(quick);
    await bench.queue(slow);
    for (const device of [quick, slow]) {
      node.bridge.notices.connectionEnded(toDeviceText(device), bench.clock.now());
    }
    await pass(9 * SECOND_MS);
    expect(google.received).toEqual([]);
    await bench.stores.messages.remove(quick, [entryId]);
    await pass(2 * SECOND_MS);
    expectEachOnce(1);
  });

  test('a device that has connected elsewhere meanwhile is left alone; asleep on its connection it is woken', async () => {
    const device = await newDevice();
    await bench.stores.deviceEvents.subscribe(toDeviceText(device), () => undefined);
    await bench.send(node.bridge, device);
    await settled();
    expect(google.received).toEqual([]);
    node.bridge.notices.connectionStalled(toDeviceText(device), bench.clock.now());
    await settled();
    expectEachOnce(1);
    await bench.stores.deviceEvents.unsubscribe(toDeviceText(device));
  });

  test('a provider that is down for an hour: nothing is lost, nothing comes twice, and it is not hammered', async () => {
    const devices = await newDevices(100);
    google.outage = fail(503, 'UNAVAILABLE', 'UNAVAILABLE');
    for (const device of devices) await bench.send(node.bridge, device);
    await settled();
    await pass(60 * MINUTE_MS);
    expect(google.received).toEqual([]);
    // 64 may be under way when the first of them fails; later a few, every five minutes.
    expect(google.requests).toBeLessThan(64 * 25);
    google.outage = undefined;
    await pass(6 * MINUTE_MS);
    expectEachOnce(100);
    await pass(60 * MINUTE_MS);
    expectEachOnce(100);
  });

  test('a provider that says how long to wait is not asked before', async () => {
    const device = await newDevice();
    google.next.push(
      { status: 200, body: { access_token: 'x', expires_in: 3600 } },
      fail(429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED', { 'retry-after': '600' }),
    );
    await bench.send(node.bridge, device);
    await settled();
    const { requests } = google;
    await bench.send(node.bridge, device);
    await bench.send(node.bridge, await newDevice());
    await pass(599 * SECOND_MS);
    expect(google.requests).toBe(requests);
    await pass(10 * SECOND_MS);
    expectEachOnce(2);
  });

  test('10,000 devices with a message each: 10,000 wakes, once, within the rate', async () => {
    await node.stop();
    node = await bench.startBridge({ VANT_PUSH_FCM_RATE: '1000/1s' });
    const devices = await newDevices(10_000);
    for (const device of devices) void bench.queue(device);
    await bench.queue(devices[0]!);
    for (const device of devices) node.bridge.notices.mailWaits(toDeviceText(device), 'message');
    await settled();
    for (let second = 0; google.received.length < 10_000; second++) {
      expect(google.received.length).toBeLessThanOrEqual(1000 * (second + 1));
      expect(second).toBeLessThanOrEqual(10);
      await pass(SECOND_MS);
    }
    expectEachOnce(10_000);
    await pass(10 * MINUTE_MS);
    expectEachOnce(10_000);
    expect(google.tokensIssued).toBe(1);
  }, 120_000);

  test('a node that dies after mail was queued, before it said so: the next one finds it', async () => {
    const devices = await newDevices(5);
    for (const device of devices) await bench.queue(device);
    await node.abandon();
    await bench.redis.admin((run) => run('DEL', 'vant:push-lease:{push}'));
    node = await bench.startBridge();
    await settled();
    expect(google.received).toEqual([]);
    await pass(10 * SECOND_MS);
    expectEachOnce(5);
  });

  test('a node that dies while it sends: the next one sends again what has no answer, and nothing else', async () => {
    const [done, hanging, later] = await newDevices(3);
    await bench.send(node.bridge, done!);
    await settled();
    google.outage = 'hang';
    await bench.send(node.bridge, hanging!);
    const { requests } = google;
    await waitFor(() => google.requests > requests);
    await bench.queue(later!);
    await bench.stores.push.want(later!, { urgency: 'message', isForced: false, ringsUntil: 0 });
    await bench.stores.wakes.add('fcm', later!, bench.clock.now());
    await node.abandon();
    google.outage = undefined;
    await bench.redis.admin((run) => run('DEL', 'vant:push-lease:{push}'));
    node = await bench.startBridge();
    await settled();
    expectEachOnce(3);
    await pass(30 * MINUTE_MS);
    expectEachOnce(3);
  });

  test('of two nodes one sends, whichever is told; when it stops the other takes over', async () => {
    const other = await bench.startBridge();
    const devices = await newDevices(40);
    await Promise.all(devices.map((device, index) => bench.send((index % 2 ? node : other).bridge, device)));
    await other.bridge.settled();
    await waitFor(() => google.received.length >= 40);
    await settled();
    expectEachOnce(40);
    const woken = 'A device was woken';
    expect([node, other].filter(({ logText }) => logText().includes(woken))).toEqual([node]);

    await node.stop();
    await bench.send(other.bridge, await bench.addDevice(other.bridge, { fcm: { token: google.newToken() } }));
    // It looks for the lease every five seconds.
    await waitFor(async () => {
      await other.bridge.settled();
      return google.received.length === 41;
    });
    expect(other.logText()).toContain(woken);
    node = other;
  });

  test('a dead address is dropped, and a new one is used', async () => {
    const token = google.newToken();
    const device = await bench.addDevice(node.bridge, { fcm: { token } });
    google.dead.set(token, fail(404, 'NOT_FOUND', 'UNREGISTERED'));
    await bench.send(node.bridge, device);
    await settled();
    expect(await node.bridge.findDropped(device)).toBe('404 UNREGISTERED');
    await node.bridge.addresses.put(device, { fcm: { token: google.newToken() } });
    expect(await node.bridge.findDropped(device)).toBeUndefined();
    await pass(10 * SECOND_MS);
    expectEachOnce(1);
  });

  test('an address of a kind that the admin has switched off wakes nobody, and holds up nobody', async () => {
    await node.stop();
    node = await bench.startBridge({ VANT_PUSH_FCM_SERVICE_ACCOUNT: '', VANT_PUSH_WEB_PUSH_ENABLED: 'true' });
    const device = await bench.addDevice((await bench.startBridge()).bridge, { fcm: { token: google.newToken() } });
    await bench.send(node.bridge, device);
    await pass(MINUTE_MS);
    expect(google.received).toEqual([]);
    expect(node.logText()).not.toContain('could not be');
  });

  test('a node with another secret.key pushes nothing, and says why', async () => {
    const stranger = await bench.startBridge({ VANT_STORAGE_DATA_DIR: createTestDirectory() });
    expect(stranger.logText()).toContain('Another node uses another secret.key');
    expect(stranger.bridge.info).toEqual({ kinds: [] });
    await expect(bench.addDevice(stranger.bridge, { fcm: { token: google.newToken() } })).rejects.toMatchObject({
      code: 'PUSH_UNAVAILABLE',
    });
  });

  test('neither log nor Redis hold an address', async () => {
    const token = google.newToken();
    const device = await bench.addDevice(node.bridge, { fcm: { token } });
    await bench.send(node.bridge, device);
    google.next.push(fail(500, 'INTERNAL'));
    await settled();
    await pass(MINUTE_MS);
    expectEachOnce(1);
    for (const part of [token, token.split(':')[0]!, token.slice(-20)]) {
      expect(node.logText()).not.toContain(part);
      const values = await bench.redis.admin((run) => run('HGETALL', `vant:push:{${device.accountId}}:1`));
      expect(String(values)).not.toContain(part);
    }
  });
});

const waitFor = (isTrue: () => boolean | Promise<boolean>) => until('the bridge', isTrue, 20_000);
