import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { RewriterClock } from '../../../server/storage/embedded/aof-rewriter.ts';
import type { RunRecord } from '../../../server/storage/embedded/orphan.ts';
import { openStorage, type Storage, type StorageHooks } from '../../../server/storage/open.ts';
import type { EmbeddedOptions } from '../../../server/storage/options.ts';
import { systemClock } from '../../../server/storage/system-clock.ts';
import { OwnerProcess } from '../../support/redis-owner-process.ts';
import { createTestDirectory, findTestRedis } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';
import { embeddedOptions } from './embedded-options.ts';

const examineModule = new URL('../../../server/storage/embedded/examine-binary.ts', import.meta.url).href;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

function newDirectory(): string {
  const directory = createTestDirectory();
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function open(
  directory: string,
  options: Partial<EmbeddedOptions> = {},
  hooks: Partial<StorageHooks> = {},
): Promise<Storage> {
  const quiet: StorageHooks = { log: () => undefined, onFatal: () => undefined };
  const storage = await openStorage(embeddedOptions(directory, options), { ...quiet, ...hooks });
  cleanups.push(() => storage.close());
  return storage;
}

const aofDirectory = (directory: string) => join(directory, 'redis', 'appendonlydir');

/** Whether any file below the data directory holds these bytes. */
function isOnDisk(directory: string, marker: Buffer): boolean {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => readIfPresent(join(entry.parentPath, entry.name)).includes(marker));
}

/** Redis deletes files while we look. */
function readIfPresent(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

async function storeAndDelete(storage: Storage, marker: Buffer): Promise<void> {
  const id = (await storage.connection.execute('queue', ['XADD', 'queue', '*', 'e', marker])) as Buffer;
  await storage.connection.execute('queue', ['XDEL', 'queue', id]);
}

/** A clock whose ticks the test gives. */
function createManualClock(): RewriterClock & { tick: () => void } {
  let callback: () => void = () => undefined;
  return {
    every: (_intervalMs, tick) => {
      callback = tick;
      return () => {
        callback = () => undefined;
      };
    },
    delay: (delayMs) => systemClock.delay(delayMs),
    tick: () => callback(),
  };
}

describe('deleted envelopes leave the disk', { timeout: 60_000 }, () => {
  it('on demand, with the control that they were there; what is kept stays', async () => {
    const directory = newDirectory();
    const storage = await open(directory);
    const [deleted, kept] = [randomBytes(64), randomBytes(64)];
    await storeAndDelete(storage, deleted);
    await storage.connection.execute('queue', ['XADD', 'queue', '*', 'e', kept]);
    expect(isOnDisk(directory, deleted)).toBe(true);
    expect(await storage.rewriteAof()).toBe(true);
    expect(isOnDisk(directory, deleted)).toBe(false);
    expect(isOnDisk(directory, kept)).toBe(true);
    expect(await storage.rewriteAof()).toBe(false);
  });

  it('by the clock', async () => {
    const directory = newDirectory();
    const clock = createManualClock();
    const storage = await open(directory, {}, { clock });
    const marker = randomBytes(64);
    await storeAndDelete(storage, marker);
    expect(isOnDisk(directory, marker)).toBe(true);
    clock.tick();
    await until('the marker to leave the disk', () => !isOnDisk(directory, marker));
  });

  it('at the stop', async () => {
    const directory = newDirectory();
    const storage = await open(directory);
    const marker = randomBytes(64);
    await storeAndDelete(storage, marker);
    expect(isOnDisk(directory, marker)).toBe(true);
    await storage.close();
    expect(isOnDisk(directory, marker)).toBe(false);
  });

  it('at the first rewrite after a crash, though nothing was written since', async () => {
    const directory = newDirectory();
    const owner = new OwnerProcess(directory, 'write');
    await owner.said('acknowledged', (number) => number > 20);
    await owner.kill();
    const storage = await open(directory);
    await storage.connection.execute('written', ['DEL', 'written']);
    const marker = Buffer.from('x'.repeat(1_000));
    expect(isOnDisk(directory, marker)).toBe(true);
    await storage.rewriteAof();
    expect(isOnDisk(directory, marker)).toBe(false);
  });

  it('while it is being written to, too', async () => {
    const directory = newDirectory();
    const storage = await open(directory);
    const marker = randomBytes(64);
    await storeAndDelete(storage, marker);
    const rewriting = storage.rewriteAof();
    const busy = Array.from({ length: 2_000 }, (_, index) =>
      storage.connection.execute('h', ['HSET', 'h', `${index}`, 'value']),
    );
    await Promise.all([rewriting, ...busy]);
    expect(isOnDisk(directory, marker)).toBe(false);
    expect(await storage.connection.execute('h', ['HLEN', 'h'])).toBe(2_000);
  });
});

describe('damage', { timeout: 60_000 }, () => {
  async function writeSome(directory: string): Promise<string> {
    const storage = await openStorage(embeddedOptions(directory), { log: () => undefined, onFatal: () => undefined });
    for (let number = 0; number < 10; number++)
      await storage.connection.execute('list', ['RPUSH', 'list', `${number}`]);
    // Killed, so that the commands stay in the file of increments.
    process.kill(storage.redisPid()!, 'SIGKILL');
    await storage.connection.close();
    await storage.close();
    const name = readdirSync(aofDirectory(directory)).find((each) => each.endsWith('.incr.aof'))!;
    return join(aofDirectory(directory), name);
  }

  it('half a command at the end, as a kill leaves it, is cut off', async () => {
    const directory = newDirectory();
    const file = await writeSome(directory);
    truncateSync(file, statSync(file).size - 5);
    const storage = await open(directory);
    expect(await storage.connection.execute('list', ['LLEN', 'list'])).toBe(9);
  });

  it('garbage in the middle is refused, and the message tells the tool and what Redis said', async () => {
    const directory = newDirectory();
    const file = await writeSome(directory);
    const bytes = readFileSync(file);
    bytes.fill(0x7a, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 40);
    writeFileSync(file, bytes);
    appendFileSync(file, '*1\r\n$4\r\nPING\r\n');
    await expect(open(directory)).rejects.toThrow(
      /damaged.*redis-check-aof --fix \/.*\.manifest.*Redis said last:.*Bad file format/s,
    );
    // The refusal gives the directory free again.
    writeFileSync(file, '');
    await open(directory);
  });
});

describe('where the data is', { timeout: 60_000 }, () => {
  it('may lie deeper than a socket path may be long', async () => {
    const directory = join(newDirectory(), 'd'.repeat(100), 'e'.repeat(100));
    const storage = await open(directory);
    expect(String(await storage.connection.execute('key', ['SET', 'key', 'value']))).toBe('OK');
  });

  it('may have spaces, quotes and letters of any language in its path', async () => {
    const directory = join(newDirectory(), `it's "my" dätä \\ 数据`);
    const storage = await open(directory);
    expect(String(await storage.connection.execute('key', ['SET', 'key', 'value']))).toBe('OK');
  });

  it('must be writable', async () => {
    const directory = newDirectory();
    const owner = new OwnerProcess(directory, 'hold', `mount -t tmpfs -o ro,size=1m tmpfs '${directory}'`);
    expect(await owner.said('error')).toMatch(/data directory.*cannot be written.*writable/s);
    await owner.stop();
  });

  async function fillDisk(
    fsync: 'always' | 'everysec',
    sign: (owner: OwnerProcess) => Promise<unknown>,
  ): Promise<void> {
    const directory = newDirectory();
    const ballast = `dd if=/dev/zero of='${directory}/ballast' bs=64k count=2020 2>/dev/null`;
    const mount = `mount -t tmpfs -o size=128m tmpfs '${directory}' && ${ballast}`;
    const owner = new OwnerProcess(directory, 'write', mount, fsync);
    cleanups.push(() => owner.stop());
    await sign(owner);
    expect(await owner.said('code')).toBe('STORAGE_UNAVAILABLE');
    const before = owner.acknowledged().at(-1)!;
    // The mount is in the namespace of the owner: reached through its root.
    rmSync(`/proc/${owner.pid}/root${directory}/ballast`);
    await owner.said('acknowledged', (number) => number > before + 100);
    expect(owner.messages.some(({ fatal }) => fatal !== undefined)).toBe(false);
    // Everything that was acknowledged is still there, also after a new start.
    const record = readFileSync(`/proc/${owner.pid}/root${directory}/redis/redis.run.json`, 'utf8');
    process.kill((JSON.parse(record) as RunRecord).pid, 'SIGKILL');
    const count = owner.acknowledged().length;
    const last = owner.acknowledged().at(-1)!;
    await owner.said('acknowledged', (number) => number > last + 60);
    const written = owner.messages.findLast((message) => message.written !== undefined)!.written!;
    expect(written).toBeGreaterThanOrEqual(count);
  }

  it('a full disk refuses writes and says why; with space again it goes on (fsync always: Redis ends itself)', () =>
    fillDisk('always', (owner) => owner.said('log', (text) => text.includes('The disk is full'))));

  it('a full disk refuses writes and says why; with space again it goes on (fsync everysec: Redis answers MISCONF)', () =>
    fillDisk('everysec', (owner) => owner.said('cause', (text) => text.startsWith('MISCONF'))));
});

describe('the program', { timeout: 60_000 }, () => {
  it('that is configured and missing is refused by name', async () => {
    await expect(open(newDirectory(), { binaryPath: '/nowhere/redis-server' })).rejects.toThrow(
      'The configured Redis program cannot be used: /nowhere/redis-server does not run: there is no such file.',
    );
  });

  it('that is on a file system without exec is refused, and the reason told', async () => {
    const directory = newDirectory();
    const [script, data] = [join(directory, 'mnt', 'redis-server'), join(directory, 'data')];
    mkdirSync(join(directory, 'mnt'));
    const { examineBinary } = await import('../../../server/storage/embedded/examine-binary.ts');
    const program = `const { examineBinary } = await import('${examineModule}'); console.log(JSON.stringify(await examineBinary('${script}', 'configured', {})));`;
    const shell = `mount -t tmpfs -o noexec tmpfs '${join(directory, 'mnt')}' && cp /bin/true '${script}' && exec "$0" "$@"`;
    const said = execFileSync('unshare', [
      '-rm',
      'sh',
      '-c',
      shell,
      process.execPath,
      '--input-type=module',
      '-e',
      program,
    ]);
    expect(JSON.parse(said.toString())).toMatchObject({ problem: expect.stringContaining('noexec') });
    writeFileSync(script, '#!/bin/sh\n');
    expect(await examineBinary(script, 'configured', {})).toMatchObject({ problem: expect.stringContaining('noexec') });
    chmodSync(script, 0o755);
    expect(await examineBinary(script, 'configured', {})).toMatchObject({
      problem: expect.stringContaining('is no redis-server'),
    });
    await expect(open(data, { binaryPath: script })).rejects.toThrow('is no redis-server');
  });

  it('that is too old is refused', async () => {
    const script = join(newDirectory(), 'redis-server');
    writeFileSync(script, '#!/bin/sh\necho "Redis server v=6.2.14 sha=00000000:0 malloc=libc bits=64"\n', {
      mode: 0o755,
    });
    await expect(open(newDirectory(), { binaryPath: script })).rejects.toThrow(
      'is version 6.2.14, and Vant needs 7.0 or newer',
    );
  });

  it('that ends again and again is given up with its last words', async () => {
    const script = join(newDirectory(), 'redis-server');
    const text =
      '#!/bin/sh\n[ "$1" = --version ] && echo "Redis server v=7.0.0 x" && exit\necho "1:M 1 Jan 2026 00:00:00.000 # the flux is low"\nexit 3\n';
    writeFileSync(script, text, { mode: 0o755 });
    const opening = open(newDirectory(), { binaryPath: script }, { restart: { firstDelayMs: 1, maxFailedStarts: 3 } });
    await expect(opening).rejects.toThrow(/does not start \(3 attempts\).*exit code 3.*the flux is low/s);
  });

  it('that cannot come back after a crash is reported once as fatal', async () => {
    const directory = newDirectory();
    const { path, env } = await findTestRedis();
    const script = join(directory, 'redis-server');
    const flag = join(directory, 'broken');
    const variables = Object.entries(env)
      .map(([name, value]) => `export ${name}='${value}'`)
      .join('\n');
    writeFileSync(
      script,
      `#!/bin/sh\n[ -e '${flag}' ] && [ "$1" != --version ] && exit 9\n${variables}\nexec '${path}' "$@"\n`,
      { mode: 0o755 },
    );
    const fatal = Promise.withResolvers<Error>();
    const storage = await open(
      join(directory, 'data'),
      { binaryPath: script },
      {
        restart: { firstDelayMs: 1, maxFailedStarts: 3 },
        onFatal: (error) => fatal.resolve(error),
      },
    );
    writeFileSync(flag, '');
    process.kill(storage.redisPid()!, 'SIGKILL');
    expect((await fatal.promise).message).toContain('Redis does not start (3 attempts). Redis ended with exit code 9.');
    await expect(storage.connection.execute('key', ['GET', 'key'])).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
    });
  });
});
