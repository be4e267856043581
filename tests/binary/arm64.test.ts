/** The executable for arm64, emulated: it starts, unpacks and loads libsignal, runs its Redis, and two members talk over it. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTemporaryDirectory, removeDirectory } from '../support/appliance.ts';

const PROGRAM = process.env['VANT_TEST_ARM64'] ?? '';
const QEMU = process.env['VANT_TEST_QEMU'] ?? '';
const LIBRARIES = process.env['VANT_TEST_ARM64_LIBRARIES'] ?? '';
/** An emulated processor is ten times as slow, and this one is shared. */
const DEADLINE_MS = 120_000;

let root: string;
let redisHash: string;
const cleanups: (() => Promise<unknown>)[] = [];

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

beforeAll(async () => {
  root = await makeTemporaryDirectory();
});
afterAll(async () => {
  for (const cleanUp of cleanups.reverse()) await cleanUp();
  await removeDirectory(root);
});

test('says what it is', async () => {
  const version = JSON.parse(await run(['version', '--json'])) as { nodeVersion: string; nativeParts: object };
  expect(version.nodeVersion).toBe(process.versions.node);
  redisHash = (version.nativeParts as Record<string, string>)['redis-server'] ?? '';
  expect(redisHash).toMatch(/^[0-9a-f]{64}$/);
});

test('two members talk over its server, with its libsignal and its Redis', async () => {
  // The kernel does not start a program for another machine, so Redis is started through the emulator, too: the file that was
  // packed, out of the folder where it was built.
  const redis = globSync(join(LIBRARIES, '../../../redis-arm64-*/redis-server')).find(
    (path) => createHash('sha256').update(readFileSync(path)).digest('hex') === redisHash,
  );
  expect(redis).toBeDefined();
  const launcher = join(root, 'redis-server');
  writeFileSync(launcher, `#!/bin/sh\nexec '${QEMU}' '${redis!}' "$@"\n`);
  chmodSync(launcher, 0o755);
  const server = start(['serve'], {
    VANT_BUNDLED_REDIS: launcher,
    VANT_SERVER_LISTEN: '127.0.0.1:0',
    VANT_STORAGE_DATA_DIR: join(root, 'data'),
    VANT_TURN_MODE: 'off',
  });
  cleanups.push(async () => {
    server.child.kill('SIGTERM');
    await server.exited;
  });
  const [, link = ''] = await server.until(/^ +(http\S+\/join#\S+)$/m);
  expect(server.output()).toMatch(/embedded Redis 7\.0/);
  const ada = { VANT_HOME: join(root, 'ada') };
  const bob = { VANT_HOME: join(root, 'bob') };
  await run(['join', link, '--name', 'Ada'], ada);
  const invite = /http\S+\/join#[\w.~-]+/.exec(await run(['invite'], ada))?.[0] ?? '';
  await run(['join', invite, '--name', 'Bob'], bob);
  await run(['send', '--to', 'Ada', 'hello from arm64'], bob);
  expect(await run(['receive'], ada)).toContain('hello from arm64');
  expect(globSync(join(root, 'vant/native/*/libsignal.node'))).toHaveLength(1);
});
