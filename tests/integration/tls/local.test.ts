/** The local authority: what devices trust, what it can and cannot sign, and the page that helps. */
import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createLocalAuthority, issueLocally } from '../../../server/tls/local/local-authority.ts';
import { createTestDirectory } from '../../support/redis-process.ts';
import { startNode } from '../../support/server.ts';
import { get, speakHttp } from '../../support/tls/https-client.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

async function start(env: Record<string, string> = {}, now: () => number = Date.now) {
  const dataDirectory = createTestDirectory();
  const names = { VANT_TLS_NAMES: 'vant.lan,127.0.0.1,fd00::7' };
  const common = { VANT_TLS_MODE: 'local', VANT_STORAGE_DATA_DIR: dataDirectory, ...names };
  const node = await startNode({ ...common, ...env }, { now });
  cleanups.push(() => node.app.stop());
  return { ...node, dataDirectory, port: node.app.port };
}

async function download(port: number): Promise<X509Certificate> {
  const response = await fetch(`http://127.0.0.1:${port}/vant-ca.crt`);
  expect(response.headers.get('content-type')).toBe('application/x-x509-ca-cert');
  return new X509Certificate(Buffer.from(await response.arrayBuffer()));
}

describe('a network without a domain', () => {
  test('a device downloads the authority over plain HTTP on the same port, compares, and trusts the server', async () => {
    const { port, logText } = await start();
    const page = await speakHttp(port, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    expect(page).toMatch(/^HTTP\/1.1 200 .*Download the certificate/s);
    const authority = await download(port);
    const bytes = authority.fingerprint256.split(':');
    for (const half of [bytes.slice(0, 16), bytes.slice(16)]) expect(page).toContain(half.join(' '));
    expect(logText()).toContain(authority.fingerprint256);
    const answer = await get({ port, ca: authority.toString() });
    expect(answer.certificate.subjectaltname).toBe('DNS:vant.lan, IP Address:127.0.0.1, IP Address:FD00:0:0:0:0:0:0:7');
    // A browser that has learned HSTS could not be helped any more.
    expect(answer.headers['strict-transport-security']).toBeUndefined();
    expect(page).toContain(`href="https://127.0.0.1:${port}/"`);
  });

  test('a restart changes nothing, time renews the leaf, and another name makes another authority', async () => {
    const first = await start();
    const [authority, { certificate }] = [
      await download(first.port),
      await get({ port: first.port, isTrusting: true }),
    ];
    await first.app.stop();
    cleanups.pop();
    const again = async (env: Record<string, string>, offsetMs = 0) => {
      const env_ = { VANT_STORAGE_DATA_DIR: first.dataDirectory, ...env };
      const { port, app } = await start(env_, () => Date.now() + offsetMs);
      const seen = { authority: await download(port), leaf: (await get({ port, isTrusting: true })).certificate };
      await app.stop();
      cleanups.pop();
      return seen;
    };
    const restarted = await again({});
    expect(restarted.leaf.serialNumber).toBe(certificate.serialNumber);
    const later = await again({}, 70 * DAY_MS);
    expect(later.leaf.serialNumber).not.toBe(certificate.serialNumber);
    expect(later.authority.fingerprint256).toBe(authority.fingerprint256);
    const fewer = await again({ VANT_TLS_NAMES: 'vant.lan' });
    expect(fewer.authority.fingerprint256).toBe(authority.fingerprint256);
    const other = await again({ VANT_TLS_NAMES: 'vant.lan,other.lan' });
    expect(other.authority.fingerprint256).not.toBe(authority.fingerprint256);
  });
});

describe('the authority', () => {
  /** openssl, which does not know us, judges. */
  function verify(authorityFor: readonly string[], leafFor: readonly string[]): string {
    const directory = createTestDirectory();
    const now = Date.now();
    const authority = createLocalAuthority(authorityFor, now);
    const at = (name: string, text: string) => (writeFileSync(join(directory, name), text), join(directory, name));
    const files = [at('ca.pem', authority.cert), at('leaf.pem', issueLocally(authority, leafFor, now).cert)] as const;
    const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', ...files];
    try {
      return execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
  }

  test.each([
    [['vant.lan'], ['vant.lan']],
    [
      ['10.0.0.7', 'fd00::7'],
      ['10.0.0.7', 'fd00::7'],
    ],
    [['vant.lan', '10.0.0.7'], ['vant.lan']],
  ])('for %s signs for %s', (names, leaf) => {
    expect(verify(names, leaf)).toMatch(/leaf\.pem: OK/);
  });

  test.each([
    [['vant.lan'], ['bank.example']],
    [['vant.lan'], ['10.0.0.7']],
    [['10.0.0.7'], ['10.0.0.8']],
    [['10.0.0.7'], ['bank.example']],
    [['10.0.0.7'], ['fd00::7']],
  ])('for %s is not believed for %s', (names, leaf) => {
    expect(verify(names, leaf)).toMatch(/(permitted|excluded) subtree violation/);
  });
});
