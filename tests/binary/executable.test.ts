/** The packaged executable itself; all other tests of the appliance run against it, too. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryDirectory, removeDirectory, REPOSITORY, startAppliance } from '../support/appliance.ts';
import { hearEcho } from '../support/echo-caller.ts';
import { listEchoProcesses } from '../support/echo-processes.ts';
import { joinAsNode } from '../support/node-member.ts';
import { until } from '../support/until.ts';
import { VANT_PROGRAM } from '../support/vant-program.ts';

const [PROGRAM] = VANT_PROGRAM;
const MAX_BYTES = 190e6;
const ECHO_PACKETS = 50;
const ECHO_DEADLINE_MS = 60_000;

describe('the executable', () => {
  let root: string;
  beforeEach(async () => (root = await makeTemporaryDirectory()));
  afterEach(() => removeDirectory(root));

  /** Without any environment but a home. */
  const run = async (args: string[], program = PROGRAM, env: Record<string, string> = {}) =>
    await promisify(execFile)(program, args, { cwd: root, env: { HOME: root, ...env }, maxBuffer: 1e7 });
  const unpacked = (): string => {
    const native = join(root, 'vant', 'native');
    return join(native, readdirSync(native)[0] ?? '');
  };

  test('is as large as promised, and has the hash that lies beside it', () => {
    const bytes = readFileSync(PROGRAM);
    expect(bytes.length).toBeLessThan(MAX_BYTES);
    const hash = createHash('sha256').update(bytes).digest('hex');
    expect(readFileSync(`${PROGRAM}.sha256`, 'utf8')).toBe(`${hash}  ${basename(PROGRAM)}\n`);
  });

  test('runs from anywhere, and says what it is made of', async () => {
    const moved = join(root, 'moved');
    copyFileSync(PROGRAM, moved);
    const { stdout, stderr } = await run(['version', '--json'], moved);
    const version = JSON.parse(stdout) as Record<string, unknown>;
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: REPOSITORY, encoding: 'utf8' }).trim();
    const web = JSON.parse(readFileSync(join(REPOSITORY, '.build/webui/web-bundle.json'), 'utf8')) as { hash: string };
    expect(stderr).toBe('');
    expect(String(version['commit']).replace('+changes', '')).toBe(commit);
    expect(version['webBundle']).toBe(web.hash);
    expect(Object.keys(version['nativeParts'] as object)).toEqual([
      'libsignal.node',
      'node-datachannel.node',
      'redis-server',
    ]);
  });

  test('prints the licences of all that is in it, the web app and the native parts included', async () => {
    const { stdout } = await run(['licenses']);
    for (const text of [
      'GNU AFFERO GENERAL PUBLIC LICENSE',
      'redis-server 5:7.0',
      'jemalloc',
      'Node.js 24.',
      'libsignal makes use of the following open source projects',
      'fastify 5.',
      'lit 3.',
      'lucide-static 1.',
      'age-encryption',
      'Mozilla Public License Version 2.0',
      "usrsctp, as Debian's package",
      'Randall Stewart',
      "libsrtp, as Debian's package",
      'Cisco Systems',
      'Sergey Podobry',
      'This library is free for commercial and non-commercial use',
      'developed by the OpenSSL Project',
    ])
      expect(stdout).toContain(text);
  });

  test('has the native library whose inner licences are known', () => {
    const library = join(REPOSITORY, 'node_modules/@node-datachannel/linux-x64-gnu/node_datachannel.node');
    // A later one may have an OpenSSL under another licence: then scripts/package/inner-licences.ts is to be changed.
    expect(readFileSync(library).includes('OpenSSL 1.1.1')).toBe(true);
  });

  test('unpacks what has to be a file where nobody else can write, and mends what was spoiled there', async () => {
    const env = { XDG_CACHE_HOME: root };
    const first = await startAppliance({ env });
    expect(await first.stop()).toBe(0);
    const { stdout } = await run(['version', '--json']);
    const { nativeParts } = JSON.parse(stdout) as { nativeParts: Record<string, string> };
    const folder = unpacked();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of ['libsignal.node', 'redis-server']) {
      const hash = createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex');
      expect(hash).toBe(nativeParts[name]);
    }
    chmodSync(join(folder, 'redis-server'), 0o700);
    truncateSync(join(folder, 'redis-server'), 1000);
    const second = await startAppliance({ env });
    const program = readFileSync(`/proc/${await second.redisPid()}/exe`);
    expect(createHash('sha256').update(program).digest('hex')).toBe(nativeParts['redis-server']);
    expect(await second.stop()).toBe(0);
  });

  test('serves the web app out of itself', async () => {
    const appliance = await startAppliance({ dataDirectory: join(root, 'data') });
    try {
      const page = await fetch(appliance.url, { headers: { 'accept-encoding': 'br' } });
      expect(page.headers.get('content-encoding')).toBe('br');
      const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? '';
      const served = new Uint8Array(await (await fetch(appliance.url + script)).arrayBuffer());
      expect(readFileSync(join(REPOSITORY, '.build/webui', script)).equals(served)).toBe(true);
    } finally {
      expect(await appliance.stop()).toBe(0);
    }
  });

  test('answers a test call with a process of its own, and gives back what it hears', async () => {
    const appliance = await startAppliance({ env: { VANT_CALLS_ECHO: 'true' } });
    const ada = await joinAsNode(appliance.ownerLink!, 'Ada');
    try {
      const { view, heard } = await hearEcho(ada, ECHO_PACKETS, ECHO_DEADLINE_MS);
      expect(view.end).toBe('finished');
      for (const text of heard) expect(text).toMatch(/^sound \d+$/);
      await until('the end of its process', async () => (await listEchoProcesses(appliance)).length === 0);
    } finally {
      await ada.client.close();
      expect(await appliance.stop()).toBe(0);
    }
  });

  test('without a place for its native parts, says so in a sentence', async () => {
    mkdirSync(join(root, 'open'));
    chmodSync(join(root, 'open'), 0o777);
    const failure = run(['whoami'], PROGRAM, { XDG_CACHE_HOME: join(root, 'open') });
    await expect(failure).rejects.toMatchObject({ stderr: expect.stringContaining('Others may write to') as string });
  });
});
