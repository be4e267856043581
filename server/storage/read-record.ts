/** Reads what is stored as it is stored, for the member whom it is about. */
import type { StoredRecord } from '../records/record-source.ts';
import type { RedisConnection } from './connection.ts';

/** All fields of a hash, whatever they are. Undefined when there is no such key. */
export async function readHash(redis: RedisConnection, key: string): Promise<Map<string, Buffer> | undefined> {
  const reply = (await redis.execute(key, ['HGETALL', key])) as Buffer[];
  if (reply.length === 0) return undefined;
  const fields = new Map<string, Buffer>();
  for (let i = 0; i + 1 < reply.length; i += 2) fields.set(String(reply[i]), reply[i + 1] as Buffer);
  return fields;
}

/** When the key goes by itself, as a field among the others. */
export async function readExpiry(redis: RedisConnection, key: string): Promise<[name: string, value: Buffer][]> {
  const ttlMs = (await redis.execute(key, ['PTTL', key])) as number;
  return ttlMs < 0 ? [] : [['expiresInMs', Buffer.from(String(ttlMs))]];
}

export function toRecord(storedAs: readonly string[], fields: Iterable<readonly [string, Uint8Array]>): StoredRecord {
  return { storedAs, fields: new Map(fields) };
}

/** The fields of a stored JSON object. */
export function jsonFields(text: Buffer): [string, Buffer][] {
  const parsed = JSON.parse(text.toString()) as Record<string, unknown>;
  return Object.entries(parsed).map(([name, value]) => {
    return [name, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))];
  });
}
