import { createHash } from 'node:crypto';
import type { Rate, RateInspector, RateStore } from '../limits/rate-store.ts';
import type { StoredRecord } from '../records/record-source.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';
import { readExpiry, readHash, toRecord } from './read-record.ts';
import { loadScript } from './script.ts';

const TAKE_TOKENS = loadScript('take-tokens');

export class RedisRateStore implements RateStore, RateInspector {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async take(
    scope: string,
    id: string,
    rate: Exclude<Rate, 'off'>,
    wanted: number,
  ): Promise<{ granted: number; retryAfterMs: number }> {
    const args = [String(rate.count), String(rate.perMs), String(wanted)];
    const reply = await this.#redis.evaluate(TAKE_TOKENS, [this.#keys.rate(scope, toBucketName(id))], args);
    const [granted, retryAfterMs] = reply as [number, number];
    return { granted, retryAfterMs };
  }

  async inspect(scope: string, id: string): Promise<StoredRecord | undefined> {
    const key = this.#keys.rate(scope, toBucketName(id));
    const fields = await readHash(this.#redis, key);
    return fields === undefined ? undefined : toRecord([key], [...fields, ...(await readExpiry(this.#redis, key))]);
  }
}

/** Buckets outlive what they are for by minutes: no account id or address stays behind in one. */
const toBucketName = (id: string) => createHash('sha256').update(id).digest('base64url').slice(0, 22);
