/** What a released version had in its Redis, as text: written once per version by tests/vectors/make-stored-data.ts. */
import type { RedisConnection, RedisReply } from '../../server/storage/connection.ts';

/** One key. Bytes are base64. */
export interface StoredKey {
  readonly key: string;
  readonly type: 'string' | 'hash' | 'list' | 'set' | 'zset' | 'stream';
  /** Left to live, in ms; absent: for ever. */
  readonly ttlMs?: number;
  /** In the order of the command that writes them; for a stream the id and the fields of each entry. */
  readonly values: readonly (readonly string[])[];
}

export interface StoredDevice {
  readonly accountId: string;
  readonly deviceId: number;
  readonly registrationId: number;
  /** Of this test only. */
  readonly secret: string;
}

export interface StoredData {
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly takenAt: number;
  readonly owner: StoredDevice;
  readonly member: StoredDevice;
  /** What waits for the member. */
  readonly waiting: string;
  readonly secretKey: string;
  readonly keys: readonly StoredKey[];
}

const READ: Readonly<Record<StoredKey['type'], (key: string) => string[]>> = {
  string: (key) => ['GET', key],
  hash: (key) => ['HGETALL', key],
  list: (key) => ['LRANGE', key, '0', '-1'],
  set: (key) => ['SMEMBERS', key],
  zset: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
  stream: (key) => ['XRANGE', key, '-', '+'],
};

export async function readStored(redis: RedisConnection): Promise<StoredKey[]> {
  const keys: StoredKey[] = [];
  for await (const key of redis.scan('*')) keys.push(await readKey(redis, key));
  return keys.sort((a, b) => a.key.localeCompare(b.key));
}

async function readKey(redis: RedisConnection, key: string): Promise<StoredKey> {
  const type = String(await redis.execute(key, ['TYPE', key])) as StoredKey['type'];
  const ttlMs = Number(await redis.execute(key, ['PTTL', key]));
  const reply = await redis.execute(key, READ[type](key));
  const values = type === 'stream' ? (reply as RedisReply[]).map(flatten) : [flatten(reply)];
  return { key, type, ...(ttlMs > 0 && { ttlMs }), values };
}

const flatten = (reply: RedisReply): string[] =>
  Array.isArray(reply) ? reply.flatMap(flatten) : [Buffer.from(reply as Buffer).toString('base64')];

export async function writeStored(redis: RedisConnection, keys: readonly StoredKey[]): Promise<void> {
  for (const { key, type, ttlMs, values } of keys) {
    // A stream without entries is not the same as none.
    if (type === 'stream' && values.length === 0) await redis.execute(key, ['XADD', key, 'MAXLEN', '0', '*', 'e', '']);
    for (const value of values) {
      const bytes = value.map((text) => Buffer.from(text, 'base64'));
      for (const command of toCommands(type, key, bytes)) await redis.execute(key, command);
    }
    if (ttlMs !== undefined) await redis.execute(key, ['PEXPIRE', key, `${ttlMs}`]);
  }
}

function toCommands(type: StoredKey['type'], key: string, bytes: readonly Buffer[]): (string | Buffer)[][] {
  switch (type) {
    case 'string':
      return [['SET', key, ...bytes]];
    case 'hash':
      return [['HSET', key, ...bytes]];
    case 'list':
      return [['RPUSH', key, ...bytes]];
    case 'set':
      return [['SADD', key, ...bytes]];
    case 'zset':
      return bytes.flatMap((member, index) => (index % 2 === 0 ? [['ZADD', key, bytes[index + 1]!, member]] : []));
    case 'stream':
      return [['XADD', key, ...bytes]];
  }
}
