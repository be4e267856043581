/** The executable for arm64, emulated: it starts, unpacks and loads libsignal, runs its Redis, two members talk over it, and one
 * calls it. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTemporaryDirectory, removeDirectory } from '../support/appliance.ts';
import { hearEcho } from '../support/echo-caller.ts';
import { joinAsNode } from '../support/node-member.ts';

const PROGRAM = process.env['VANT_TEST_ARM64'] ?? '';
const QEMU = process.env['VANT_TEST_QEMU'] ?? '';
const LIBRARIES = process.env['VANT_TEST_ARM64_LIBRARIES'] ?? '';
/** An emulated processor is ten times as slow, and this one is shared. */
const DEADLINE_MS = 120_000;
const ECHO_PACKETS = 50;

let root: string;
let redisHash: string;

function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(QEMU, ['-L', LIBRARIES, PROGRAM, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: root, XDG_CACHE_HOME: root, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const found = Promise.withResolvers<RegExpExecArray>();
  let wanted: RegExp | undefined;
  const look = () => {
    const match = wanted?.exec(output);
    if (match !== null && match !== undefined) found.resolve(match);
  };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      look();
    });
  const exited = once(child, 'close') as Promise<[number | null]>;
  return {
    child,
    exited,
    output: () => output,
    async until(pattern: RegExp): Promise<RegExpExecArray> {
      wanted = pattern;
      const fail = (why: string) => found.reject(new Error(`${why} before ${String(pattern)}. Output:\n${output}`));
      const timer = setTimeout(() => fail('time is up'), DEADLINE_MS);
      void exited.then(() => fail('the program ended'));
      look();
      return await found.promise.finally(() => clearTimeout(timer));
    },
  };
}

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { exited, output } = start(args, env);
  const [code] = await exited;
  if (code !== 0) throw new Error(`vant ${args.join(' ')} ended with ${code}: ${output()}`);
  return output();
}

/** The kernel does not start a program for another machine. @returns a script that starts one through the emulator */
function makeLauncher(name: string, program: string): string {
  const path = join(root, name);
  writeFileSync(path, `#!/bin/sh\nexec '${QEMU}' -L '${LIBRARIES}' '${program}' "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

/** @returns what Node is to load first, so that the program starts itself through the emulator, too */
function makeStartThroughEmulator(): string {
  const path = join(root, 'start-through-emulator.cjs');
  writeFileSync(path, `process.execPath = ${JSON.stringify(makeLauncher('start-vant', PROGRAM))};\n`);
  return path;
}

beforeAll(async () => {
  root = await makeTemporaryDirectory();
});
afterAll(async () => {
  await removeDirectory(root);
});

const inviteIn = (output: string): string => /http\S+\/join#[\w.~-]+/.exec(output)?.[0] ?? '';

test('says what it is', async () => {
  const version = JSON.parse(await run(['version', '--json'])) as { nodeVersion: string; nativeParts: object };
  expect(version.nodeVersion).toBe(process.versions.node);
  redisHash = (version.nativeParts as Record<string, string>)['redis-server'] ?? '';
  expect(redisHash).toMatch(/^[0-9a-f]{64}$/);
});

describe('its server', () => {
  let server: ReturnType<typeof start>;
  let link: string;

  beforeAll(async () => {
    // The file that was packed, out of the folder where it was built.
    const redis = globSync(join(LIBRARIES, '../../../redis-arm64-*/redis-server')).find(
      (path) => createHash('sha256').update(readFileSync(path)).digest('hex') === redisHash,
    );
    expect(redis).toBeDefined();
    server = start(['serve'], {
      NODE_OPTIONS: `--require ${makeStartThroughEmulator()}`,
      VANT_BUNDLED_REDIS: makeLauncher('start-redis', redis!),
      VANT_SERVER_LISTEN: '127.0.0.1:0',
      VANT_STORAGE_DATA_DIR: join(root, 'data'),
      VANT_TURN_MODE: 'off',
      VANT_CALLS_ECHO: 'true',
    });
    [, link = ''] = await server.until(/^ +(http\S+\/join#\S+)$/m);
  });
  afterAll(async () => {
    server.child.kill('SIGTERM');
    await server.exited;
  });

  test('lets two members talk, with its libsignal and its Redis', async () => {
    expect(server.output()).toMatch(/embedded Redis 7\.0/);
    const ada = { VANT_HOME: join(root, 'ada') };
    const bob = { VANT_HOME: join(root, 'bob') };
    await run(['join', link, '--name', 'Ada'], ada);
    const bobLink = inviteIn(await run(['invite'], ada));
    await run(['join', bobLink, '--name', 'Bob'], bob);
    await run(['send', '--to', 'Ada', 'hello from arm64'], bob);
    expect(await run(['receive'], ada)).toContain('hello from arm64');
    expect(globSync(join(root, 'vant/native/*/libsignal.node'))).toHaveLength(1);
    link = inviteIn(await run(['invite'], ada));
  });

  test('answers a test call, with its libsignal and its libdatachannel', async () => {
    const carol = await joinAsNode(link, 'Carol');
    try {
      const { heard } = await hearEcho(carol, ECHO_PACKETS, DEADLINE_MS);
      for (const text of heard) expect(text).toMatch(/^sound \d+$/);
      expect(globSync(join(root, 'vant/native/*/node-datachannel.node'))).toHaveLength(1);
    } finally {
      await carol.client.close();
    }
  });
});
