import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RunRecord } from '../../../server/storage/embedded/orphan.ts';
import { findServersIn, isRunning } from '../../../server/storage/embedded/process-table.ts';
import { openStorage, type Storage } from '../../../server/storage/open.ts';
import { OwnerProcess } from '../../support/redis-owner-process.ts';
import { createTestDirectory } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';
import { embeddedOptions } from './embedded-options.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

function newDirectory(): string {
  const directory = createTestDirectory();
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function newOwner(directory: string, mode: 'hold' | 'write' = 'hold'): OwnerProcess {
  const owner = new OwnerProcess(directory, mode);
  cleanups.push(() => owner.stop());
  return owner;
}

async function open(directory: string, lines: string[] = []): Promise<Storage> {
  const storage = await openStorage(embeddedOptions(directory), {
    log: (_level, message) => lines.push(message),
    onFatal: (error) => lines.push(error.message),
  });
  cleanups.push(() => storage.close());
  return storage;
}

const redisPidOf = (storage: Storage) => storage.redisPid()!;

async function writtenNumbers(storage: Storage): Promise<Set<number>> {
  const fields = (await storage.connection.execute('written', ['HKEYS', 'written'])) as Buffer[];
  return new Set(fields.map(Number));
}

describe('embedded Redis dies', { timeout: 60_000 }, () => {
  it('is started again; no acknowledged write is lost; commands go on', async () => {
    const directory = newDirectory();
    const owner = newOwner(directory, 'write');
    await owner.said('ready');
    for (let round = 0; round < 3; round++) {
      const before = owner.acknowledged().length;
      await owner.said('acknowledged', (number) => number > before + 200);
      const [server] = findServersIn(join(directory, 'redis'));
      process.kill(server!.pid, 'SIGKILL');
      await until('a new redis-server', () =>
        findServersIn(join(directory, 'redis')).some(({ pid }) => pid !== server!.pid),
      );
      const afterKill = owner.acknowledged().length;
      await until('writes to go on', () => owner.acknowledged().length > afterKill + 200);
    }
    await owner.stop();
    const refusals = owner.messages.filter(({ refused }) => refused !== undefined);
    expect(refusals.every(({ code }) => code === 'STORAGE_UNAVAILABLE')).toBe(true);
    const kept = await writtenNumbers(await open(directory));
    expect(owner.acknowledged().filter((number) => !kept.has(number))).toEqual([]);
    expect(owner.acknowledged().length).toBeGreaterThan(1_000);
  });

  it('subscriptions stand again, and the subscriber is told to read again', async () => {
    const storage = await open(newDirectory());
    const { connection } = storage;
    const messages: string[] = [];
    const resubscribed = Promise.withResolvers<undefined>();
    connection.onResubscribed(() => resubscribed.resolve(undefined));
    await connection.subscribe('channel', (message) => messages.push(message.toString()));
    process.kill(redisPidOf(storage), 'SIGKILL');
    await resubscribed.promise;
    expect(await connection.publish('channel', 'after')).toBe(1);
    await until('the message', () => messages.includes('after'));
  });

  it('a command that is given while Redis is away waits for it', async () => {
    const storage = await open(newDirectory());
    process.kill(redisPidOf(storage), 'SIGKILL');
    await until('the loss to be noticed', () => !storage.connection.isReady());
    expect(String(await storage.connection.execute('key', ['SET', 'key', 'value']))).toBe('OK');
  });

  it('a frozen Redis fails commands at the deadline and is used again when it thaws', async () => {
    const storage = await open(newDirectory());
    const pid = redisPidOf(storage);
    process.kill(pid, 'SIGSTOP');
    const begunAtMs = performance.now();
    await expect(storage.connection.execute('key', ['GET', 'key'])).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
    });
    expect(performance.now() - begunAtMs).toBeLessThan(7_000);
    process.kill(pid, 'SIGCONT');
    await until('commands to work', () => storage.connection.execute('key', ['PING']).then(Boolean, () => false));
  });
});

describe('the owner dies', { timeout: 60_000 }, () => {
  it('its redis-server is found, stopped in order and replaced; nothing acknowledged is lost', async () => {
    const directory = newDirectory();
    const owner = newOwner(directory, 'write');
    await owner.said('acknowledged', (number) => number >= 300);
    await owner.kill();
    const orphan = findServersIn(join(directory, 'redis'));
    expect(orphan.map(({ pid }) => pid)).toEqual([owner.redisPid]);

    const lines: string[] = [];
    const storage = await open(directory, lines);
    expect(isRunning(owner.redisPid)).toBe(false);
    expect(lines.some((line) => line.includes(`process ${owner.redisPid}) outlived`))).toBe(true);
    expect(findServersIn(join(directory, 'redis')).map(({ pid }) => pid)).toEqual([redisPidOf(storage)]);
    const kept = await writtenNumbers(storage);
    expect(owner.acknowledged().filter((number) => !kept.has(number))).toEqual([]);
  });

  it('where the system can do it, its redis-server ends by itself, in order', async () => {
    const directory = newDirectory();
    vi.stubEnv('ENDS_WITH_VANT', 'yes');
    const owner = newOwner(directory, 'write');
    vi.unstubAllEnvs();
    await owner.said('acknowledged', (number) => number >= 300);
    await owner.kill();
    await until('redis-server to end', () => !isRunning(owner.redisPid));
    const kept = await writtenNumbers(await open(directory));
    expect(owner.acknowledged().filter((number) => !kept.has(number))).toEqual([]);
  });

  it('an orphan is found even when the file that tells of it is gone', async () => {
    const directory = newDirectory();
    const owner = newOwner(directory);
    await owner.said('ready');
    await owner.kill();
    const path = join(directory, 'redis', 'redis.run.json');
    const { socketPath } = JSON.parse(readFileSync(path, 'utf8')) as RunRecord;
    cleanups.push(() => rmSync(dirname(socketPath), { recursive: true, force: true }));
    rmSync(path);
    await open(directory);
    expect(isRunning(owner.redisPid)).toBe(false);
  });

  it('a pid that now belongs to another program is left alone', async () => {
    const directory = newDirectory();
    const owner = newOwner(directory);
    await owner.said('ready');
    await owner.stop();
    const { writeRunRecord } = await import('../../../server/storage/embedded/orphan.ts');
    writeRunRecord(join(directory, 'redis'), {
      pid: process.pid,
      socketPath: join(directory, 'vant-abcdef', 'redis.sock'),
    });
    await open(directory);
    expect(isRunning(process.pid)).toBe(true);
  });
});

describe('two owners', { timeout: 60_000 }, () => {
  it('the second is refused and told who has the directory; after a kill the next one gets it', async () => {
    const directory = newDirectory();
    const first = newOwner(directory);
    await first.said('ready');
    const second = await newOwner(directory).said('error');
    expect(second).toContain('is in use by another Vant');
    expect(second).toContain(`process ${first.pid} on `);
    expect(second).toContain('Stop that one first');
    await first.kill();
    expect(await newOwner(directory).said('ready')).toBeGreaterThan(0);
  });

  it('of ten that start at once, on a directory whose owner was killed, exactly one wins', async () => {
    const directory = newDirectory();
    const former = newOwner(directory);
    await former.said('ready');
    await former.kill();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => newOwner(directory).outcome()));
    expect(outcomes.filter(({ ready }) => ready !== undefined)).toHaveLength(1);
    expect(findServersIn(join(directory, 'redis'))).toHaveLength(1);
    expect(outcomes.filter(({ error }) => error?.includes('is in use by another Vant'))).toHaveLength(9);
  });
});

describe('an ordered stop', () => {
  it('leaves no process, no socket directory, and private files', async () => {
    const directory = newDirectory();
    const storage = await open(directory);
    const pid = redisPidOf(storage);
    await storage.connection.execute('key', ['SET', 'key', 'value']);
    await storage.close();
    expect(isRunning(pid)).toBe(false);
    expect(readdirSync(join(directory, 'redis')).sort()).toEqual(['appendonlydir', 'redis.conf']);
    const { statSync } = await import('node:fs');
    const modeOf = (...path: string[]) => (statSync(join(directory, ...path)).mode & 0o777).toString(8);
    expect([modeOf(), modeOf('redis'), modeOf('redis', 'appendonlydir')]).toEqual(['700', '700', '700']);
    for (const name of readdirSync(join(directory, 'redis', 'appendonlydir'))) {
      expect(modeOf('redis', 'appendonlydir', name)).toBe('600');
    }
  });
});
