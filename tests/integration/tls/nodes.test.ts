/** Two nodes on one Redis: one orders, both answer, both serve. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePorts } from '../../support/free-port.ts';
import { createTestDirectory, type RedisProcess } from '../../support/redis-process.ts';
import { startSingleRedis } from '../../support/redis.ts';
import { startNode } from '../../support/server.ts';
import { get } from '../../support/tls/https-client.ts';
import { startPebble, type Pebble } from '../../support/tls/pebble.ts';
import { findTraces } from '../../support/two-nodes.ts';
import { until } from '../../support/until.ts';

const NAME = 'chat.vant.test';
let redis: RedisProcess;
let pebble: Pebble;
let root: string;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  [redis, pebble] = await Promise.all([startSingleRedis(), startPebble()]);
  root = await pebble.root();
});
afterAll(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
  await Promise.all([redis.stop(), pebble.stop()]);
});

async function start(port: number, dataDirectory: string, env: Record<string, string> = {}) {
  const node = await startNode({
    VANT_REDIS_MODE: 'external',
    VANT_REDIS_EXTERNAL_URL: redis.url,
    VANT_STORAGE_DATA_DIR: dataDirectory,
    VANT_SERVER_LISTEN: `127.0.0.1:${port}`,
    VANT_SERVER_PUBLIC_URL: `https://${NAME}`,
    VANT_TLS_MODE: 'acme',
    VANT_TLS_ACME_DIRECTORY: pebble.directoryUrl,
    VANT_TLS_ACME_CA_FILE: pebble.caFile,
    ...env,
  });
  cleanups.push(() => node.app.stop());
  return node;
}

const serialOf = (port: number) =>
  until('a certificate', () => get({ port, serverName: NAME, ca: root }).catch(() => undefined), 30_000).then(
    ({ certificate }) => certificate.serialNumber,
  );

describe('two nodes', () => {
  const [first, second] = [createTestDirectory(), createTestDirectory()];

  test('the one that orders is not the one that the authority asks', async () => {
    // What is served where the authority looks is started first, and has nobody to order from.
    const [silentPort = 0] = await findFreePorts(1);
    const asked = await start(pebble.tlsPort, first, {
      VANT_TLS_ACME_DIRECTORY: `https://localhost:${silentPort}/dir`,
    });
    await until('its failure', () => asked.logText().includes('cannot be reached'));
    mkdirSync(second, { recursive: true });
    copyFileSync(join(first, 'secret.key'), join(second, 'secret.key'));
    const [port = 0] = await findFreePorts(1);
    const ordering = await start(port, second);
    const serial = await serialOf(port);
    // And the other one serves it a moment later.
    await until('the same on both', async () => (await serialOf(pebble.tlsPort)) === serial, 30_000);
    expect(ordering.logText()).toContain('The authority has issued a certificate');
    expect(asked.logText()).not.toContain('The authority has issued a certificate');
    expect(pebble.output().match(/Issued certificate serial/g)).toHaveLength(1);
  });

  test('no key lies in Redis that could be read, and a stranger’s node is told so', async () => {
    for (const trace of ['PRIVATE KEY', 'BEGIN', 'directoryUrl']) expect(await findTraces(redis, trace)).toEqual([]);
    await expect(start(0, createTestDirectory())).rejects.toThrow(/under another secret\.key\. Copy secret\.key/);
  });
});
