import type { ConnectionEpochs } from '../devices/connection-epochs.ts';
import type { DeviceAddress } from '../devices/device-address.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';
import { loadScript } from './script.ts';

const NEXT_EPOCH = loadScript('next-epoch');

export class RedisConnectionEpochs implements ConnectionEpochs {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async next(device: DeviceAddress): Promise<number> {
    const keys = [this.#keys.devices(device.accountId), this.#keys.connectionEpoch(device)] as const;
    return (await this.#redis.evaluate(NEXT_EPOCH, keys, [String(device.deviceId)])) as number;
  }
}
