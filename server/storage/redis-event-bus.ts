import type { AccountEventBus } from '../accounts/account-events.ts';
import type { DeviceEvent, DeviceEventBus } from '../devices/device-events.ts';
import { parseDeviceText } from '../devices/device-address.ts';
import { parseAccountId, type AccountId } from '../../wire/ids.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';

/** First byte of a message; the rest is the event's own. */
const WAKE = 0x77;
const RECHECK = 0x72;
const CONNECTED = 0x63;
const PRE_KEYS_LOW = 0x6b;
const EPHEMERAL = 0x65;

export class RedisDeviceEventBus implements DeviceEventBus {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async subscribe(device: string, listener: (event: DeviceEvent) => void): Promise<void> {
    await this.#redis.subscribe(this.#channel(device), (message) => {
      const event = decodeEvent(message);
      if (event !== undefined) listener(event);
    });
  }

  async unsubscribe(device: string): Promise<void> {
    await this.#redis.unsubscribe(this.#channel(device));
  }

  async publish(device: string, event: DeviceEvent): Promise<boolean> {
    return (await this.#redis.publish(this.#channel(device), encodeEvent(event))) > 0;
  }

  onInterrupted(listener: () => void): void {
    this.#redis.onResubscribed(listener);
  }

  #channel(device: string): string {
    const address = parseDeviceText(device);
    if (address === undefined) throw new RangeError('not a device address');
    return this.#keys.deviceChannel(address);
  }
}

export class RedisAccountEventBus implements AccountEventBus {
  readonly #redis: RedisConnection;
  readonly #channel: string;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#channel = keys.accountChannel;
  }

  async publish(accountId: AccountId): Promise<void> {
    await this.#redis.publish(this.#channel, accountId);
  }

  async subscribe(listener: (accountId: AccountId) => void): Promise<void> {
    await this.#redis.subscribe(this.#channel, (message) => listener(parseAccountId(message.toString())));
  }

  onInterrupted(listener: () => void): void {
    this.#redis.onResubscribed(listener);
  }
}

function encodeEvent(event: DeviceEvent): Buffer {
  switch (event.type) {
    case 'wake':
      return Buffer.of(WAKE);
    case 'recheck':
      return Buffer.of(RECHECK);
    case 'connected': {
      const message = Buffer.alloc(9, CONNECTED);
      message.writeDoubleBE(event.epoch, 1);
      return message;
    }
    case 'pre-keys-low':
      return Buffer.of(PRE_KEYS_LOW, event.preKeys, event.kyberPreKeys);
    case 'ephemeral':
      return Buffer.concat([Buffer.of(EPHEMERAL), event.envelope]);
  }
}

function decodeEvent(message: Buffer): DeviceEvent | undefined {
  switch (message[0]) {
    case WAKE:
      return { type: 'wake' };
    case RECHECK:
      return { type: 'recheck' };
    case CONNECTED:
      return { type: 'connected', epoch: message.readDoubleBE(1) };
    case PRE_KEYS_LOW:
      return { type: 'pre-keys-low', preKeys: message.readUInt8(1), kyberPreKeys: message.readUInt8(2) };
    case EPHEMERAL:
      return { type: 'ephemeral', envelope: message.subarray(1) };
    default:
      // A newer version's event: this node knows nothing to do about it.
      return undefined;
  }
}
