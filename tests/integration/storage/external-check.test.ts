import { afterEach, describe, expect, it } from 'vitest';
import { openStorage, type Storage } from '../../../server/storage/open.ts';
import type { ExternalOptions } from '../../../server/storage/options.ts';
import { DURABLE, startClusterRedis, startSingleRedis, startTlsRedis } from '../../support/redis.ts';
import { startRedisProcess, type RedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

async function started<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  cleanups.push(() => server.stop());
  return server;
}

/** Opens, and gives the warnings. */
async function open({ url }: Pick<RedisProcess, 'url'>, options: Partial<ExternalOptions> = {}) {
  const warnings: string[] = [];
  const hooks = {
    log: (level: string, message: string) => level === 'warn' && warnings.push(message),
    onFatal: () => undefined,
    startTimeoutMs: 2_000,
  };
  const storage: Storage = await openStorage(
    { mode: 'external', requireDurable: true, target: { kind: 'url', url }, ...options },
    hooks,
  );
  cleanups.push(() => storage.close());
  return { storage, warnings };
}

describe('the check of an external Redis', { timeout: 60_000 }, () => {
  it('finds nothing wrong with the recommended one, and leaves nothing in it', async () => {
    const redis = await started(startSingleRedis());
    const { storage, warnings } = await open(redis);
    expect(warnings).toEqual([]);
    expect(storage.description).toMatch(/^external Redis \d+\.\d+\.\d+ \(url\)$/);
    expect(await redis.run('DBSIZE')).toBe(0);
  });

  it('refuses one that loses data, with the commands that mend it; or warns when told so', async () => {
    const redis = await started(
      startSingleRedis(['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru', '--appendfsync', 'no']),
    );
    const mending = [
      'CONFIG SET appendonly yes',
      'CONFIG SET maxmemory-policy noeviction',
      'CONFIG SET appendfsync everysec',
      'CONFIG SET stream-node-max-entries 1',
    ];
    const refusal = await open(redis).then(() => '', String);
    for (const command of mending.slice(0, 3)) expect(refusal).toContain(command);
    const { warnings } = await open(redis, { requireDurable: false });
    expect(warnings.join('\n')).toContain('"allkeys-lru", so a full memory deletes waiting messages in silence');
    // What it says mends it does mend it.
    for (const command of [...mending, 'CONFIG SET maxmemory-policy noeviction'])
      await redis.run(...command.split(' '));
    await until('the append-only file', async () =>
      /aof_enabled:1/.test(String(await redis.run('INFO', 'persistence'))),
    );
    expect((await open(redis)).warnings).toEqual([]);
  });

  it('advises one entry to a block, so that deleted means gone', async () => {
    const redis = await started(startSingleRedis([...DURABLE, '--stream-node-max-entries', '100']));
    expect((await open(redis)).warnings.join('\n')).toContain('CONFIG SET stream-node-max-entries 1');
    await redis.run('CONFIG', 'SET', 'stream-node-max-entries', '1');
    expect((await open(redis)).warnings).toEqual([]);
  });

  it('refuses a replica, even when durability is not required', async () => {
    const primary = await started(startSingleRedis());
    const replica = await started(
      startRedisProcess({ args: [...DURABLE, '--replicaof', '127.0.0.1', `${primary.port}`] }),
    );
    await expect(open(replica, { requireDurable: false })).rejects.toThrow(/is a slave, not a primary/);
  });

  it('refuses a URL that leads to a node of a cluster', async () => {
    const cluster = await started(startClusterRedis());
    await expect(open(cluster.nodes[0]!)).rejects.toThrow('It is a node of a cluster');
  });

  it('says what a user without CONFIG hides, and goes on', async () => {
    const { url, ca, username, password } = await started(startTlsRedis());
    const { warnings } = await open({ url }, { username, password, tls: { isEnabled: true, ca } });
    expect(warnings).toEqual([
      expect.stringContaining('CONFIG is forbidden for this user, so appendfsync was not checked'),
    ]);
  });

  it('names the rights that a user lacks', async () => {
    const redis = await started(startSingleRedis());
    await redis.run(
      'ACL',
      'SETUSER',
      'narrow',
      'on',
      '>secret',
      '~*',
      '&*',
      '+@all',
      '-@dangerous',
      '-xrange',
      '-eval',
    );
    const opening = open(redis, { username: 'narrow', password: 'secret' });
    await expect(opening).rejects.toThrow(/may not run XRANGE, EVAL, which Vant needs: ACL SETUSER/);
  });

  it('refuses a wrong password at once, without naming it', async () => {
    const { url, ca } = await started(startTlsRedis());
    const begunAtMs = performance.now();
    const message = await open({ url }, { username: 'vant', password: 'hunter2', tls: { isEnabled: true, ca } }).then(
      () => '',
      String,
    );
    expect(message).toContain('WRONGPASS');
    expect(message).not.toContain('hunter2');
    expect(performance.now() - begunAtMs).toBeLessThan(3_000);
  });

  it('refuses a certificate that it cannot trust, and tells so', async () => {
    const { url, username, password } = await started(startTlsRedis());
    await expect(open({ url }, { username, password, tls: { isEnabled: true } })).rejects.toThrow(
      /self-signed certificate/,
    );
  }, 30_000);

  it('a server that is full refuses writes as STORAGE_UNAVAILABLE and goes on reading', async () => {
    const redis = await started(startSingleRedis([...DURABLE, '--maxmemory', '1500kb']));
    const { connection } = (await open(redis)).storage;
    const fill = async () => {
      for (let number = 0; number < 100; number++)
        await connection.execute('list', ['RPUSH', 'list', Buffer.alloc(20_000)]);
    };
    await expect(fill()).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      cause: { message: expect.stringContaining('OOM') },
    });
    await expect(connection.transaction('k', [['SET', 'k', 'v']])).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
    });
    expect(await connection.execute('list', ['LLEN', 'list'])).toBeGreaterThan(0);
  });
});
