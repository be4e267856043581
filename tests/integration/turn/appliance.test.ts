/** TURN as members and admins meet it: credentials over the API, a removed device, a busy port, coturn instead. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { findFreePort } from '../../support/free-port.ts';
import { TurnClient } from '../../../server/turn/client/turn-client.ts';
import { ERROR } from '../../../server/turn/stun/stun-constants.ts';
import type { TurnCredentials } from '../../../wire/schemas.ts';
import { makeTemporaryDirectory, removeDirectory } from '../../support/appliance.ts';
import { call, codeOf } from '../../support/raw-device.ts';
import { startNode, startTestServer, type TestServer } from '../../support/server.ts';
import { until } from '../../support/until.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

async function start(env: Record<string, string> = {}): Promise<TestServer> {
  const server = await startTestServer({
    VANT_TURN_MODE: 'embedded',
    VANT_TURN_EMBEDDED_LISTEN: `[127.0.0.1:${await findFreePort()}]`,
    VANT_SERVER_PUBLIC_URL: 'http://127.0.0.1:1',
    ...env,
  });
  cleanups.push(() => server.stop());
  return server;
}

async function bindSomePort(): Promise<Socket> {
  const udp = createSocket('udp4').bind(await findFreePort(), '127.0.0.1');
  await once(udp, 'listening');
  return udp;
}

async function connect({ urls, username, password }: TurnCredentials, transport: 'udp' | 'tcp' = 'udp') {
  const url = urls.find((text) => text.endsWith(transport));
  const port = Number(/:(\d+)\?/.exec(url ?? '')?.[1]);
  const client = await TurnClient.connect({ transport, address: '127.0.0.1', port }, { username, password });
  cleanups.push(() => client.close());
  return client;
}

describe('credentials', () => {
  test('are for devices only', async () => {
    const { url } = await start();
    expect(await codeOf(call(url, 'getTurnCredentials'))).toBe('UNAUTHORIZED');
  });

  test('open allocations over each URL that comes with them', async () => {
    const { owner } = await start();
    const credentials = await owner.call('getTurnCredentials');
    expect(credentials.urls).toEqual([
      expect.stringMatching(/^turn:127\.0\.0\.1:\d+\?transport=udp$/),
      expect.stringMatching(/^turn:127\.0\.0\.1:\d+\?transport=tcp$/),
    ]);
    expect(credentials.ttlSeconds).toBe(12 * 3600);
    for (const transport of ['udp', 'tcp'] as const) {
      expect((await (await connect(credentials, transport)).allocate()).address).toBe('127.0.0.1');
    }
  });

  test('name a device by an id that is always the same, and says nothing of the account', async () => {
    const { owner } = await start();
    const other = await owner.inviteAndJoin();
    const idOf = async (device: typeof owner) => (await device.call('getTurnCredentials')).username.split(':')[1]!;
    const ids = [await idOf(owner), await idOf(owner), await idOf(other), await idOf(await owner.linkDevice())];
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
    expect(ids.join()).not.toContain(owner.accountId.slice(0, 8));
  });

  test('are all that the server tells its owner to know about calls', async () => {
    const { owner } = await start();
    const other = await owner.inviteAndJoin();
    const credentials = await owner.call('getTurnCredentials');
    const sectionOf = async (device: typeof owner) =>
      (await device.call('getAccountRecords')).sections
        .find(({ id }) => id === 'calls')!
        .entries.filter(({ title }) => title.startsWith('credentials'));
    const expiresAt = Number(credentials.username.split(':')[0]);
    expect(await sectionOf(owner)).toEqual([
      { title: 'credentials of device 1', fields: [{ name: 'expiresAt', kind: 'time', value: expect.any(Number) }] },
    ]);
    expect(Math.floor(Number((await sectionOf(owner))[0]!.fields[0]!.value) / 1000)).toBe(expiresAt);
    expect(await sectionOf(other)).toEqual([]);
  });

  test('hold no longer when the device has been removed, and its allocations end', async () => {
    const server = await start();
    const linked = await server.owner.linkDevice();
    const [mine, theirs] = [await server.owner.call('getTurnCredentials'), await linked.call('getTurnCredentials')];
    const [kept, lost] = [await connect(mine), await connect(theirs)];
    await Promise.all([kept.allocate(), lost.allocate()]);
    await server.owner.call('removeDevice', { params: { deviceId: linked.deviceId } });
    await until('the end of the allocation', () =>
      lost.refresh(600).then(
        () => false,
        () => true,
      ),
    );
    await expect((await connect(theirs)).allocate()).rejects.toMatchObject({ code: ERROR.UNAUTHENTICATED });
    expect(await kept.refresh(600)).toBe(600);
  });

  test('of an earlier start hold, because the secret is kept, for its owner only', async () => {
    const directory = await makeTemporaryDirectory();
    cleanups.push(() => removeDirectory(directory));
    const dataDirectory = join(directory, 'data');
    const port = await findFreePort();
    const env = { VANT_STORAGE_DATA_DIR: dataDirectory, VANT_TURN_EMBEDDED_LISTEN: `[127.0.0.1:${port}]` };
    const first = await start(env);
    const credentials = await first.owner.call('getTurnCredentials');
    await first.stop();
    cleanups.pop();
    const path = join(dataDirectory, 'turn-secrets.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { secrets } = JSON.parse(await readFile(path, 'utf8')) as { secrets: { secret: string }[] };
    expect(secrets[0]!.secret).toHaveLength(43);
    // The owner has joined already: this server is not asked for credentials, a packet wakes its thread.
    const { app } = await startNode({ VANT_TURN_MODE: 'embedded', ...env });
    cleanups.push(() => app.stop());
    expect((await (await connect(credentials)).allocate()).address).toBe('127.0.0.1');
  });
});

test('a call survives a restart of the server where systemd gives it a runtime directory', async () => {
  const directory = await makeTemporaryDirectory();
  cleanups.push(() => removeDirectory(directory));
  const port = await findFreePort();
  const before = process.env['RUNTIME_DIRECTORY'];
  cleanups.push(() => {
    if (before === undefined) delete process.env['RUNTIME_DIRECTORY'];
    else process.env['RUNTIME_DIRECTORY'] = before;
  });
  process.env['RUNTIME_DIRECTORY'] = directory;
  const env = {
    VANT_TURN_MODE: 'embedded',
    VANT_TURN_EMBEDDED_LISTEN: `[127.0.0.1:${port}]`,
    VANT_STORAGE_DATA_DIR: join(directory, 'data'),
  };
  const first = await start(env);
  const credentials = await first.owner.call('getTurnCredentials');
  const [a, b] = [await connect(credentials), await connect(credentials)];
  const [relayedA, relayedB] = [await a.allocate(), await b.allocate()];
  await a.bindChannel(0x4000, relayedB);
  await b.createPermission(relayedA.address);
  await first.app.stop();
  const { app } = await startNode(env);
  cleanups.push(() => app.stop());
  const received = new Promise<{ data: Uint8Array }>((resolve) => (b.onData = resolve));
  a.sendChannelData(0x4000, Buffer.from('still there'));
  expect(Buffer.from((await received).data).toString()).toBe('still there');
});

describe('the admin', () => {
  test('is told of a busy port, and the chat runs', async () => {
    const other = await bindSomePort();
    cleanups.push(() => other.close());
    const server = await start({ VANT_TURN_EMBEDDED_LISTEN: `[127.0.0.1:${other.address().port}]` });
    expect(server.logText()).toMatch(
      /"transport":"udp".*EADDRINUSE.*another program has this port.*turn\.embedded\.listen/,
    );
    const { urls } = await server.owner.call('getTurnCredentials');
    expect(urls).toEqual([`turn:127.0.0.1:${other.address().port}?transport=tcp`]);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });

  test('can turn it off: no URLs, no thread, no port', async () => {
    const server = await start({ VANT_TURN_MODE: 'off' });
    expect((await server.owner.call('getTurnCredentials')).urls).toEqual([]);
    expect(server.logText()).not.toContain('TURN');
  });

  test('sees numbers, and no addresses or names', async () => {
    const metricsPort = await findFreePort();
    const server = await start({ VANT_METRICS_LISTEN: `127.0.0.1:${metricsPort}`, VANT_LOG_LEVEL: 'debug' });
    const credentials = await server.owner.call('getTurnCredentials');
    const [a, b] = [await connect(credentials), await connect(credentials)];
    const [relayedA, relayedB] = [await a.allocate(), await b.allocate()];
    await a.createPermission(relayedB.address);
    await b.createPermission(relayedA.address);
    const received = new Promise((resolve) => (b.onData = resolve));
    a.send(relayedB, Buffer.alloc(100));
    await received;
    await expect(a.createPermission('169.254.169.254')).rejects.toMatchObject({ code: ERROR.FORBIDDEN });
    await Promise.all([a.refresh(0), b.refresh(0)]);
    await until('the log', () => server.logText().includes('"code":403') && server.logText().includes('has ended'));
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toContain('\nvant_turn_relayed_bytes_total 100\n');
    expect(metrics).toContain('\nvant_turn_allocations 0\n');
    expect(metrics).toContain('# TYPE vant_turn_allocations_total counter\n');
    const log = server
      .logText()
      .split('\n')
      .filter((line) => line.includes('TURN'));
    const userId = credentials.username.split(':')[1]!;
    const forbidden = [userId, credentials.password, '169.254', String(relayedA.port), String(relayedB.port)];
    for (const text of forbidden) expect(log.join('\n')).not.toContain(text);
  });
});
