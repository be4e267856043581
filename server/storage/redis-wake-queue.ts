import { PUSH_KINDS, type PushKind } from '../../wire/schemas.ts';
import { parseDeviceText, toDeviceText, type DeviceAddress } from '../devices/device-address.ts';
import type { ClaimedWakes, WakeQueue } from '../push/wake-queue.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';
import { loadScript } from './script.ts';

const ADD_MISSING = loadScript('add-missing-wake');
const CLAIM = loadScript('claim-wakes');
const RECOVER = loadScript('recover-wakes');
const RENEW_LEASE = loadScript('renew-lease');
const RELEASE_LEASE = loadScript('release-lease');

export class RedisWakeQueue implements WakeQueue {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async add(kind: PushKind, device: DeviceAddress, dueAt: number): Promise<void> {
    const due = this.#keys.pushDue(kind);
    await this.#redis.execute(due, ['ZADD', due, 'LT', String(dueAt), toDeviceText(device)]);
    await this.#redis.publish(this.#keys.pushChannel, kind);
  }

  async addMissing(kind: PushKind, device: DeviceAddress, dueAt: number): Promise<void> {
    const keys = [this.#keys.pushDue(kind), this.#keys.pushClaimed(kind)] as const;
    await this.#redis.evaluate(ADD_MISSING, keys, [toDeviceText(device), String(dueAt)]);
  }

  async claim(kind: PushKind, lease: string, now: number, limit: number): Promise<ClaimedWakes | undefined> {
    const args = [lease, String(now), String(limit)];
    const reply = await this.#redis.evaluate(CLAIM, this.#leaseAnd(kind), args);
    if (reply === null) return undefined;
    const [next, ...texts] = (reply as Buffer[]).map(String);
    const devices = texts.map(parseDeviceText).filter((device) => device !== undefined);
    return { devices, nextDueAt: next === '' ? undefined : Number(next) };
  }

  async settle(kind: PushKind, device: DeviceAddress, dueAt?: number): Promise<void> {
    const [due, claimed] = [this.#keys.pushDue(kind), this.#keys.pushClaimed(kind)];
    const text = toDeviceText(device);
    await this.#redis.transaction(claimed, [
      ...(dueAt === undefined ? [] : [['ZADD', due, 'LT', String(dueAt), text]]),
      ['SREM', claimed, text],
    ]);
  }

  async count(kind: PushKind): Promise<number> {
    const due = this.#keys.pushDue(kind);
    return (await this.#redis.execute(due, ['ZCARD', due])) as number;
  }

  async recover(lease: string, now: number): Promise<void> {
    for (const kind of PUSH_KINDS) await this.#redis.evaluate(RECOVER, this.#leaseAnd(kind), [lease, String(now)]);
  }

  async acquireLease(lease: string, ttlMs: number | undefined): Promise<'new' | 'held' | undefined> {
    const key = this.#keys.pushLease;
    if (ttlMs === undefined) {
      await this.#redis.execute(key, ['SET', key, lease]);
      return 'new';
    }
    const outcome = await this.#redis.evaluate(RENEW_LEASE, [key], [lease, String(ttlMs)]);
    return outcome === 2 ? 'held' : outcome === 1 ? 'new' : undefined;
  }

  async releaseLease(lease: string): Promise<void> {
    await this.#redis.evaluate(RELEASE_LEASE, [this.#keys.pushLease], [lease]);
  }

  async onAdded(listener: (kind: PushKind) => void): Promise<void> {
    await this.#redis.subscribe(this.#keys.pushChannel, (kind) => listener(kind.toString() as PushKind));
  }

  #leaseAnd(kind: PushKind): readonly [string, string, string] {
    return [this.#keys.pushLease, this.#keys.pushDue(kind), this.#keys.pushClaimed(kind)];
  }
}
