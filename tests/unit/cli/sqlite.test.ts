import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteLocks } from '../../../cli/ports/sqlite-locks.ts';
import { SqliteStorage } from '../../../cli/ports/sqlite-storage.ts';
import { describeStorageContract } from '../client/storage-contract.ts';

const CHILD = fileURLToPath(new URL('storage-child.ts', import.meta.url));

const makeDirectory = (): string => mkdtempSync(join(tmpdir(), 'vant-test-'));

describeStorageContract('SQLite', async () => {
  const directory = makeDirectory();
  const opened = [new SqliteStorage(join(directory, 'store'))];
  return {
    storage: opened[0]!,
    openAnother: async () => {
      const another = new SqliteStorage(join(directory, 'store'));
      opened.push(another);
      return another;
    },
    async close() {
      for (const storage of opened) await storage.close();
      rmSync(directory, { recursive: true });
    },
  };
});

describe('SQLite storage between processes', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = makeDirectory();
    path = join(directory, 'home', 'store');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('keeps the old state when a process is killed inside a transaction', async () => {
    const storage = new SqliteStorage(path);
    await storage.transaction((tx) => tx.put('t', 'old', Uint8Array.of(1)));
    const child = spawn(process.execPath, [CHILD, path, 'hold'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    const keys = await storage.transaction(async (tx) => (await tx.list('t')).map(({ key }) => key));
    expect(keys).toEqual(['old']);
    await storage.close();
  });

  it('loses no change of two processes that write at the same time', async () => {
    const storage = new SqliteStorage(path);
    await storage.transaction((tx) => tx.put('t', 'count', new TextEncoder().encode('0')));
    const children = [1, 2].map(() => spawn(process.execPath, [CHILD, path, 'count'], { stdio: 'inherit' }));
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
    expect(codes).toEqual([0, 0]);
    expect(new TextDecoder().decode(await storage.transaction((tx) => tx.get('t', 'count')))).toBe('100');
    await storage.close();
  });

  it('is readable by its owner only, with all its files', async () => {
    const storage = new SqliteStorage(path);
    await storage.transaction((tx) => tx.put('t', 'a', Uint8Array.of(1)));
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o077).toBe(0);
    expect(statSync(join(directory, 'home')).mode & 0o077).toBe(0);
    await storage.close();
  });
});

describe('SQLite locks', () => {
  it('exclude each other until they are released', async () => {
    const directory = makeDirectory();
    const [one, two] = [createSqliteLocks(directory), createSqliteLocks(directory)];
    const release = await one.tryAcquire('outbox');
    expect(release).toBeDefined();
    expect(await two.tryAcquire('outbox')).toBeUndefined();
    expect(await one.tryAcquire('outbox')).toBeUndefined();
    const other = await two.tryAcquire('receiver');
    expect(other).toBeDefined();
    release?.();
    const again = await two.tryAcquire('outbox');
    expect(again).toBeDefined();
    again?.();
    other?.();
    rmSync(directory, { recursive: true });
  });
});
