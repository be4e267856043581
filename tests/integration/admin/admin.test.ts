import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, codeOf, RawDevice } from '../../support/raw-device.ts';
import { makeTemporaryDirectory, removeDirectory } from '../../support/appliance.ts';
import { startNode, startTestServer, type TestServer } from '../../support/server.ts';

describe('the admin page', () => {
  let server: TestServer;
  let owner: RawDevice;
  let admin: RawDevice;
  let member: RawDevice;
  beforeAll(async () => {
    server = await startTestServer({
      VANT_RELAY_QUEUE_MAX_ENVELOPES: '100',
      VANT_LIMITS_MAX_ACCOUNTS: '3',
    });
    owner = server.owner;
    admin = await RawDevice.join(server.url, await owner.invite('admin'));
    member = await owner.inviteAndJoin();
  });
  afterAll(() => server.stop());

  test('is for owners and admins', async () => {
    for (const route of ['getAdminStatus', 'getAdminHistory', 'getAdminConfig'] as const) {
      expect(await codeOf(owner.call(route))).toBe('done');
      expect(await codeOf(admin.call(route))).toBe('done');
      expect(await codeOf(member.call(route))).toBe('FORBIDDEN');
      expect(await codeOf(call(server.url, route))).toBe('UNAUTHORIZED');
    }
  });

  test('status: program, storage, team, and whose mail piles up', async () => {
    const sender = await owner.connect();
    const tablet = await member.linkDevice();
    for (let i = 0; i < 3; i++) await sender.send([member, tablet], 'x'.repeat(1000));
    await server.app.history.writeMinute();
    // The figures of a moment ago may be shown again for five seconds.
    const fresh = await admin.call('getAdminStatus');
    expect(fresh.server).toMatchObject({ version: '0.1.0', protocolVersion: 1, nodeVersion: process.versions.node });
    expect(fresh.server.uptimeMs).toBeGreaterThan(0);
    expect(fresh.storage).toMatchObject({ mode: 'embedded', isReady: true, lastRewriteSucceeded: true });
    for (const figure of ['memoryBytes', 'maxMemoryBytes', 'aofBytes', 'diskFreeBytes', 'lastRewriteAt'] as const) {
      expect(fresh.storage[figure], figure).toBeGreaterThan(0);
    }
    expect(fresh.connections).toMatchObject({ open: 1 });
    expect(fresh.lastMinute).toMatchObject({ accepted: 6, delivered: 0 });
    expect(fresh.warnings).toContainEqual(expect.objectContaining({ option: 'limits.max_accounts' }));
    await sender.close();
  });

  test('config: every option with its place, secrets without their values', async () => {
    const { options } = await admin.call('getAdminConfig');
    const byPath = new Map(options.map((option) => [option.path, option]));
    expect(byPath.get('limits.max_accounts')).toMatchObject({
      value: '3',
      default: '1000',
      isSecret: false,
      needsRestart: false,
      environmentName: 'VANT_LIMITS_MAX_ACCOUNTS',
      source: { kind: 'env', text: 'VANT_LIMITS_MAX_ACCOUNTS', name: 'VANT_LIMITS_MAX_ACCOUNTS' },
    });
    expect(byPath.get('relay.keepalive')).toMatchObject({ source: { kind: 'default' }, needsRestart: true });
    expect(byPath.get('redis.external.password')).toMatchObject({ value: 'not set', isSecret: true });
  });

  test('history: what was done is in the minute and in the hour', async () => {
    const before = Date.now();
    const sender = await owner.connect();
    const receiver = await admin.connect();
    await receiver.untilFrame('queueDrained');
    for (let i = 0; i < 5; i++) await sender.send(admin, 'hello');
    await receiver.untilReceived(5);
    await server.app.history.writeMinute();
    const { minutes, hours } = await admin.call('getAdminHistory');
    const last = minutes.at(-1)!;
    expect(last.accepted).toBeGreaterThanOrEqual(5);
    expect(last.delivered).toBeGreaterThanOrEqual(5);
    expect(last.connections).toBeGreaterThanOrEqual(2);
    expect(last.latencyP99Ms).toBeLessThan(5000);
    expect(last).toMatchObject({ queued: expect.any(Number), storageBytes: expect.any(Number) });
    expect(last.residentBytes).toBeGreaterThan(10_000_000);
    expect(hours.at(-1)!.accepted).toBeGreaterThanOrEqual(5);
    const later = await admin.call('getAdminHistory', { query: { since: String(before + 3_600_000) } });
    expect(later).toEqual({ minutes: [], hours: [] });
    expect(await codeOf(admin.call('getAdminHistory', { query: { since: 'yesterday' } }))).toBe('BAD_REQUEST');
    await Promise.all([sender, receiver].map((connection) => connection.close()));
  });
});

test('history outlives a restart, and the minute in which the server stopped is in it', async () => {
  const directory = await makeTemporaryDirectory();
  const env = { VANT_STORAGE_DATA_DIR: directory };
  const first = await startNode(env);
  const owner = await RawDevice.join(first.url, first.app.setupLink ?? '');
  const phone = await owner.linkDevice();
  const sender = await owner.connect();
  for (let i = 0; i < 4; i++) await sender.send(phone, 'kept');
  await first.app.stop();
  const second = await startNode(env);
  try {
    const { minutes, hours } = await call(second.url, 'getAdminHistory', { credentials: owner.credentials });
    const sum = (points: typeof minutes) => points.reduce((total, { accepted }) => total + accepted, 0);
    expect([sum(minutes), sum(hours)]).toEqual([4, 4]);
    expect(minutes.at(-1)).toMatchObject({ connections: 0, residentBytes: 0 });
    const { queues } = await call(second.url, 'getAdminStatus', { credentials: owner.credentials });
    expect(queues).toMatchObject({ envelopes: 4, accounts: [{ accountId: owner.accountId, envelopes: 4 }] });
    expect(queues.accounts[0]!.devices).toEqual([
      { deviceId: 1, envelopes: 0, bytes: 0 },
      { deviceId: 2, envelopes: 4, bytes: expect.any(Number), oldestAt: expect.any(Number) },
    ]);
    expect(queues.bytes).toBeGreaterThan(4 * 4);
  } finally {
    await second.app.stop();
    await removeDirectory(directory);
  }
});
