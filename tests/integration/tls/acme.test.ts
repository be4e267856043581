/** Certificates from a real ACME server, over the whole server. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestDirectory } from '../../support/redis-process.ts';
import { startNode } from '../../support/server.ts';
import { get } from '../../support/tls/https-client.ts';
import { startPebble, type Pebble } from '../../support/tls/pebble.ts';
import { until } from '../../support/until.ts';

const NAME = 'chat.vant.test';
let pebble: Pebble;
let root: string;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  pebble = await startPebble({ blocked: ['blocked.vant.test'] });
  root = await pebble.root();
});
afterAll(() => pebble.stop());
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

async function start(env: Record<string, string> = {}) {
  const dataDirectory = env['VANT_STORAGE_DATA_DIR'] ?? createTestDirectory();
  const node = await startNode({
    VANT_STORAGE_DATA_DIR: dataDirectory,
    VANT_SERVER_LISTEN: `127.0.0.1:${pebble.tlsPort}`,
    VANT_SERVER_PUBLIC_URL: `https://${NAME}:${pebble.tlsPort}`,
    VANT_TLS_MODE: 'acme',
    VANT_TLS_ACME_DIRECTORY: pebble.directoryUrl,
    VANT_TLS_ACME_CA_FILE: pebble.caFile,
    ...env,
  });
  cleanups.push(() => node.app.stop());
  return { ...node, dataDirectory, port: node.app.port };
}

const untilTrusted = (port: number, serverName: string) =>
  until('a certificate', () => get({ port, serverName, ca: root }).catch(() => undefined), 30_000);

describe('the first start', () => {
  test('TLS-ALPN-01 on the port that serves, with a certificate that browsers trust a moment later', async () => {
    const { port, logText, dataDirectory } = await start({ VANT_TLS_NAMES: `${NAME},second.vant.test` });
    const { headers, certificate } = await untilTrusted(port, NAME);
    expect(certificate.subjectaltname).toBe(`DNS:${NAME}, DNS:second.vant.test`);
    expect(certificate.asn1Curve).toBe('prime256v1');
    expect(headers['strict-transport-security']).toBe('max-age=15552000');
    expect(logText()).toMatch(/There is no certificate yet: one that browsers refuse is served/);
    const folder = join(dataDirectory, 'tls');
    expect(readdirSync(folder).sort()).toEqual(['account.json', 'certificate.json']);
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    expect(logText()).not.toContain('PRIVATE KEY');
  });

  test('HTTP-01 where only that is left', async () => {
    const { port } = await start({
      VANT_SERVER_LISTEN: '127.0.0.1:0',
      VANT_SERVER_PUBLIC_URL: `https://${NAME}`,
      VANT_TLS_HTTP_LISTEN: `127.0.0.1:${pebble.httpPort}`,
    });
    expect((await untilTrusted(port, NAME)).status).toBe(200);
  });

  test('an IP address gets a certificate of the short-lived profile', async () => {
    const { port } = await start({ VANT_TLS_NAMES: '127.0.0.1' });
    const { certificate } = await until('a certificate', () => get({ port, ca: root }).catch(() => undefined), 30_000);
    expect(certificate.subjectaltname).toBe('IP Address:127.0.0.1');
    const lifeMs = Date.parse(certificate.valid_to) - Date.parse(certificate.valid_from);
    expect(Math.round(lifeMs / 86_400_000)).toBe(6);
  });

  test('a second start asks for nothing', async () => {
    const first = await start();
    const { certificate } = await untilTrusted(first.port, NAME);
    await first.app.stop();
    cleanups.pop();
    const { port } = await start({ VANT_STORAGE_DATA_DIR: first.dataDirectory });
    expect((await get({ port, serverName: NAME, ca: root })).certificate.serialNumber).toBe(certificate.serialNumber);
  });
});
