import type { JanitorLock } from '../messages/janitor.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';

export class RedisJanitorLock implements JanitorLock {
  readonly #redis: RedisConnection;
  readonly #key: string;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#key = keys.janitorLock;
  }

  async acquire(ttlMs: number): Promise<boolean> {
    return (
      (await this.#redis.execute(this.#key, ['SET', this.#key, '1', 'NX', 'PX', String(Math.floor(ttlMs))])) !== null
    );
  }
}
