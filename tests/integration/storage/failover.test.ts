import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keySlot } from '../../../server/storage/links/key-slot.ts';
import { openStorage, type Storage } from '../../../server/storage/open.ts';
import type { ExternalTarget } from '../../../server/storage/options.ts';
import {
  DURABLE,
  SENTINEL_NAME,
  startClusterRedis,
  startSentinelRedis,
  type ClusterRedis,
  type SentinelRedis,
} from '../../support/redis.ts';
import { startRedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';

const open = (target: ExternalTarget): Promise<Storage> =>
  openStorage(
    { mode: 'external', requireDurable: true, target },
    { log: () => undefined, onFatal: () => undefined, startTimeoutMs: 2_000 },
  );

/** One increment after another until stopped: how many were acknowledged, and with which codes others failed. */
function incrementUntilStopped({ connection }: Storage, key: string) {
  const stopping = new AbortController();
  const outcome = { acknowledged: 0, codes: new Set<string>() };
  const finished = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await connection.execute(key, ['INCR', key]);
        outcome.acknowledged++;
      } catch (error) {
        outcome.codes.add((error as { code?: string }).code ?? String(error));
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  })();
  const stop = async () => {
    stopping.abort();
    await finished;
    return outcome;
  };
  return { outcome, stop };
}

describe('Sentinel', { timeout: 60_000 }, () => {
  let redis: SentinelRedis;
  let storage: Storage;
  beforeAll(async () => {
    redis = await startSentinelRedis();
    storage = await open({
      kind: 'sentinel',
      primaryName: SENTINEL_NAME,
      nodes: [{ host: '127.0.0.1', port: redis.sentinelPort }],
    });
  }, 60_000);
  afterAll(async () => {
    await storage.close();
    await redis.stop();
  });

  it('after the death of the primary, commands and subscriptions go on at the new one', async () => {
    const { connection } = storage;
    const messages: string[] = [];
    const resubscribed = Promise.withResolvers<undefined>();
    connection.onResubscribed(() => resubscribed.resolve(undefined));
    await connection.subscribe('channel', (message) => messages.push(message.toString()));
    const writer = incrementUntilStopped(storage, 'counter');
    await until('some writes', () => writer.outcome.acknowledged > 100);

    await redis.primary.kill();
    await resubscribed.promise;
    const before = writer.outcome.acknowledged;
    await until('writes to the new primary', () => writer.outcome.acknowledged > before + 100);
    const { codes } = await writer.stop();
    expect([...codes]).toEqual(['STORAGE_UNAVAILABLE']);
    expect(String(await redis.replica.run('ROLE'))).toContain('master');
    expect(await connection.publish('channel', 'after')).toBe(1);
    await until('the message', () => messages.includes('after'));
  });

  it('names the Sentinels that did not answer', async () => {
    const opening = open({
      kind: 'sentinel',
      primaryName: 'unknown',
      nodes: [{ host: '127.0.0.1', port: redis.sentinelPort }],
    });
    await expect(opening).rejects.toThrow(
      /No Sentinel tells where "unknown" is \(127\.0\.0\.1:\d+: it does not know that name\)/,
    );
  });
});

describe('a primary that is made a replica', { timeout: 60_000 }, () => {
  it('is refused as such, and used again when it is a primary again', async () => {
    const [redis, other] = await Promise.all([
      startRedisProcess({ args: ['--appendonly', 'yes'] }),
      startRedisProcess(),
    ]);
    const storage = await open({ kind: 'url', url: redis.url });
    await redis.run('REPLICAOF', '127.0.0.1', `${other.port}`);
    const write = () => storage.connection.execute('key', ['SET', 'key', 'value']);
    await expect(write()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    await redis.run('REPLICAOF', 'NO', 'ONE');
    await until('writes to work', () => write().then(Boolean, () => false));
    await storage.close();
    await Promise.all([redis.stop(), other.stop()]);
  });
});

describe('a server that restarts and loads for a while', { timeout: 60_000 }, () => {
  it('is waited for: no command meets LOADING', async () => {
    const redis = await startRedisProcess({ args: DURABLE });
    const storage = await open({ kind: 'url', url: redis.url });
    const { connection } = storage;
    await Promise.all(
      Array.from({ length: 5_000 }, (_, index) => connection.execute('', ['SET', `${index}`, 'value'])),
    );
    await redis.kill();
    await until('the loss to be noticed', () => !connection.isReady());
    const answer = connection.execute('', ['GET', '499']).then(String, String);
    // Redis looks at its sockets after each 1,024 commands that it loads.
    const slowly = ['--key-load-delay', '300', '--loading-process-events-interval-bytes', '1024'];
    const again = await startRedisProcess({
      port: redis.port,
      directory: redis.directory,
      args: [...DURABLE, ...slowly],
    });
    expect(await answer).toBe('value');
    await storage.close();
    await again.stop();
  });
});

describe('cluster', { timeout: 60_000 }, () => {
  let redis: ClusterRedis;
  let storage: Storage;
  beforeAll(async () => {
    redis = await startClusterRedis();
    storage = await open({ kind: 'cluster', nodes: redis.nodes.map(({ port }) => ({ host: '127.0.0.1', port })) });
  }, 60_000);
  afterAll(async () => {
    await storage.close();
    await redis.stop();
  });

  it('counts slots as Redis does', async () => {
    const node = redis.nodes[0]!;
    for (const key of ['', 'a', '123456789', 'q:{device}', 'q:{device}:x', '{}ab', 'a{}b', '{a', 'ä{ü}', '}{b}']) {
      expect([key, keySlot(key)]).toEqual([key, await node.run('CLUSTER', 'KEYSLOT', key)]);
    }
  });

  it('commands, transactions and subscriptions follow a slot that moves, twice', async () => {
    const { connection } = storage;
    const devices = Array.from({ length: 20 }, (_, index) => `w:{${index}}`);
    const received = new Map(devices.map((channel) => [channel, 0]));
    for (const channel of devices)
      await connection.subscribe(channel, () => received.set(channel, received.get(channel)! + 1));
    let resubscriptions = 0;
    connection.onResubscribed(() => resubscriptions++);
    const key = 'counter:{7}';
    const writer = incrementUntilStopped(storage, key);

    for (let round = 1; round <= 2; round++) {
      const told = resubscriptions;
      await redis.moveSlot(keySlot(key));
      await until('the move to be told', () => resubscriptions > told);
      await Promise.all(
        devices.map((channel) =>
          until(`${channel} to be subscribed`, async () => (await connection.publish(channel, 'x')) === 1),
        ),
      );
      expect(
        await connection.transaction('t:{7}', [
          ['INCR', 't:{7}'],
          ['GET', 't:{7}'],
        ]),
      ).toEqual([round, Buffer.from(`${round}`)]);
    }
    const { acknowledged, codes } = await writer.stop();
    expect([...codes].filter((code) => code !== 'STORAGE_UNAVAILABLE')).toEqual([]);
    expect(Number(await connection.execute(key, ['GET', key]))).toBeGreaterThanOrEqual(acknowledged);
    await until('a message for each device', () => [...received.values()].every((count) => count >= 2));
  });

  it('a node that dies and comes back is used again, with its subscriptions', async () => {
    const { connection } = storage;
    const node = redis.nodes[2]!;
    const key = Array.from({ length: 100 }, (_, index) => `{back${index}}`).find((each) => keySlot(each) > 11_000)!;
    let messages = 0;
    await connection.subscribe(key, () => messages++);
    const resubscribed = Promise.withResolvers<undefined>();
    await node.kill();
    connection.onResubscribed(() => resubscribed.resolve(undefined));
    const again = await startRedisProcess({
      port: node.port,
      directory: node.directory,
      keepsConfig: true,
      args: node.args,
    });
    await resubscribed.promise;
    await until('writes to work', () => connection.execute(key, ['SET', key, 'v']).then(Boolean, () => false), 20_000);
    await until('the subscription', async () => (await connection.publish(key, 'x').catch(() => 0)) === 1, 20_000);
    await until('a message', () => messages > 0);
    await again.stop();
  });
});
