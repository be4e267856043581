/** coturn in our server's place: our credentials open it, and the configuration that our documentation gives holds what it says. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '../support/free-port.ts';
import { createTurnChecks } from '../../server/doctor/turn-checks.ts';
import { loadConfig } from '../../config/load.ts';
import { createTimeLimitedCredentials } from '../../server/turn/policy/time-limited-credentials.ts';
import { TurnClient } from '../../server/turn/client/turn-client.ts';
import { ERROR } from '../../server/turn/stun/stun-constants.ts';
import { makeTemporaryDirectory, removeDirectory } from '../support/appliance.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { startCoturn, type RunningProgram } from '../support/turn/coturn.ts';
import { until } from '../support/until.ts';

const SECRET = 'shared-with-coturn';
const START_MS = 15_000;
const ATTEMPTS = 3;
/** Whoever else has the port may never answer. */
const ANSWER_MS = 2000;
let directory: string;
let coturn: RunningProgram;
let server: TestServer;
let port: number;

/** The configuration that docs/turn.md gives, with the secret of this test. */
async function writeDocumentedConfig(path: string): Promise<void> {
  const text = await readFile(new URL('../../docs/turn.md', import.meta.url), 'utf8');
  const config = /```conf\n(.*?)```/s.exec(text)?.[1] ?? '';
  await writeFile(
    path,
    config.replace('CHANGE-ME', SECRET).replace(/^# allowed-peer-ip=.*$/m, 'allowed-peer-ip=127.0.0.1'),
  );
}

const connect = async (credentials: { username: string; password: string }, transport: 'udp' | 'tcp' = 'udp') =>
  await TurnClient.connect({ transport, address: '127.0.0.1', port }, credentials);

/** With a client of its own each time: a refused datagram ends one. */
async function isAwake(): Promise<boolean> {
  const client = await connect({ username: '', password: '' });
  const isAnswered = await Promise.race([
    client.bind().then(
      () => true,
      () => false,
    ),
    delay(ANSWER_MS, false),
  ]);
  client.close();
  return isAnswered;
}

function startOn(listeningPort: number, config: string): Promise<RunningProgram> {
  const files = ['--userdb', join(directory, 'turndb'), '--pidfile', join(directory, 'pid'), '-l', 'stdout'];
  const place = ['-L', '127.0.0.1', '-L', '::1', '-E', '127.0.0.1', '-E', '::1', '-p', String(listeningPort)];
  // Loopback peers are let through to the deny list, which is what is looked at here.
  const rest = ['--no-tls', '--no-dtls', '--allow-loopback-peers'];
  return startCoturn('turnserver', ['-c', config, ...place, ...files, ...rest]);
}

/** coturn takes no port 0, and the free one may be somebody else's by the time it gets to it. */
async function startSomewhere(config: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    port = await findFreePort();
    coturn = await startOn(port, config);
    try {
      await until('coturn to answer', () => isAwake(), START_MS);
      return;
    } catch (error) {
      await coturn.stop();
      if (attempt === ATTEMPTS) throw new Error(coturn.output(), { cause: error });
    }
  }
}

beforeAll(async () => {
  directory = await makeTemporaryDirectory();
  const config = join(directory, 'turnserver.conf');
  await writeDocumentedConfig(config);
  await startSomewhere(config);
  server = await startTestServer({
    VANT_TURN_MODE: 'external',
    VANT_TURN_EXTERNAL_URLS: `turn:127.0.0.1:${port}?transport=udp,turn:127.0.0.1:${port}?transport=tcp`,
    VANT_TURN_EXTERNAL_SECRET: SECRET,
  });
});

afterAll(async () => {
  await server.stop();
  await coturn.stop();
  await removeDirectory(directory);
});

describe('turn.mode: external', () => {
  test('devices are sent to coturn, and their credentials relay there, over each transport', async () => {
    const credentials = await server.owner.call('getTurnCredentials');
    expect(credentials.urls).toHaveLength(2);
    const { urls: url, username, password } = credentials;
    const loaded = loadConfig({ env: {}, cwd: directory });
    const checks = createTurnChecks({ loaded, options: { url, username, password } });
    expect(checks.map(({ name }) => name)).toEqual(['relay over UDP', 'relay over TCP']);
    for (const check of checks) {
      expect(await check.run()).toEqual({ status: 'ok', seen: expect.stringContaining('echo in') });
    }
  });

  test('expired credentials, and those of another secret, open nothing', async () => {
    for (const [secret, lifetimeMs] of [
      [SECRET, -1_000],
      ['another', 60_000],
    ] as const) {
      const client = await connect(createTimeLimitedCredentials(secret, 'device', Date.now() + lifetimeMs));
      await expect(client.allocate()).rejects.toMatchObject({ code: ERROR.UNAUTHENTICATED });
      client.close();
    }
  });
});

describe('the documented configuration', () => {
  test('denies what is not the internet, in every spelling', async () => {
    const credentials = await server.owner.call('getTurnCredentials');
    const codes: Record<string, number> = {};
    for (const [family, peers] of [
      [4, ['10.0.0.1', '169.254.169.254', '192.168.1.1', '100.64.0.1', '127.0.0.2', '224.0.0.1', '8.8.8.8']],
      [
        6,
        [
          ...['::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:169.254.169.254', '64:ff9b::7f00:1', '2001::1'],
          ...['2002:7f00:1::', 'fd00::1', 'fe80::1', 'ff02::1', '2606:4700::1'],
        ],
      ],
    ] as const) {
      const client = await TurnClient.connect({ transport: 'udp', address: '127.0.0.1', port }, credentials);
      await client.allocate(family);
      for (const peer of peers) {
        codes[peer] = await client.createPermission(peer).then(
          () => 0,
          (error: unknown) => (error as { code: number }).code,
        );
      }
      client.close();
    }
    const allowed = Object.entries(codes)
      .filter(([, code]) => code !== ERROR.FORBIDDEN)
      .map(([peer]) => peer);
    expect(allowed).toEqual(['8.8.8.8', '2606:4700::1']);
  });
});
