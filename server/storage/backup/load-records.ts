/** Puts the records of a backup into Redis beside what is there, and then in its place. Names of what is staged lie in the slot of the
 * final name, so that both steps work on a cluster. */
import type { RedisArgument, RedisConnection } from '../connection.ts';
import { createStorageKeys } from '../keys.ts';
import { lengthenKey } from './dump-records.ts';
import type { KeyRecord } from './stored-record.ts';

const STAGING = 'restoring:';
/** Of arguments to one command; even, so that pairs stay together. */
const MAX_ARGUMENTS = 1000;
const DELETE_BATCH = 200;

const WRITERS: Readonly<Record<Exclude<KeyRecord['type'], 'stream'>, string>> = {
  string: 'SET',
  hash: 'HSET',
  set: 'SADD',
  zset: 'ZADD',
  list: 'RPUSH',
};

export class RecordLoader {
  readonly #redis: RedisConnection;
  readonly #prefix: string;
  /** Names that belong to an account, by the account. */
  readonly #ofAccounts = new Map<string, Set<string>>();
  #members = new Set<string>();
  #hasTeam = false;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** How many accounts there are already. */
  async countAccounts(): Promise<number> {
    const { accounts } = createStorageKeys(this.#prefix);
    return (await this.#redis.execute(accounts, ['ZCARD', accounts])) as number;
  }

  /** What an interrupted attempt has left. */
  async discardStaged(): Promise<void> {
    await deleteAll(this.#redis, `${this.#prefix}${STAGING}*`, () => true);
  }

  async stage(record: KeyRecord): Promise<void> {
    const final = lengthenKey(record.key, this.#prefix);
    const name = toStagedName(final, this.#prefix);
    if (final === createStorageKeys(this.#prefix).accounts) {
      this.#members = new Set(record.data.filter((_, index) => index % 2 === 0).map(String));
      this.#hasTeam = true;
    }
    if (record.account !== undefined) {
      const names = this.#ofAccounts.get(record.account) ?? new Set();
      this.#ofAccounts.set(record.account, names.add(name));
    }
    await this.#redis.pipeline(name, toCommands(name, record));
    if (record.expiresAt !== undefined) await this.#redis.execute(name, ['PEXPIREAT', name, `${record.expiresAt}`]);
  }

  /** Drops what belongs to accounts that had left when the backup was complete. @throws Error when there is no member list. */
  async finishStaging(): Promise<{ accounts: number }> {
    if (!this.#hasTeam) throw new Error('The backup holds no list of members: it is not complete.');
    for (const [account, names] of this.#ofAccounts) {
      if (this.#members.has(account)) continue;
      for (const name of names) await this.#redis.execute(name, ['DEL', name]);
    }
    return { accounts: this.#members.size };
  }
}

/** May be repeated until it has ended once. */
export async function deleteReplaced(redis: RedisConnection, prefix: string): Promise<void> {
  const staging = `${prefix}${STAGING}`;
  await deleteAll(redis, `${prefix}*`, (name) => !name.startsWith(staging));
}

/** May be repeated: what has been moved already is not found again. */
export async function moveStaged(redis: RedisConnection, prefix: string): Promise<void> {
  for await (const name of redis.scan(`${prefix}${STAGING}*`)) {
    const final = toFinalName(name, prefix);
    await redis.execute(name, ['RENAME', name, final]).catch(async (error: unknown) => {
      // A scan may give a name twice.
      if ((await redis.execute(name, ['EXISTS', name])) !== 0) throw error;
    });
  }
}

async function deleteAll(redis: RedisConnection, pattern: string, fits: (name: string) => boolean): Promise<void> {
  let batch: string[] = [];
  const flush = async () => {
    await Promise.all(batch.map((name) => redis.execute(name, ['UNLINK', name])));
    batch = [];
  };
  for await (const name of redis.scan(pattern)) {
    if (!fits(name)) continue;
    batch.push(name);
    if (batch.length >= DELETE_BATCH) await flush();
  }
  await flush();
}

/** A name without a hash tag becomes the tag itself: then both lie in one slot. */
function toStagedName(final: string, prefix: string): string {
  return `${prefix}${STAGING}${/\{[^}]+\}/.test(final) ? final : `{${final}}`}`;
}

function toFinalName(staged: string, prefix: string): string {
  const name = staged.slice(prefix.length + STAGING.length);
  return name.startsWith('{') ? name.slice(1, -1) : name;
}

function toCommands(name: string, { type, data }: KeyRecord): RedisArgument[][] {
  if (type === 'stream') return toStreamCommands(name, data);
  if (type === 'string') return [['SET', name, data[0] ?? '']];
  // Redis gives member and score, and takes score and member.
  const items = type === 'zset' ? data.map((_, index) => data[index % 2 === 0 ? index + 1 : index - 1] ?? '') : data;
  const commands: RedisArgument[][] = [];
  for (let at = 0; at < items.length; at += MAX_ARGUMENTS) {
    commands.push([WRITERS[type], name, ...items.slice(at, at + MAX_ARGUMENTS)]);
  }
  return commands;
}

function toStreamCommands(name: string, data: KeyRecord['data']): RedisArgument[][] {
  // As the scripts make one (lua/create-account.lua): an empty stream, which takes envelopes.
  const commands: RedisArgument[][] = [
    ['XGROUP', 'CREATE', name, 'new', '$', 'MKSTREAM'],
    ['XGROUP', 'DESTROY', name, 'new'],
  ];
  for (let at = 0; at < data.length;) {
    const [id = '', count = '0'] = [data[at], data[at + 1]].map(String);
    const end = at + 2 + Number(count);
    commands.push(['XADD', name, id, ...data.slice(at + 2, end)]);
    at = end;
  }
  return commands;
}
