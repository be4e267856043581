/** Reads all that a backup keeps, while the server runs. What belongs to one account lies in one slot and is read in one transaction,
 * so that it is of one moment; between accounts nothing has to be. Memory holds one account, or one page of a queue. */
import type { AccountId, DeviceId } from '../../../wire/ids.ts';
import type { DeviceAddress } from '../../devices/device-address.ts';
import type { RedisConnection, RedisReply } from '../connection.ts';
import { createStorageKeys, type StorageKeys } from '../keys.ts';
import { isKept, type BackupExtent } from './kept-keys.ts';
import type { KeyRecord, RecordType } from './stored-record.ts';

const PAGE_ENTRIES = 200;
const MAX_ATTEMPTS = 20;
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** As long as the history keeps them (redis-history-store.ts). */
const HOURS_OF_MINUTES = 25;
const DAYS_OF_HOURS = 31;

interface WantedKey {
  readonly name: string;
  readonly type: Exclude<RecordType, 'stream'>;
}

const READERS: Readonly<Record<WantedKey['type'], (key: string) => string[]>> = {
  string: (key) => ['GET', key],
  hash: (key) => ['HGETALL', key],
  set: (key) => ['SMEMBERS', key],
  zset: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
  list: (key) => ['LRANGE', key, '0', '-1'],
};

type Entry = [id: Buffer, fields: Buffer[]];

export interface DumpOptions extends BackupExtent {
  readonly redis: RedisConnection;
  readonly prefix: string;
  readonly now: number;
}

/** @throws Error when the team changes so that no member list fits what was read; the next attempt does. */
export async function* dumpRecords(options: DumpOptions): AsyncGenerator<KeyRecord> {
  const dump = new Dump(options);
  yield* dump.shared();
  const dumped: string[] = [];
  for (const accountId of await dump.listAccounts()) {
    const records = await dump.account(accountId);
    // It has left since, or never came to be.
    if (records === undefined) continue;
    yield* records.records;
    for (const device of records.devices) yield* dump.queue(device);
    dumped.push(accountId);
  }
  // Last, and of now: who left while the rest was read is no member of the backup either.
  yield* await dump.team(dumped);
}

class Dump {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;
  readonly #options: DumpOptions;

  constructor(options: DumpOptions) {
    this.#redis = options.redis;
    this.#keys = createStorageKeys(options.prefix);
    this.#options = options;
  }

  async *shared(): AsyncGenerator<KeyRecord> {
    const { form, serverKeys, pushDevices, pushKeyId, pushVapid, historyMinutes, historyHours } = this.#keys;
    const wanted: WantedKey[] = [
      { name: form, type: 'hash' },
      { name: serverKeys, type: 'string' },
      { name: pushDevices, type: 'set' },
      { name: pushKeyId, type: 'string' },
      { name: pushVapid, type: 'string' },
    ];
    const { now } = this.#options;
    const hour = now - (now % HOUR_MS);
    const day = now - (now % DAY_MS);
    for (let i = 0; i < HOURS_OF_MINUTES; i++) wanted.push({ name: historyMinutes(hour - i * HOUR_MS), type: 'hash' });
    for (let i = 0; i < DAYS_OF_HOURS; i++) wanted.push({ name: historyHours(day - i * DAY_MS), type: 'hash' });
    for (const each of wanted) yield* await this.#read(each.name, [each]);
  }

  async listAccounts(): Promise<AccountId[]> {
    const { accounts } = this.#keys;
    return strings(await this.#redis.execute(accounts, ['ZRANGE', accounts, '0', '-1'])) as AccountId[];
  }

  /** All of one moment; undefined where there is no such account. */
  async account(accountId: AccountId): Promise<{ records: KeyRecord[]; devices: DeviceAddress[] } | undefined> {
    const { account, devices } = this.#keys;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const ids = strings(await this.#redis.execute(devices(accountId), ['HKEYS', devices(accountId)])).sort();
      const addresses = ids.map((id) => ({ accountId, deviceId: Number(id) as DeviceId }));
      const found = await this.#read(account(accountId), this.#wantedOf(accountId, addresses), accountId);
      if (!found.some(({ key }) => key === this.#short(account(accountId)))) return undefined;
      const devicesNow = found.find(({ key }) => key === this.#short(devices(accountId)))?.data ?? [];
      const idsNow = devicesNow.filter((_, index) => index % 2 === 0).map(String);
      // A device has come or gone in between: its keys are missing, or nobody's.
      if (idsNow.sort().join() === ids.join()) return { records: found, devices: addresses };
    }
    throw new Error('An account has changed again and again while it was read. Try again.');
  }

  #wantedOf(accountId: AccountId, addresses: readonly DeviceAddress[]): WantedKey[] {
    const { account, devices, attachmentUsage, deviceKeys, connectionEpoch, pushRecord, expiries } = this.#keys;
    const ofAttachments: WantedKey[] = isKept('attachmentUsage', this.#options)
      ? [{ name: attachmentUsage(accountId), type: 'zset' }]
      : [];
    const ofQueues = isKept('expiries', this.#options);
    return [
      { name: account(accountId), type: 'hash' },
      { name: devices(accountId), type: 'hash' },
      ...ofAttachments,
      ...addresses.flatMap((device): WantedKey[] => [
        { name: deviceKeys(device), type: 'hash' },
        { name: connectionEpoch(device), type: 'string' },
        { name: pushRecord(device), type: 'hash' },
        ...(ofQueues ? [{ name: expiries(device), type: 'zset' as const }] : []),
      ]),
    ];
  }

  /** The envelopes that were there at some moment of the reading: what is acknowledged meanwhile is missing, as it should. */
  async *queue(device: DeviceAddress): AsyncGenerator<KeyRecord> {
    const name = this.#keys.queue(device);
    const record = { key: this.#short(name), type: 'stream', account: device.accountId } as const;
    yield { ...record, data: [] };
    if (!this.#options.withQueues) return;
    // Up to what is the newest now, or a busy queue would never end.
    const [newest] = (await this.#redis.execute(name, ['XREVRANGE', name, '+', '-', 'COUNT', '1'])) as Entry[];
    if (newest === undefined) return;
    let from = '-';
    for (;;) {
      const range = ['XRANGE', name, from, String(newest[0]), 'COUNT', `${PAGE_ENTRIES}`];
      const page = (await this.#redis.execute(name, range)) as Entry[];
      if (page.length === 0) return;
      yield { ...record, data: page.flatMap(([id, fields]) => [id, Buffer.from(`${fields.length}`), ...fields]) };
      from = `(${String(page.at(-1)?.[0])}`;
    }
  }

  async team(dumped: readonly string[]): Promise<KeyRecord[]> {
    const { accounts, roles } = this.#keys;
    const known = new Set(dumped);
    const [members, ofRoles] = await this.#redis.transaction(accounts, [
      ['ZRANGE', accounts, '0', '-1', 'WITHSCORES'],
      ['HGETALL', roles],
    ]);
    const roleOf = new Map(pairs(ofRoles).map(([id, role]) => [String(id), String(role)]));
    const isMember = (id: Buffer) => known.has(String(id)) && roleOf.get(String(id)) !== 'leaving';
    const kept = pairs(members).filter(([id]) => isMember(id));
    const keptRoles = pairs(ofRoles).filter(([id]) => isMember(id));
    if (kept.length > 0 && !keptRoles.some(([, role]) => String(role) === 'owner')) {
      throw new Error('The owners of the team have changed while it was read. Try again.');
    }
    return [
      { key: this.#short(accounts), type: 'zset', data: kept.flat() },
      { key: this.#short(roles), type: 'hash', data: keptRoles.flat() },
    ];
  }

  /** In one transaction, those that exist. */
  async #read(slotOf: string, wanted: readonly WantedKey[], account?: string): Promise<KeyRecord[]> {
    const commands = wanted.flatMap(({ name, type }) => [READERS[type](name), ['PEXPIRETIME', name]]);
    const replies = await this.#redis.transaction(slotOf, commands);
    return wanted.flatMap(({ name, type }, index) => {
      const data = toData(replies[index * 2]);
      const expiresAt = replies[index * 2 + 1] as number;
      if (data.length === 0) return [];
      const key = this.#short(name);
      return [{ key, type, ...(account !== undefined && { account }), data, ...(expiresAt > 0 && { expiresAt }) }];
    });
  }

  /** The prefix stands in the names twice where a hash tag repeats it (keys.ts, `roles`). */
  #short(name: string): string {
    return shortenKey(name, this.#options.prefix);
  }
}

/** In no name of ours. */
const MARK = '*';

/** A name without the prefix, wherever it stands in it. */
export function shortenKey(name: string, prefix: string): string {
  return name.slice(prefix.length).replace(`{${prefix}`, `{${MARK}`);
}

export function lengthenKey(key: string, prefix: string): string {
  return prefix + key.replace(`{${MARK}`, `{${prefix}`);
}

function toData(reply: RedisReply | undefined): Buffer[] {
  if (reply === null || reply === undefined) return [];
  return Array.isArray(reply) ? (reply as Buffer[]) : [reply as Buffer];
}

const strings = (reply: RedisReply): string[] => (reply as Buffer[]).map(String);

function pairs(reply: RedisReply | undefined): [Buffer, Buffer][] {
  const items = toData(reply);
  return items.flatMap((item, index) => (index % 2 === 0 ? [[item, items[index + 1] ?? Buffer.alloc(0)]] : []));
}
