import { decodeBase64Url } from '../../wire/encoding.ts';
import { MAX_DEVICE_ID } from '../../wire/limits.ts';
import { PRIMARY_DEVICE_ID, type AccountId, type DeviceId } from '../../wire/ids.ts';
import { PUSH_KINDS, type DeviceRegistration, type Role } from '../../wire/schemas.ts';
import type { Account, DeviceRecord } from '../accounts/account.ts';
import type {
  AccountStore,
  InspectedDevices,
  MemberList,
  NewAccount,
  NewDevice,
  NewGuest,
} from '../accounts/account-store.ts';
import { toDeviceText, type DeviceAddress } from '../devices/device-address.ts';
import type { RedisConnection, RedisReply } from './connection.ts';
import type { StorageKeys } from './keys.ts';
import type { StoredRecord } from '../records/record-source.ts';
import { MAX_STORED_PER_KIND, toStoreKeysArguments } from './prekey-codec.ts';
import { jsonFields, readExpiry, readHash, toRecord } from './read-record.ts';
import { readMemberList, toRole, toTag } from './read-member-list.ts';
import { loadScript } from './script.ts';

const RESERVE_ACCOUNT = loadScript('reserve-account');
const CREATE_ACCOUNT = loadScript('create-account', ['store-keys']);
const ADD_DEVICE = loadScript('add-device', ['store-keys']);
const CLAIM_LINK_TOKEN = loadScript('claim-link-token');
const UPDATE_DEVICE = loadScript('update-device');
const GIVE_ROLE = loadScript('give-role');
const SET_ROLE = loadScript('set-role');
const SET_ACCOUNT_FIELDS = loadScript('set-account-fields');

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
    const { accounts, roles } = this.#keys;
    await this.#redis.transaction(accounts, [
      ['ZREM', accounts, accountId],
      ['HDEL', roles, accountId],
    ]);
  }

  async create(account: NewAccount): Promise<void> {
    const { accountId, role, inviteId } = account;
    await this.#store(account, { inviteId });
    // Last, so that nobody counts as an owner who does not exist. After a crash in between there is a member whose device got no
    // answer: it asks again, and comes here again.
    await this.#redis.evaluate(GIVE_ROLE, [this.#keys.accounts, this.#keys.roles], [accountId, role]);
  }

  async createGuest(guest: NewGuest): Promise<void> {
    const { guests } = this.#keys;
    // First, so that whatever is stored after it is found again.
    await this.#redis.execute(guests, ['ZADD', guests, String(guest.expiresAt), guest.accountId]);
    await this.#store(guest, {});
  }

  async removeGuest(accountId: AccountId): Promise<void> {
    const { guests } = this.#keys;
    await this.#removeData(accountId);
    await this.#redis.execute(guests, ['ZREM', guests, accountId]);
  }

  async listOverdueGuests(now: number): Promise<AccountId[]> {
    const { guests } = this.#keys;
    const due = await this.#redis.execute(guests, ['ZRANGE', guests, '-inf', String(now), 'BYSCORE']);
    return (due as Buffer[]).map((id) => id.toString() as AccountId);
  }

  async #store(account: Omit<NewAccount, 'role' | 'inviteId'>, more: Readonly<Record<string, string>>): Promise<void> {
    const { accountId, device } = account;
    const fields = {
      createdAt: String(account.createdAt),
      identityKey: Buffer.from(decodeBase64Url(device.identityKey)),
      ...more,
    };
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
    const { roles } = this.#keys;
    const [[fields, devices], role] = await Promise.all([
      this.#redis.transaction(key, [
        ['HMGET', key, 'createdAt', 'identityKey'],
        ['HGETALL', this.#keys.devices(accountId)],
      ]),
      this.#redis.execute(roles, ['HGET', roles, accountId]),
    ]);
    const [createdAt, identityKey] = fields as (Buffer | null)[];
    if (!createdAt || !identityKey) return undefined;
    return {
      accountId,
      role: toRole(role as Buffer | null),
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

  async listAll(known?: string): Promise<MemberList | undefined> {
    return await readMemberList(this.#redis, this.#keys, await this.listIds(), known);
  }

  async setRole(accountId: AccountId, role: Role): Promise<'done' | 'last-owner' | 'gone'> {
    return await this.#changeRole(accountId, role);
  }

  async #changeRole(accountId: AccountId, role: Role | typeof LEAVING): Promise<'done' | 'last-owner' | 'gone'> {
    const reply = await this.#redis.evaluate(SET_ROLE, [this.#keys.accounts, this.#keys.roles], [accountId, role]);
    return String(reply) as 'done' | 'last-owner' | 'gone';
  }

  /** Not HSET alone: that would make a removed account anew. */
  async setProfile(accountId: AccountId, profile: string): Promise<void> {
    const value = decodeBase64Url(profile);
    const fields = ['profile', value, 'profileTag', toTag(value)];
    await this.#redis.evaluate(SET_ACCOUNT_FIELDS, [this.#keys.account(accountId)], fields);
  }

  async remove(accountId: AccountId): Promise<boolean> {
    // From here on the account has no role that counts and gets none, whoever tries at the same moment.
    if ((await this.#changeRole(accountId, LEAVING)) === 'last-owner') return false;
    const account = this.#keys.account(accountId);
    const inviteId = (await this.#redis.execute(account, ['HGET', account, 'inviteId'])) as Buffer | null;
    // First of all, or repeating the registration would make the account anew.
    if (inviteId) await this.#deleteInvite(String(inviteId));
    await this.#removeData(accountId);
    await this.release(accountId);
    return true;
  }

  async #removeData(accountId: AccountId): Promise<void> {
    const account = this.#keys.account(accountId);
    // Once these are gone, no script adds anything for the account; so what is deleted next stays deleted.
    const { devices, linkTokens, attachmentUsage } = this.#keys;
    const own = [account, ...[devices, linkTokens, attachmentUsage].map((toKey) => toKey(accountId))];
    await this.#redis.transaction(account, [['DEL', ...own]]);
    const names = allDeviceIds.flatMap((deviceId) => this.#deviceDataKeys({ accountId, deviceId }));
    await this.#redis.execute(account, ['DEL', ...names]);
    await this.#forgetWakes(allDeviceIds.map((deviceId) => ({ accountId, deviceId })));
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
        await this.release(id.toString() as AccountId);
      }
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
  ): Promise<boolean> {
    const args = [String(device.deviceId), JSON.stringify(change)];
    return (await this.#redis.evaluate(UPDATE_DEVICE, [this.#keys.devices(device.accountId)], args)) === 1;
  }

  async inspect(accountId: AccountId): Promise<StoredRecord> {
    const { accounts, roles } = this.#keys;
    const key = this.#keys.account(accountId);
    const [fields, role] = await Promise.all([
      readHash(this.#redis, key),
      this.#redis.execute(roles, ['HGET', roles, accountId]) as Promise<Buffer | null>,
    ]);
    const ofIndexes = Object.entries({ accountId: Buffer.from(accountId), role: role ?? Buffer.from('member') });
    return toRecord([key, accounts, roles], [...ofIndexes, ...(fields ?? [])]);
  }

  async inspectDevices(accountId: AccountId): Promise<InspectedDevices> {
    const [devicesKey, tokensKey] = [this.#keys.devices(accountId), this.#keys.linkTokens(accountId)];
    const [devices, tokens] = await Promise.all([devicesKey, tokensKey].map((key) => readHash(this.#redis, key)));
    const expiry = await readExpiry(this.#redis, tokensKey);
    const inOrder = [...(devices ?? [])].sort(([a], [b]) => Number(a) - Number(b));
    return {
      devices: await Promise.all(
        inOrder.map(async ([id, record]) => {
          const deviceId = Number(id) as DeviceId;
          const epoch = this.#keys.connectionEpoch({ accountId, deviceId });
          const connections = (await this.#redis.execute(epoch, ['GET', epoch])) as Buffer | null;
          const fields = [...jsonFields(record), ['connections', connections ?? Buffer.from('0')] as const];
          return { deviceId, record: toRecord([devicesKey, epoch], fields) };
        }),
      ),
      linkTokens: [...(tokens ?? [])].map(([tokenHash, claim]) =>
        toRecord([tokensKey], [['tokenHash', Buffer.from(tokenHash)], ['claim', claim], ...expiry]),
      ),
    };
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

/** Stands for the role of an account while it is being removed. */
const LEAVING = 'leaving';

const allDeviceIds = Array.from({ length: MAX_DEVICE_ID }, (_, index) => (index + 1) as DeviceId);

function toRecordText(createdAt: number, secretHash: string, device: DeviceRegistration): string {
  const { registrationId, name } = device;
  const record: DeviceRecord = { registrationId, secretHash, createdAt, ...(name !== undefined && { name }) };
  return JSON.stringify(record);
}

function toDevices(reply: RedisReply[]): Map<DeviceId, DeviceRecord> {
  const devices: [DeviceId, DeviceRecord][] = [];
  for (let i = 0; i < reply.length; i += 2) {
    devices.push([Number(reply[i]) as DeviceId, JSON.parse(String(reply[i + 1])) as DeviceRecord]);
  }
  // A hash has no order, and after a restart another one.
  return new Map(devices.sort(([a], [b]) => a - b));
}
