/** HTTPS without a domain, with the real program: what the admin types, and how a terminal joins. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  REPOSITORY,
  makeTemporaryDirectory,
  removeDirectory,
  startAppliance,
  type Appliance,
} from '../support/appliance.ts';
import { get } from '../support/tls/https-client.ts';
import { createCli } from './client/cli-process.ts';

let appliance: Appliance;
let home: string;
let env: Record<string, string>;
const taken = createServer();

beforeAll(async () => {
  home = await makeTemporaryDirectory();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  env = {
    VANT_TLS_MODE: 'local',
    VANT_TLS_NAMES: 'localhost,127.0.0.1',
    // What is taken there takes nothing but the convenience away.
    VANT_TLS_HTTP_LISTEN: `127.0.0.1:${(taken.address() as AddressInfo).port}`,
  };
  appliance = await startAppliance({ env });
});
afterAll(async () => {
  await appliance.stop();
  taken.close();
  await removeDirectory(home);
});

/** On the server, with its configuration. */
async function onServer(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(REPOSITORY, 'cli/vant.js'), ...args], {
    cwd: home,
    env: {
      ...{ PATH: process.env['PATH'], HOME: home, VANT_STORAGE_DATA_DIR: appliance.dataDirectory },
      ...{ VANT_SERVER_LISTEN: `127.0.0.1:${appliance.port}`, VANT_SERVER_PUBLIC_URL: appliance.url },
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('a local authority', () => {
  test('is told about by vant tls trust, and by vant tls status', async () => {
    const file = join(home, 'authority.pem');
    const trust = await onServer('tls', 'trust', '--out', file, '--json');
    expect(trust.code).toBe(0);
    const { fingerprint, page } = JSON.parse(trust.output) as { fingerprint: string; page: string };
    expect(page).toBe(`http://localhost:${appliance.port}/trust`);
    expect(appliance.output()).toContain(fingerprint);
    expect((await get({ port: appliance.port, ca: readFileSync(file, 'utf8') })).status).toBe(200);
    const status = await onServer('tls', 'status');
    expect(status.output).toMatch(
      /^mode {4}local, for localhost, 127\.0\.0\.1\nserved {2}localhost: valid until .*TLSv1\.3\nstored {2}until /,
    );
    expect(status.code).toBe(0);
  });

  test('lets a terminal join that trusts it, and no other', async () => {
    const cli = createCli(home);
    const link = appliance.ownerLink ?? '';
    expect(link).toMatch(/^https:\/\/localhost:/);
    const stranger = await cli.run(['join', link, '--name', 'Ada']);
    expect(stranger.code).toBe(4);
    const joined = await cli.run(['join', link, '--name', 'Ada', '--ca-file', join(home, 'authority.pem')]);
    expect(joined).toMatchObject({ code: 0 });
    // Over the WebSocket, too.
    const received = await cli.run(['receive', '--ca-file', join(home, 'authority.pem')]);
    expect(received).toMatchObject({ code: 0 });
    const wrong = await cli.run(['receive', '--ca-file', join(home, 'nowhere.pem')]);
    expect(wrong.stderr).toMatch(/cannot be used as an authority.*\n.*vant tls trust --out FILE/);
  });

  test('a port for plain HTTP that is taken is one sentence in the log', () => {
    expect(appliance.output()).toMatch(
      /Plain HTTP cannot be answered on 127\.0\.0\.1:\d+\. Another program has this port: stop it/,
    );
  });
});
