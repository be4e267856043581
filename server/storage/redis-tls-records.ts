import type { TlsRecords } from '../tls/tls-records.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';
import { loadScript } from './script.ts';

const RENEW_LEASE = loadScript('renew-lease');
const RELEASE_LEASE = loadScript('release-lease');

export class RedisTlsRecords implements TlsRecords {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    const key = this.#keys.tlsState(name);
    return ((await this.#redis.execute(key, ['GET', key])) as Buffer | null) ?? undefined;
  }

  async write(name: string, sealed: Uint8Array): Promise<void> {
    const key = this.#keys.tlsState(name);
    await this.#redis.execute(key, ['SET', key, sealed]);
  }

  async remove(name: string): Promise<void> {
    const key = this.#keys.tlsState(name);
    await this.#redis.execute(key, ['DEL', key]);
  }

  async acquireLease(token: string, ttlMs: number): Promise<boolean> {
    return (await this.#redis.evaluate(RENEW_LEASE, [this.#keys.tlsLease], [token, String(ttlMs)])) !== 0;
  }

  async releaseLease(token: string): Promise<void> {
    await this.#redis.evaluate(RELEASE_LEASE, [this.#keys.tlsLease], [token]);
  }

  async publish(sealed: Uint8Array): Promise<void> {
    await this.#redis.publish(this.#keys.tlsChannel, sealed);
  }

  async subscribe(listener: (sealed: Uint8Array) => void): Promise<void> {
    await this.#redis.subscribe(this.#keys.tlsChannel, listener);
  }
}
