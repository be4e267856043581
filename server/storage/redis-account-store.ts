import { decodeBase64Url, encodeBase64Url } from '../../wire/encoding.ts';
import { MAX_DEVICE_ID } from '../../wire/limits.ts';
import { PRIMARY_DEVICE_ID, type AccountId, type DeviceId } from '../../wire/ids.ts';
import { PUSH_KINDS, type DeviceRegistration, type Role } from '../../wire/schemas.ts';
import type { Account, DeviceRecord } from '../accounts/account.ts';
import type { AccountStore, ListedAccount, NewAccount, NewDevice } from '../accounts/account-store.ts';
import { toDeviceText, type DeviceAddress } from '../devices/device-address.ts';
import type { RedisConnection, RedisReply } from './connection.ts';
import type { StorageKeys } from './keys.ts';
import { MAX_STORED_PER_KIND, toStoreKeysArguments } from './prekey-codec.ts';
import { loadScript } from './script.ts';

const RESERVE_ACCOUNT = loadScript('reserve-account');
const CREATE_ACCOUNT = loadScript('create-account', ['store-keys']);
const ADD_DEVICE = loadScript('add-device', ['store-keys']);
const CLAIM_LINK_TOKEN = loadScript('claim-link-token');
const UPDATE_DEVICE = loadScript('update-device');
const DROP_OWNER = loadScript('drop-owner');
const SET_ACCOUNT_FIELD = loadScript('set-account-field');

export class RedisAccountStore implements AccountStore {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async reserve(accountId: AccountId, now: number, maxAccounts: number, isFirst: boolean): Promise<boolean> {
    const args = [accountId, String(now), String(maxAccounts), isFirst ? '1' : '0'];
    return (await this.#redis.evaluate(RESERVE_ACCOUNT, [this.#keys.accounts], args)) === 1;
  }

  async release(accountId: AccountId): Promise<void> {
    await this.#redis.execute(this.#keys.accounts, ['ZREM', this.#keys.accounts, accountId]);
  }

  async create(account: NewAccount): Promise<void> {
    const { accountId, role, device } = account;
    const fields = {
      role,
      createdAt: String(account.createdAt),
      identityKey: Buffer.from(decodeBase64Url(device.identityKey)),
      inviteId: account.inviteId,
    };
    // First the index of owners, then the account: a crash in between leaves a ghost, never an owner who is in no index.
    if (role === 'owner') await this.#redis.execute(this.#keys.owners, ['SADD', this.#keys.owners, accountId]);
    await this.#redis.evaluate(
      CREATE_ACCOUNT,
      [this.#keys.account(accountId), ...this.#deviceKeys({ accountId, deviceId: PRIMARY_DEVICE_ID })],
      [
        toRecordText(account.createdAt, account.secretHash, device),
        MAX_STORED_PER_KIND,
        String(Object.keys(fields).length),
        ...Object.entries(fields).flat(),
        ...toStoreKeysArguments(device),
      ],
    );
  }

  async load(accountId: AccountId): Promise<Account | undefined> {
    const key = this.#keys.account(accountId);
    const [fields, devices] = await this.#redis.transaction(key, [
      ['HMGET', key, 'role', 'createdAt', 'identityKey'],
      ['HGETALL', this.#keys.devices(accountId)],
    ]);
    const [role, createdAt, identityKey] = fields as (Buffer | null)[];
    if (!role || !createdAt || !identityKey) return undefined;
    return {
      accountId,
      role: role.toString() as Role,
      createdAt: Number(createdAt),
      // Not by wire's own encoder: thousands of accounts are remembered, and this text is one piece of memory.
      identityKey: identityKey.toString('base64url'),
      devices: toDevices(devices as Buffer[]),
    };
  }

  async listIds(): Promise<AccountId[]> {
    const ids = (await this.#redis.execute(this.#keys.accounts, [
      'ZRANGE',
      this.#keys.accounts,
      '0',
      '-1',
    ])) as Buffer[];
    return ids.map((id) => id.toString() as AccountId);
  }

  async listAll(): Promise<ListedAccount[]> {
    const ids = await this.listIds();
    const listed = await Promise.all(ids.map((accountId) => this.#list(accountId)));
    return listed.filter((account) => account !== undefined);
  }

  async #list(accountId: AccountId): Promise<ListedAccount | undefined> {
    const key = this.#keys.account(accountId);
    const reply = await this.#redis.execute(key, ['HMGET', key, 'role', 'createdAt', 'profile']);
    const [role, createdAt, profile] = reply as (Buffer | null)[];
    if (!role || !createdAt) return undefined;
    return {
      accountId,
      role: role.toString() as Role,
      createdAt: Number(createdAt),
      profile: profile ? encodeBase64Url(profile) : undefined,
    };
  }

  async setRole(accountId: AccountId, role: Role): Promise<boolean> {
    const owners = this.#keys.owners;
    if (role === 'owner') await this.#redis.execute(owners, ['SADD', owners, accountId]);
    else if ((await this.#redis.evaluate(DROP_OWNER, [owners], [accountId])) === 0) return false;
    const isThere = await this.#setField(accountId, 'role', role);
    // Who has left meanwhile must not count as an owner: the last real one could then go.
    if (!isThere) await this.#redis.execute(owners, ['SREM', owners, accountId]);
    return true;
  }

  async setProfile(accountId: AccountId, profile: string): Promise<void> {
    await this.#setField(accountId, 'profile', decodeBase64Url(profile));
  }

  /** Not HSET alone: that would make a removed account anew. @returns whether the account is there. */
  async #setField(accountId: AccountId, field: string, value: string | Uint8Array): Promise<boolean> {
    return (await this.#redis.evaluate(SET_ACCOUNT_FIELD, [this.#keys.account(accountId)], [field, value])) === 1;
  }

  async remove(accountId: AccountId): Promise<boolean> {
    if ((await this.#redis.evaluate(DROP_OWNER, [this.#keys.owners], [accountId])) === 0) return false;
    const account = this.#keys.account(accountId);
    const inviteId = (await this.#redis.execute(account, ['HGET', account, 'inviteId'])) as Buffer | null;
    // First of all, or repeating the registration would make the account anew.
    if (inviteId) await this.#deleteInvite(String(inviteId));
    // Once these are gone, no script adds anything for the account; so what is deleted next stays deleted.
    const own = [account, this.#keys.devices(accountId), this.#keys.linkTokens(accountId)];
    await this.#redis.transaction(account, [['DEL', ...own]]);
    const names = allDeviceIds.flatMap((deviceId) => this.#deviceDataKeys({ accountId, deviceId }));
    await this.#redis.execute(account, ['DEL', ...names]);
    await this.#forgetWakes(allDeviceIds.map((deviceId) => ({ accountId, deviceId })));
    await this.release(accountId);
    return true;
  }

  async #deleteInvite(inviteId: string): Promise<void> {
    const key = this.#keys.invite(inviteId);
    await this.#redis.execute(key, ['DEL', key]);
  }

  async removeGhosts(olderThan: number): Promise<void> {
    const accounts = this.#keys.accounts;
    const old = await this.#redis.execute(accounts, ['ZRANGE', accounts, '-inf', String(olderThan), 'BYSCORE']);
    for (const id of old as Buffer[]) {
      const account = this.#keys.account(id.toString() as AccountId);
      if ((await this.#redis.execute(account, ['EXISTS', account])) === 0) {
        await this.#redis.execute(this.#keys.owners, ['SREM', this.#keys.owners, id]);
        await this.#redis.execute(accounts, ['ZREM', accounts, id]);
      }
    }
    await this.#removeGhostOwners();
  }

  /** Owners come into the index before their accounts are there, but after the reservation. */
  async #removeGhostOwners(): Promise<void> {
    const { owners, accounts } = this.#keys;
    for (const id of (await this.#redis.execute(owners, ['SMEMBERS', owners])) as Buffer[]) {
      const reserved = await this.#redis.execute(accounts, ['ZSCORE', accounts, id]);
      if (reserved === null) await this.#redis.execute(owners, ['SREM', owners, id]);
    }
  }

  async addLinkToken(accountId: AccountId, tokenHash: string, ttlMs: number): Promise<void> {
    const key = this.#keys.linkTokens(accountId);
    // One token at a time: a new one replaces what was there.
    await this.#redis.transaction(key, [
      ['DEL', key],
      ['HSET', key, tokenHash, '{}'],
      ['PEXPIRE', key, String(ttlMs)],
    ]);
  }

  async addDevice(device: NewDevice, maxDevices: number): Promise<DeviceId | 'invalid' | 'full'> {
    const { accountId, tokenHash } = device;
    const devices = this.#keys.devices(accountId);
    const tokens = this.#keys.linkTokens(accountId);
    const claimed = await this.#redis.evaluate(
      CLAIM_LINK_TOKEN,
      [devices, tokens],
      [tokenHash, device.secretHash, String(maxDevices)],
    );
    if (typeof claimed !== 'number') return String(claimed) === 'full' ? 'full' : 'invalid';
    const deviceId = claimed as DeviceId;
    const [, deviceKeys, ec, kyber, queue] = this.#deviceKeys({ accountId, deviceId });
    const record = toRecordText(device.createdAt, device.secretHash, device.device);
    const added = await this.#redis.evaluate(
      ADD_DEVICE,
      [devices, tokens, deviceKeys, ec, kyber, queue],
      [String(deviceId), record, tokenHash, MAX_STORED_PER_KIND, ...toStoreKeysArguments(device.device)],
    );
    return added === 1 ? deviceId : 'invalid';
  }

  async removeDevice(device: DeviceAddress): Promise<boolean> {
    const devices = this.#keys.devices(device.accountId);
    // In one step: its number may be given to another device right afterwards. With the link tokens, because the one that
    // this device was linked with would bring it back.
    const names = [this.#keys.linkTokens(device.accountId), ...this.#deviceDataKeys(device)];
    const [removed] = await this.#redis.transaction(devices, [
      ['HDEL', devices, String(device.deviceId)],
      ['DEL', ...names],
    ]);
    await this.#forgetWakes([device]);
    return removed === 1;
  }

  /** The lists of wakes lie in another slot. Should this node die before, the next sweep of the push bridge does it. */
  async #forgetWakes(devices: readonly DeviceAddress[]): Promise<void> {
    const { pushDevices, pushDue, pushClaimed } = this.#keys;
    const texts = devices.map(toDeviceText);
    await this.#redis.pipeline(pushDevices, [
      ['SREM', pushDevices, ...texts],
      ...PUSH_KINDS.flatMap((kind) => [
        ['ZREM', pushDue(kind), ...texts],
        ['SREM', pushClaimed(kind), ...texts],
      ]),
    ]);
  }

  async updateDevice(
    device: DeviceAddress,
    change: Partial<Pick<DeviceRecord, 'name' | 'lastSeenDay'>>,
  ): Promise<void> {
    const args = [String(device.deviceId), JSON.stringify(change)];
    await this.#redis.evaluate(UPDATE_DEVICE, [this.#keys.devices(device.accountId)], args);
  }

  #deviceDataKeys(device: DeviceAddress): string[] {
    const { queue, expiries, connectionEpoch, pushRecord, deviceKeys, preKeys, kyberPreKeys } = this.#keys;
    const ofDevice = [queue, expiries, connectionEpoch, pushRecord, deviceKeys, preKeys, kyberPreKeys];
    return ofDevice.map((toKey) => toKey(device));
  }

  /** In the order of the scripts. */
  #deviceKeys(device: DeviceAddress): [devices: string, deviceKeys: string, ec: string, kyber: string, queue: string] {
    const { devices, deviceKeys, preKeys, kyberPreKeys, queue } = this.#keys;
    return [devices(device.accountId), deviceKeys(device), preKeys(device), kyberPreKeys(device), queue(device)];
  }
}

const allDeviceIds = Array.from({ length: MAX_DEVICE_ID }, (_, index) => (index + 1) as DeviceId);

function toRecordText(createdAt: number, secretHash: string, device: DeviceRegistration): string {
  const { registrationId, name } = device;
  const record: DeviceRecord = { registrationId, secretHash, createdAt, ...(name !== undefined && { name }) };
  return JSON.stringify(record);
}

function toDevices(reply: RedisReply[]): Map<DeviceId, DeviceRecord> {
  const devices = new Map<DeviceId, DeviceRecord>();
  for (let i = 0; i < reply.length; i += 2) {
    devices.set(Number(reply[i]) as DeviceId, JSON.parse(String(reply[i + 1])) as DeviceRecord);
  }
  return devices;
}
