/** Push bridges on a real Redis, without a relay around them: devices and their mail are put into the store as the relay would. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { loadConfig } from '../../../config/load.ts';
import type { DeviceAddress } from '../../../server/devices/device-address.ts';
import { toDeviceText } from '../../../server/devices/device-address.ts';
import { RateLimiter } from '../../../server/limits/rate-limiter.ts';
import { findUrgency } from '../../../server/messages/waiting-mail.ts';
import { createLog } from '../../../server/observability/log.ts';
import { NO_METRICS } from '../../../server/observability/metrics.ts';
import { PushBridge } from '../../../server/push/push-bridge.ts';
import type { Urgency } from '../../../server/push/urgency.ts';
import { loadDataKey } from '../../../server/storage/data-key.ts';
import { createStorageKeys } from '../../../server/storage/keys.ts';
import { openStorage, type Storage } from '../../../server/storage/open.ts';
import { createStores, type Stores } from '../../../server/storage/stores.ts';
import { Envelope } from '../../../wire/generated/frames.ts';
import { parseAccountId, PRIMARY_DEVICE_ID } from '../../../wire/ids.ts';
import type { PushAddress } from '../../../wire/schemas.ts';
import { createTestDirectory, type RedisProcess } from '../redis-process.ts';
import { startSingleRedis } from '../redis.ts';
import { ManualClock } from './manual-clock.ts';
import { pushEnvironment } from './push-environment.ts';

const KEY_PREFIX = 'vant:';

export interface TestBridge {
  readonly bridge: PushBridge;
  readonly logText: () => string;
  /** As at the end of the process: nothing is given back. */
  abandon(): Promise<void>;
  stop(): Promise<void>;
}

export class BridgeBench {
  readonly clock = new ManualClock();
  readonly #redis: RedisProcess;
  readonly #storage: Storage;
  readonly stores: Stores;
  readonly #env: Record<string, string>;
  readonly #keys = createStorageKeys(KEY_PREFIX);
  readonly #stops: (() => Promise<void>)[] = [];

  private constructor(redis: RedisProcess, storage: Storage, env: Record<string, string>) {
    this.#redis = redis;
    this.#storage = storage;
    this.stores = createStores(storage.connection, KEY_PREFIX);
    this.#env = {
      ...pushEnvironment(),
      VANT_STORAGE_DATA_DIR: createTestDirectory(),
      VANT_REDIS_MODE: 'external',
      VANT_REDIS_EXTERNAL_URL: redis.url,
      VANT_LIMITS_PUSH_CHANGES_PER_DEVICE: 'off',
      ...env,
    };
  }

  static async start(env: Record<string, string>): Promise<BridgeBench> {
    const redis = await startSingleRedis();
    return new BridgeBench(redis, await openRedis(redis), env);
  }

  get redis(): RedisProcess {
    return this.#redis;
  }

  /** A node's bridge, over a connection of its own. */
  async startBridge(env: Record<string, string> = {}): Promise<TestBridge> {
    const storage = await openRedis(this.#redis);
    const stores = createStores(storage.connection, KEY_PREFIX);
    const { config, secrets } = loadConfig({ cwd: createTestDirectory(), env: { ...this.#env, ...env } });
    const { clock } = this;
    let text = '';
    const destination = new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        done();
      },
    });
    const log = createLog({ level: 'debug', isText: false, destination });
    const bridge = await PushBridge.open({
      store: stores.push,
      wakes: stores.wakes,
      config: () => config,
      secrets: secrets.push,
      dataKey: loadDataKey(config.storage.data_dir),
      urgencyOf: (device) => findUrgency(stores.messages, device),
      isConnected: (device) => stores.deviceEvents.publish(toDeviceText(device), { type: 'wake' }),
      changes: new RateLimiter('push-device', 'off', stores.rates, clock.now),
      clock,
      metrics: NO_METRICS,
      log,
    });
    await bridge.start();
    let isStopped = false;
    const once = (end: () => Promise<void>) => async () => {
      if (isStopped) return;
      isStopped = true;
      await end();
    };
    const stop = once(async () => {
      await bridge.stop();
      await storage.close();
    });
    this.#stops.push(stop);
    return { bridge, logText: () => text, abandon: once(() => storage.close()), stop };
  }

  /** A device with a queue, as registration makes it, and without keys, which nobody asks for here. */
  async addDevice(bridge: PushBridge, address: PushAddress): Promise<DeviceAddress> {
    const device = { accountId: parseAccountId(randomUUID()), deviceId: PRIMARY_DEVICE_ID };
    const [devices, queue] = [this.#keys.devices(device.accountId), this.#keys.queue(device)];
    await this.#storage.connection.pipeline(devices, [
      ['HSET', devices, String(device.deviceId), '{}'],
      ['XGROUP', 'CREATE', queue, 'new', '$', 'MKSTREAM'],
      ['XGROUP', 'DESTROY', queue, 'new'],
    ]);
    await bridge.addresses.put(device, address);
    return device;
  }

  /** An envelope in the queue; the relay has not told the bridge yet. @returns its id. */
  async queue(device: DeviceAddress, urgency: Urgency = 'message'): Promise<string> {
    const envelope = Envelope.encode({
      type: 1,
      content: randomBytes(32),
      messageId: randomBytes(16),
      clientTimestamp: 1,
      serverTimestamp: 1,
      urgent: urgency !== 'quiet',
      ephemeral: false,
    }).finish();
    const entry = { messageId: randomBytes(16), envelope, isResend: false };
    const result = await this.stores.messages.append(device, entry);
    return result.status === 'appended' ? result.entryId : '';
  }

  async send(bridge: PushBridge, device: DeviceAddress, urgency: Urgency = 'message'): Promise<string> {
    const entryId = await this.queue(device, urgency);
    bridge.notices.mailWaits(toDeviceText(device), urgency);
    return entryId;
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
    await this.#storage.close();
    await this.#redis.stop();
  }
}

function openRedis({ url }: RedisProcess): Promise<Storage> {
  const options = { mode: 'external', requireDurable: true, target: { kind: 'url', url } } as const;
  return openStorage(options, { log: () => undefined, onFatal: () => undefined });
}
