import type { ProvisioningStore } from '../devices/provisioning-store.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';

export class RedisProvisioningStore implements ProvisioningStore {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async put(address: string, envelope: string, ttlMs: number): Promise<boolean> {
    const key = this.#keys.provisioning(address);
    return (await this.#redis.execute(key, ['SET', key, envelope, 'NX', 'PX', String(ttlMs)])) !== null;
  }

  async take(address: string): Promise<string | undefined> {
    const key = this.#keys.provisioning(address);
    const envelope = (await this.#redis.execute(key, ['GETDEL', key])) as Buffer | null;
    return envelope?.toString();
  }
}
