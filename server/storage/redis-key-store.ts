import type { KeyCounts, KeyUpload } from '../../wire/schemas.ts';
import type { DeviceAddress } from '../devices/device-address.ts';
import type { KeyStore, TakenKeys } from '../keys/key-store.ts';
import type { StoredRecord } from '../records/record-source.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';
import { decodePreKey, decodeSignedPreKey, MAX_STORED_PER_KIND, toStoreKeysArguments } from './prekey-codec.ts';
import { readHash, toRecord } from './read-record.ts';
import { loadScript } from './script.ts';

/** Stored fields by the names that routes use. */
const LASTING_KEY_NAMES: Readonly<Record<string, string>> = {
  signed: 'signedPreKey',
  'last-resort': 'lastResortKyberPreKey',
};
const HIGHEST_ID_NAMES: Readonly<Record<string, string>> = {
  'highest-ec': 'highestPreKeyId',
  'highest-kyber': 'highestKyberPreKeyId',
};
const UPLOAD_KEYS = loadScript('upload-keys', ['store-keys']);

export class RedisKeyStore implements KeyStore {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async upload(device: DeviceAddress, upload: KeyUpload): Promise<KeyCounts | undefined> {
    const { devices, deviceKeys, preKeys, kyberPreKeys } = this.#keys;
    const counts = await this.#redis.evaluate(
      UPLOAD_KEYS,
      [devices(device.accountId), deviceKeys(device), preKeys(device), kyberPreKeys(device)],
      [String(device.deviceId), MAX_STORED_PER_KIND, ...toStoreKeysArguments(upload)],
    );
    if (!Array.isArray(counts)) return undefined;
    return { preKeys: counts[0] as number, kyberPreKeys: counts[1] as number };
  }

  async count(device: DeviceAddress): Promise<KeyCounts> {
    const [ec, kyber] = [this.#keys.preKeys(device), this.#keys.kyberPreKeys(device)];
    const counts = await Promise.all([
      this.#redis.execute(ec, ['LLEN', ec]),
      this.#redis.execute(kyber, ['LLEN', kyber]),
    ]);
    return { preKeys: counts[0] as number, kyberPreKeys: counts[1] as number };
  }

  async inspect(device: DeviceAddress): Promise<StoredRecord> {
    const { deviceKeys, preKeys, kyberPreKeys } = this.#keys;
    const keys = [deviceKeys(device), preKeys(device), kyberPreKeys(device)] as const;
    const [lasting, counts] = await Promise.all([readHash(this.#redis, keys[0]), this.count(device)]);
    const fields = [...(lasting ?? [])].flatMap(([name, value]): [string, Uint8Array][] => {
      const known = LASTING_KEY_NAMES[name];
      if (known === undefined) return [[HIGHEST_ID_NAMES[name] ?? name, value]];
      return [
        [`${known}Id`, Buffer.from(String(decodePreKey(value).keyId))],
        [known, value],
      ];
    });
    const ofCounts = Object.entries(counts).map(([name, count]) => [name, Buffer.from(String(count))] as const);
    return toRecord(keys, [...fields, ...ofCounts]);
  }

  async take(device: DeviceAddress): Promise<{ keys: TakenKeys; left: KeyCounts } | undefined> {
    const [ec, kyber] = [this.#keys.preKeys(device), this.#keys.kyberPreKeys(device)];
    const [lasting, preKey, kyberPreKey, ecLeft, kyberLeft] = await this.#redis.transaction(ec, [
      ['HMGET', this.#keys.deviceKeys(device), 'signed', 'last-resort'],
      ['LPOP', ec],
      ['LPOP', kyber],
      ['LLEN', ec],
      ['LLEN', kyber],
    ]);
    const [signed, lastResort] = lasting as (Buffer | null)[];
    if (!signed || !lastResort) return undefined;
    const keys = {
      ...(preKey && { preKey: decodePreKey(preKey as Buffer) }),
      signedPreKey: decodeSignedPreKey(signed),
      kyberPreKey: decodeSignedPreKey((kyberPreKey as Buffer | null) ?? lastResort),
    };
    return { keys, left: { preKeys: ecLeft as number, kyberPreKeys: kyberLeft as number } };
  }
}
