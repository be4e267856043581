import type { ServerKeyStore } from '../keys/server-key-store.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';

export class RedisServerKeyStore implements ServerKeyStore {
  readonly #redis: RedisConnection;
  readonly #key: string;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#key = keys.serverKeys;
  }

  async loadOrStore(candidate: () => string): Promise<string> {
    const stored = await this.#load();
    if (stored !== undefined) return stored;
    // Several nodes may start at once: the first one's keys hold for all.
    await this.#redis.execute(this.#key, ['SET', this.#key, candidate(), 'NX']);
    return (await this.#load()) ?? candidate();
  }

  async #load(): Promise<string | undefined> {
    return ((await this.#redis.execute(this.#key, ['GET', this.#key])) as Buffer | null)?.toString();
  }
}
