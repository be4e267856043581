/** A certificate of the admin's own: served, watched, checked; on one port with TURN and a word for plain HTTP. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TurnClient } from '../../../server/turn/client/turn-client.ts';
import type { Certificate } from '../../../server/turn/net/stream-listener.ts';
import { createTestDirectory } from '../../support/redis-process.ts';
import { RawDevice, call } from '../../support/raw-device.ts';
import { startNode } from '../../support/server.ts';
import { createAuthority, type TestAuthority } from '../../support/tls/authority.ts';
import { get, handshake, speakHttp, trust } from '../../support/tls/https-client.ts';
import { until } from '../../support/until.ts';

let authority: TestAuthority;
const cleanups: (() => unknown)[] = [];

beforeAll(() => {
  authority = createAuthority();
  trust(authority.certificate);
});
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

function write({ cert, key }: Certificate, directory = createTestDirectory()) {
  const files = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  return { directory, env: { VANT_TLS_CERT_FILE: files.cert, VANT_TLS_KEY_FILE: files.key } };
}

async function start(certificate: Certificate, env: Record<string, string> = {}) {
  const files = write(certificate);
  const node = await startNode({
    VANT_STORAGE_DATA_DIR: createTestDirectory(),
    VANT_TLS_MODE: 'files',
    ...files.env,
    ...env,
  });
  cleanups.push(() => node.app.stop());
  return { ...node, ...files, port: node.app.port };
}

describe('a certificate of one’s own', () => {
  test('serves HTTP and WebSockets, with HSTS and no old TLS', async () => {
    const { app, port } = await start(authority.issue(['localhost', '127.0.0.1']));
    expect(app.publicUrl).toBe(`https://localhost:${port}`);
    const answer = await get({ port, serverName: 'localhost', ca: authority.certificate });
    expect(answer).toMatchObject({ status: 200, headers: { 'strict-transport-security': 'max-age=15552000' } });
    const owner = await RawDevice.join(app.publicUrl, app.setupLink ?? '');
    const connection = await owner.connect();
    connection.socket.close();
    expect((await call(app.publicUrl, 'getServer')).name).toBe('vant');
    const modern = await handshake(port, 'localhost');
    expect(modern.getProtocol()).toBe('TLSv1.3');
    modern.destroy();
    const twelve = await handshake(port, 'localhost', { maxVersion: 'TLSv1.2' });
    expect(twelve.getCipher().name).toMatch(/^ECDHE-ECDSA-.*(GCM|CHACHA20)/);
    twelve.destroy();
    await expect(handshake(port, 'localhost', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
    await expect(handshake(port, 'localhost', { ciphers: 'AES128-SHA', maxVersion: 'TLSv1.2' })).rejects.toThrow();
  });

  test('is swapped on the disk, and connections go on', async () => {
    const { app, config, port, directory } = await start(authority.issue(['localhost']));
    const before = await handshake(port, 'localhost');
    const old = before.getPeerCertificate().serialNumber;
    // Half of it: the former one stays.
    const next = authority.issue(['localhost']);
    writeFileSync(join(directory, 'cert.pem'), next.cert);
    app.reconfigure(config);
    expect((await get({ port, isTrusting: true })).certificate.serialNumber).toBe(old);
    write(next, directory);
    app.reconfigure(config);
    await until('the new certificate', async () => {
      const { certificate } = await get({ port, isTrusting: true });
      return certificate.serialNumber !== old;
    });
    before.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    const [chunk] = (await once(before, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1.1 200/);
  });

  test.each([
    [
      'a key of another',
      () => ({ ...authority.issue(['localhost']), key: authority.issue(['x']).key }),
      /does not belong/,
    ],
    ['no certificate', () => ({ cert: 'hello', key: 'hello' }), /is not PEM/],
    ['the chain upside down', () => upsideDown(authority.issue(['localhost'])), /own is not the first/],
  ])('is refused at the start: %s', async (_, make, message) => {
    await expect(start(make())).rejects.toThrow(message);
  });

  test('that has expired is served, and said so with the clock of this machine', async () => {
    const certificate = authority.issue(['localhost'], { from: '20200101000000Z', until: '20200201000000Z' });
    const { logText, port } = await start(certificate);
    expect(logText()).toMatch(/has expired on 2020-02-01 00:00 UTC \(the clock of this machine says 20/);
    expect((await get({ port, isTrusting: true })).status).toBe(200);
  });
});

function upsideDown({ cert, key }: Certificate): Certificate {
  return { key, cert: (cert.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----\n/g) ?? []).reverse().join('') };
}

describe('one port', () => {
  test('TURN over TLS, beside HTTPS', async () => {
    const { app, port } = await start(authority.issue(['localhost']), {
      VANT_TURN_MODE: 'embedded',
      VANT_TURN_EMBEDDED_LISTEN: '127.0.0.1:0',
    });
    const owner = await RawDevice.join(app.publicUrl, app.setupLink ?? '');
    const { urls, username, password } = await owner.call('getTurnCredentials');
    expect(urls.at(-1)).toBe(`turns:localhost:${port}?transport=tcp`);
    const place = { transport: 'tls', address: '127.0.0.1', port, serverName: 'localhost' } as const;
    const client = await TurnClient.connect({ ...place, ca: authority.certificate }, { username, password });
    cleanups.push(() => client.close());
    expect((await client.bind()).address).toBe('127.0.0.1');
    expect((await client.allocate()).address).toBe('127.0.0.1');
    expect((await get({ port, ca: authority.certificate, serverName: 'localhost' })).status).toBe(200);
  });

  test('sends who speaks plain HTTP to HTTPS, and nobody elsewhere', async () => {
    const { port } = await start(authority.issue(['localhost']));
    const ask = (line: string, host = 'evil.example') => speakHttp(port, `${line} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect(await ask('GET /join?x=1')).toMatch(
      new RegExp(`^HTTP/1.1 307 .*\r\nlocation: https://localhost:${port}/join\\?x=1\r\n`, 's'),
    );
    expect(await ask('POST /v1/accounts', 'localhost')).toMatch(/^HTTP\/1.1 403 /);
    expect(await ask('GET /.well-known/acme-challenge/none')).toMatch(/^HTTP\/1.1 404 /);
    expect(await ask('GET //evil.example/%2f')).toMatch(new RegExp(`location: https://localhost:${port}/`));
  });

  test('ends with the server, whoever is still connected', async () => {
    const { app, port } = await start(authority.issue(['localhost']));
    const silent = connect(port, '127.0.0.1');
    await once(silent, 'connect');
    const quiet = await handshake(port, 'localhost');
    const ended = Promise.all([once(silent, 'close'), once(quiet, 'close')]);
    cleanups.pop();
    await app.stop();
    await ended;
  });
});
