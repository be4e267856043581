/** The reverse proxies of docs/https.md, with the configurations that stand there. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findFreePorts } from '../../support/free-port.ts';
import { prepareHttpsProgram } from '../../../scripts/prepare-https-programs.ts';
import { CONNECT_PATH } from '../../../wire/route-addresses.ts';
import { BINARY_ROUTES } from '../../../wire/routes.ts';
import { REPOSITORY } from '../../support/appliance.ts';
import { RawDevice } from '../../support/raw-device.ts';
import { createTestDirectory } from '../../support/redis-process.ts';
import { startNode } from '../../support/server.ts';
import { createAuthority, type TestAuthority } from '../../support/tls/authority.ts';
import { get, trust } from '../../support/tls/https-client.ts';
import { until } from '../../support/until.ts';

/** Another machine than the proxy, as far as addresses go. */
const CLIENT = '127.0.0.2';
let authority: TestAuthority;
const cleanups: (() => unknown)[] = [];

beforeAll(() => {
  authority = createAuthority();
  trust(authority.certificate);
});
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

const docs = readFileSync(join(REPOSITORY, 'docs/https.md'), 'utf8');
const example = (language: string): string => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(docs)?.[1] ?? '';

interface Place {
  readonly directory: string;
  readonly upstream: string;
  readonly port: number;
  readonly cert: string;
  readonly key: string;
}

/** The example, with the names and ports of the test in place of those that it has. */
const PROXIES = {
  nginx: ({ directory, upstream, port, cert, key }: Place) => {
    const server = example('nginx')
      .replaceAll('127.0.0.1:8420', upstream)
      .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
      .replace('chat.example.org;', 'localhost;')
      .replace(/\/etc\/\S+fullchain.pem/, cert)
      .replace(/\/etc\/\S+privkey.pem/, key);
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${directory}/${kind};`,
    );
    const file = join(directory, 'nginx.conf');
    const outer = `user ${userInfo().username};\npid ${directory}/nginx.pid;\nerror_log stderr;\ndaemon off;\nevents {}\n`;
    writeFileSync(file, `${outer}http {\naccess_log off;\n${paths.join('\n')}\n${server}}\n`);
    return ['-p', directory, '-c', file];
  },
  caddy: ({ directory, upstream, port, cert, key }: Place) => {
    const site = example('caddy')
      .replace('127.0.0.1:8420', upstream)
      .replace('chat.example.org {', `https://localhost:${port} {\n\tbind 127.0.0.1\n\ttls ${cert} ${key}`);
    const file = join(directory, 'Caddyfile');
    writeFileSync(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`);
    return ['run', '--adapter', 'caddyfile', '--config', file];
  },
} as const;

async function startProxy(name: keyof typeof PROXIES, upstream: string): Promise<number> {
  const program = await prepareHttpsProgram(name, () => undefined);
  const directory = createTestDirectory();
  const [port = 0] = await findFreePorts(1);
  const { cert, key } = authority.issue(['localhost']);
  const files = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  mkdirSync(join(directory, 'home'));
  const child = spawn(program.path, PROXIES[name]({ directory, upstream, port, ...files }), {
    env: { PATH: process.env['PATH'], HOME: join(directory, 'home'), ...program.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, 'exit');
  cleanups.push(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  await until(name, async () => {
    if (child.exitCode !== null) throw new Error(`${name} has ended: ${output}`);
    return await get({ port, serverName: 'localhost' }).then(
      () => true,
      () => false,
    );
  });
  return port;
}

async function start(name: keyof typeof PROXIES, trustedProxies: string) {
  const { app, logText } = await startNode({
    VANT_STORAGE_DATA_DIR: createTestDirectory(),
    VANT_SERVER_PUBLIC_URL: 'https://chat.example.org',
    VANT_SERVER_TRUSTED_PROXIES: trustedProxies,
    VANT_LOG_ADDRESSES: 'full',
    VANT_LOG_LEVEL: 'debug',
  });
  cleanups.push(() => app.stop());
  const port = await startProxy(name, `127.0.0.1:${app.port}`);
  const url = `https://localhost:${port}`;
  const owner = await RawDevice.join(url, app.setupLink ?? '');
  return { url, owner, logText };
}

/** Connects from another address, and claims a third one. */
async function connectFromElsewhere(url: string, owner: RawDevice): Promise<void> {
  const headers = { 'x-forwarded-for': '203.0.113.99', 'x-real-ip': '203.0.113.99', forwarded: 'for=203.0.113.99' };
  const protocols = ['vant.v1', `bearer.${owner.credentials}`];
  const socket = new WebSocket(url.replace('https', 'wss') + CONNECT_PATH, protocols, {
    localAddress: CLIENT,
    headers,
  });
  await once(socket, 'open');
  socket.close();
  await once(socket, 'close');
}

describe.each(['nginx', 'caddy'] as const)('behind %s', (name) => {
  test('WebSockets, uploads, and the address of the client and no other', async () => {
    const { url, owner, logText } = await start(name, '127.0.0.1');
    const bob = await owner.inviteAndJoin();
    const connection = await bob.connect();
    const sender = await owner.connect();
    await sender.send(bob, 'through the proxy');
    await until('the message', () => connection.received.some(({ content }) => content === 'through the proxy'));
    for (const { socket } of [connection, sender]) socket.close();
    await connectFromElsewhere(url, owner);
    expect(logText()).toContain(`"address":"${CLIENT}"`);
    expect(logText()).not.toContain('203.0.113.99');
    expect(await upload(url, owner)).toBe(200);
  });

  test('that nobody has named, all clients are the proxy, and no header is believed', async () => {
    const { url, owner, logText } = await start(name, '[]');
    await connectFromElsewhere(url, owner);
    expect(logText()).toContain('"address":"127.0.0.1"');
    expect(logText()).not.toMatch(/"address":"(127\.0\.0\.2|203\.0\.113\.99)"/);
  });
});

/** More than nginx takes unless it is told. */
async function upload(url: string, { credentials }: RawDevice): Promise<number> {
  const headers = { authorization: `Bearer ${credentials}`, 'content-type': 'application/octet-stream' };
  const body = randomBytes(5 * 1024 * 1024);
  return (await fetch(url + BINARY_ROUTES.uploadAttachment.path, { method: 'POST', headers, body })).status;
}
