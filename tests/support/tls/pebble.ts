/** pebble, Let's Encrypt's own test authority, as a process: strict, refusing nonces now and then, in a network of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePorts } from '../free-port.ts';
import { prepareHttpsProgram } from '../../../scripts/prepare-https-programs.ts';
import { createTestDirectory } from '../redis-process.ts';
import { until } from '../until.ts';
import { createAuthority } from './authority.ts';
import { startDns, type TestDns } from './dns-server.ts';
import { trust } from './https-client.ts';

export interface Pebble {
  readonly directoryUrl: string;
  /** File with the certificate that its own HTTPS is signed with. */
  readonly caFile: string;
  readonly ca: string;
  readonly dns: TestDns;
  /** Where it looks for TLS-ALPN-01 and HTTP-01, in place of 443 and 80. */
  readonly tlsPort: number;
  readonly httpPort: number;
  /** The root that it issues from; another one after each start. */
  root(): Promise<string>;
  /** Of the issuing certificate, as a client has to get it. */
  setRenewalWindow(certificatePem: string, startMs: number, endMs: number): Promise<void>;
  output(): string;
  stop(): Promise<void>;
}

export interface PebbleOptions {
  /** In 100. */
  readonly nonceReject?: number;
  /** Seconds, by profile. */
  readonly profiles?: Readonly<Record<string, number>>;
  readonly eab?: Readonly<Record<string, string>>;
  readonly blocked?: readonly string[];
  readonly tlsPort?: number;
  readonly httpPort?: number;
  /** Of this machine, where it is asked for certificates. */
  readonly address?: string;
  /** Where all names lead. */
  readonly namesLeadTo?: string;
}

export async function startPebble(options: PebbleOptions = {}): Promise<Pebble> {
  const program = await prepareHttpsProgram('pebble', () => undefined);
  const authority = createAuthority();
  const address = options.address ?? '127.0.0.1';
  const { cert, key } = authority.issue(['localhost', address]);
  const directory = createTestDirectory();
  const at = (name: string, text: string) => (writeFileSync(join(directory, name), text), join(directory, name));
  const [port, managementPort, tlsPort = 0, httpPort = 0] = await findFreePorts(4);
  const dns = await startDns(options.namesLeadTo);
  const ports = { tlsPort: options.tlsPort ?? tlsPort, httpPort: options.httpPort ?? httpPort };
  const config = {
    pebble: {
      listenAddress: `${address}:${port}`,
      managementListenAddress: `127.0.0.1:${managementPort}`,
      certificate: at('api.pem', cert),
      privateKey: at('api.key', key),
      ...ports,
      ocspResponderURL: '',
      externalAccountBindingRequired: options.eab !== undefined,
      ...(options.eab && { externalAccountMACKeys: options.eab }),
      domainBlocklist: options.blocked ?? [],
      retryAfter: { authz: 1, order: 1 },
      keyAlgorithm: 'ecdsa',
      profiles: Object.fromEntries(
        Object.entries(options.profiles ?? { default: 7_776_000, shortlived: 518_400 }).map(([name, seconds]) => [
          name,
          { description: name, validityPeriod: seconds },
        ]),
      ),
    },
  };
  const child = spawn(
    program.path,
    ['-config', at('pebble.json', JSON.stringify(config)), '-dnsserver', `127.0.0.1:${dns.port}`, '-strict'],
    {
      env: {
        ...program.env,
        PEBBLE_VA_NOSLEEP: '1',
        PEBBLE_AUTHZREUSE: '0',
        PEBBLE_WFE_NONCEREJECT: String(options.nonceReject ?? 15),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, 'exit');
  process.once('exit', () => child.kill('SIGKILL'));
  await until('pebble', () => /Listening on|ACME directory available/.test(output) || child.exitCode !== null);
  // The certificate of its own API.
  trust(authority.certificate);
  const manage = (path: string, init?: RequestInit) => fetch(`https://localhost:${managementPort}${path}`, init);
  return {
    directoryUrl: `https://${options.address ?? 'localhost'}:${port}/dir`,
    caFile: at('ca.pem', authority.certificate),
    ca: authority.certificate,
    dns,
    ...ports,
    root: async () => await (await manage('/roots/0')).text(),
    async setRenewalWindow(certificate, startMs, endMs) {
      const window = {
        suggestedWindow: { start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() },
      };
      const body = JSON.stringify({ Certificate: certificate, ARIResponse: JSON.stringify(window) });
      const response = await manage('/set-renewal-info/', { method: 'POST', body });
      if (!response.ok) throw new Error(await response.text());
    },
    output: () => output,
    async stop() {
      child.kill('SIGKILL');
      await exited;
      dns.close();
    },
  };
}
