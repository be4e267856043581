import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../config/load.ts';
import { createNetworkChecks } from '../../../server/doctor/network-checks.ts';
import type { Certificate } from '../../../server/turn/net/stream-listener.ts';
import { createAuthority, type TestAuthority } from '../../support/tls/authority.ts';

const EXPIRED = { from: '20200101000000Z', until: '20200201000000Z' };

describe('certificates, as the doctor sees them', () => {
  let authority: TestAuthority;
  beforeAll(() => (authority = createAuthority()));
  const servers: ReturnType<typeof createServer>[] = [];
  afterAll(() => servers.forEach((server) => server.close()));

  /** What is said of a server with this certificate. */
  async function examineServed(certificate: Certificate, now = Date.now) {
    const server = createServer(certificate).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const loaded = loadConfig({ cwd: authority.directory, env: { VANT_SERVER_PUBLIC_URL: url } });
    return await createNetworkChecks({ loaded }, now)
      .find(({ name }) => name === 'certificate')!
      .run();
  }

  test('served by whomever: one that has expired, and one that nobody trusts', async () => {
    expect(await examineServed(authority.issue(['127.0.0.1'], EXPIRED))).toMatchObject({
      status: 'error',
      remedy: expect.any(String),
    });
    expect(await examineServed(authority.issue(['127.0.0.1']))).toMatchObject({
      status: 'error',
      seen: expect.stringContaining('no client trusts the certificate'),
    });
  });

  test('in files: expired, for another name, right, and with a clock that is a day off', async () => {
    const at = (name: string) => join(authority.directory, name);
    const examineFiles = async (certificate: Certificate, now = Date.now) => {
      writeFileSync(at('cert.pem'), certificate.cert);
      writeFileSync(at('key.pem'), certificate.key);
      const env = {
        VANT_TLS_MODE: 'files',
        VANT_TLS_CERT_FILE: at('cert.pem'),
        VANT_TLS_KEY_FILE: at('key.pem'),
        VANT_SERVER_PUBLIC_URL: 'https://chat.example.org',
      };
      const loaded = loadConfig({ cwd: authority.directory, env });
      return await createNetworkChecks({ loaded }, now)
        .find(({ name }) => name === 'certificate files')!
        .run();
    };
    expect(await examineFiles(authority.issue(['chat.example.org']))).toMatchObject({ status: 'ok' });
    expect(await examineFiles(authority.issue(['chat.example.org'], EXPIRED))).toEqual({
      status: 'error',
      seen: expect.stringMatching(/has expired on 2020-02-01 .*the clock of this machine says/),
      remedy: expect.stringContaining('Renew it'),
    });
    expect(await examineFiles(authority.issue(['other.example.org']))).toMatchObject({
      status: 'error',
      seen: expect.stringContaining('not for chat.example.org'),
    });
    const yesterday = () => Date.now() - 86_400_000;
    expect(await examineFiles(authority.issue(['chat.example.org']), yesterday)).toMatchObject({
      status: 'error',
      seen: expect.stringContaining('is not valid before'),
      remedy: expect.stringContaining('Set the clock'),
    });
  });
});
