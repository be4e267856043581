import { PUSH_KINDS, type PushKind } from '../../wire/schemas.ts';
import { parseDeviceText, toDeviceText, type DeviceAddress } from '../devices/device-address.ts';
import type {
  DroppedAddress,
  LoadedWake,
  PushStore,
  StoredPushAddress,
  Unwoken,
  WantedWake,
} from '../push/push-store.ts';
import { fromUrgencyLevel, KINDS_WOKEN_QUIETLY, toUrgencyLevel } from '../push/urgency.ts';
import type { RedisConnection, RedisReply } from './connection.ts';
import type { StorageKeys } from './keys.ts';
import type { StoredRecord } from '../records/record-source.ts';
import { loadScript } from './script.ts';
import { readHash, toRecord } from './read-record.ts';

const PUT_ADDRESS = loadScript('put-push-address');
const DROP_ADDRESS = loadScript('drop-push-address');
const WANT_WAKE = loadScript('want-wake', ['live-wake']);
const LOAD_WAKE = loadScript('load-wake', ['live-wake']);
const SETTLE_WAKE = loadScript('settle-wake');
const FIND_UNWOKEN = loadScript('find-unwoken', ['live-wake']);

/** What find-unwoken.lua says of mail whose urgency nobody has noted. */
const UNKNOWN_URGENCY = 4;
const SCAN_COUNT = '500';
const QUIET = KINDS_WOKEN_QUIETLY.join(' ');

export class RedisPushStore implements PushStore {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async put(device: DeviceAddress, { id, kind, sealed, registeredAt }: StoredPushAddress): Promise<boolean> {
    const { pushDevices, devices, pushRecord } = this.#keys;
    // First the index: a crash in between leaves an entry that the sweep clears away, never an address that it does not know.
    await this.#redis.execute(pushDevices, ['SADD', pushDevices, toDeviceText(device)]);
    const fields = ['id', id, 'kind', kind, 'sealed', sealed, 'at', String(registeredAt)];
    const args = [String(device.deviceId), ...fields];
    const isStored = await this.#redis.evaluate(PUT_ADDRESS, [devices(device.accountId), pushRecord(device)], args);
    if (isStored !== 1) await this.#forget(device);
    return isStored === 1;
  }

  async find(device: DeviceAddress): Promise<{ address?: StoredPushAddress; dropped?: DroppedAddress }> {
    const record = this.#keys.pushRecord(device);
    const fields = ['id', 'kind', 'sealed', 'at', 'dropped', 'droppedAt'];
    const reply = await this.#redis.execute(record, ['HMGET', record, ...fields]);
    const [id, kind, sealed, at, dropped, droppedAt] = reply as (Buffer | null)[];
    if (dropped) return { dropped: { reason: dropped.toString(), at: Number(droppedAt) } };
    if (!id || !kind || !sealed) return {};
    return {
      address: { id: id.toString(), kind: kind.toString() as PushKind, sealed, registeredAt: Number(at) },
    };
  }

  async remove(device: DeviceAddress): Promise<void> {
    const record = this.#keys.pushRecord(device);
    await this.#redis.execute(record, ['DEL', record]);
    await this.#forget(device);
  }

  async drop(device: DeviceAddress, id: string, reason: string, now: number): Promise<boolean> {
    const args = [id, reason, String(now)];
    const isDropped = await this.#redis.evaluate(DROP_ADDRESS, [this.#keys.pushRecord(device)], args);
    if (isDropped === 1) await this.#forget(device);
    return isDropped === 1;
  }

  async #forget(device: DeviceAddress): Promise<void> {
    const { pushDevices } = this.#keys;
    await this.#redis.execute(pushDevices, ['SREM', pushDevices, toDeviceText(device)]);
  }

  async findDropped(device: DeviceAddress): Promise<string | undefined> {
    const record = this.#keys.pushRecord(device);
    const reason = (await this.#redis.execute(record, ['HGET', record, 'dropped'])) as Buffer | null;
    return reason?.toString();
  }

  async want(
    device: DeviceAddress,
    { urgency, connectedSince, isForced, ringsUntil }: WantedWake,
  ): Promise<{ kind: PushKind; wokenAt: number; notBefore: number } | undefined> {
    const since = connectedSince === undefined ? '' : String(connectedSince);
    const args = [String(toUrgencyLevel(urgency)), since, isForced ? '1' : '', String(ringsUntil), QUIET];
    const reply = await this.#redis.evaluate(WANT_WAKE, this.#recordAndQueue(device), args);
    if (reply === null) return undefined;
    const [kind, wokenAt, notBefore] = reply as [Buffer, number, number];
    return { kind: kind.toString() as PushKind, wokenAt, notBefore };
  }

  async load(device: DeviceAddress, now: number): Promise<LoadedWake | undefined> {
    const reply = await this.#redis.evaluate(LOAD_WAKE, this.#recordAndQueue(device), [String(now)]);
    return reply === null ? undefined : toLoadedWake(reply as RedisReply[]);
  }

  async noteWoken(device: DeviceAddress, wake: LoadedWake, now: number): Promise<void> {
    const fields = { through: wake.through, urgency: String(toUrgencyLevel(wake.urgency)), wokenAt: String(now) };
    await this.#settle(device, wake, fields, ['attempts', 'notBefore']);
  }

  async notePostponed(device: DeviceAddress, wake: LoadedWake, attempts: number, notBefore: number): Promise<boolean> {
    return await this.#settle(device, wake, { attempts: String(attempts), notBefore: String(notBefore) }, [], 'keep');
  }

  async noteReleased(device: DeviceAddress, wake: LoadedWake, notBefore?: number): Promise<void> {
    await this.#settle(device, wake, notBefore === undefined ? {} : { notBefore: String(notBefore) }, ['attempts']);
  }

  async #settle(
    device: DeviceAddress,
    { address, changes }: LoadedWake,
    fields: Readonly<Record<string, string>>,
    removed: readonly string[],
    isWanted: 'keep' | '' = '',
  ): Promise<boolean> {
    const values = Object.entries(fields);
    const args = [address.id, changes, isWanted, String(values.length), ...values.flat(), ...removed];
    return (await this.#redis.evaluate(SETTLE_WAKE, [this.#keys.pushRecord(device)], args)) === 1;
  }

  async inspect(device: DeviceAddress): Promise<StoredRecord | undefined> {
    const { pushRecord, pushDevices, pushDue, pushClaimed } = this.#keys;
    const text = toDeviceText(device);
    const fields = (await readHash(this.#redis, pushRecord(device))) ?? new Map<string, Buffer>();
    const storedAs = fields.size > 0 ? [pushRecord(device)] : [];
    const note = (key: string, name: string, reply: RedisReply) => {
      if (reply === null || reply === 0) return;
      storedAs.push(key);
      fields.set(name, Buffer.from(String(reply)));
    };
    note(pushDevices, 'isListed', await this.#redis.execute(pushDevices, ['SISMEMBER', pushDevices, text]));
    for (const kind of PUSH_KINDS) {
      const [due, claimed] = [pushDue(kind), pushClaimed(kind)];
      note(due, 'dueAt', await this.#redis.execute(due, ['ZSCORE', due, text]));
      note(claimed, 'isBeingWoken', await this.#redis.execute(claimed, ['SISMEMBER', claimed, text]));
    }
    return storedAs.length === 0 ? undefined : toRecord(storedAs, fields);
  }

  async *listDevices(): AsyncIterable<DeviceAddress> {
    const { pushDevices } = this.#keys;
    for (let cursor = ''; cursor !== '0';) {
      const command = ['SSCAN', pushDevices, cursor || '0', 'COUNT', SCAN_COUNT];
      const [next, texts] = (await this.#redis.execute(pushDevices, command)) as [Buffer, Buffer[]];
      for (const text of texts) {
        const device = parseDeviceText(text.toString());
        if (device !== undefined) yield device;
      }
      cursor = next.toString();
    }
  }

  async findUnwoken(device: DeviceAddress): Promise<Unwoken | undefined> {
    const reply = await this.#redis.evaluate(FIND_UNWOKEN, this.#recordAndQueue(device), []);
    if (reply === null) await this.#forget(device);
    if (!Array.isArray(reply)) return undefined;
    const [kind, level] = reply as [Buffer, number];
    return {
      kind: kind.toString() as PushKind,
      ...(level !== UNKNOWN_URGENCY && { urgency: fromUrgencyLevel(level) }),
    };
  }

  claimKeyId(candidate: string): Promise<string> {
    return this.#claim(this.#keys.pushKeyId, candidate).then(String);
  }

  async replaceKeyId(keyId: string): Promise<void> {
    await this.#redis.execute(this.#keys.pushKeyId, ['SET', this.#keys.pushKeyId, keyId]);
  }

  claimVapid(candidate: Uint8Array): Promise<Uint8Array> {
    return this.#claim(this.#keys.pushVapid, candidate);
  }

  async replaceVapid(sealed: Uint8Array): Promise<void> {
    await this.#redis.execute(this.#keys.pushVapid, ['SET', this.#keys.pushVapid, sealed]);
  }

  /** Several nodes may start at once: the first one's value holds for all. */
  async #claim(key: string, candidate: string | Uint8Array): Promise<Buffer> {
    const [, stored] = await this.#redis.pipeline(key, [
      ['SET', key, candidate, 'NX'],
      ['GET', key],
    ]);
    return stored as Buffer;
  }

  #recordAndQueue(device: DeviceAddress): [string, string] {
    return [this.#keys.pushRecord(device), this.#keys.queue(device)];
  }
}

/** As load-wake.lua gives it. */
function toLoadedWake(reply: RedisReply[]): LoadedWake {
  const [id, kind, sealed, registeredAt, level, force, changes, attempts, through] = reply;
  return {
    address: {
      id: String(id),
      kind: String(kind) as PushKind,
      sealed: sealed as Buffer,
      registeredAt: Number(registeredAt),
    },
    urgency: fromUrgencyLevel(Number(level)),
    isForced: String(force) === '1',
    changes: String(changes),
    attempts: Number(attempts),
    through: String(through),
  };
}
