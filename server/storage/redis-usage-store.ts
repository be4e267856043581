import { randomBytes } from 'node:crypto';
import type { AccountId } from '../../wire/ids.ts';
import type { InspectedUsage, Refusal, Usage, UsageStore } from '../attachments/usage-store.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';
import { loadScript } from './script.ts';

const RESERVE_USAGE = loadScript('reserve-usage');
const KEEP_USAGE = loadScript('keep-usage');

export class RedisUsageStore implements UsageStore {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async reserve(
    accountId: AccountId,
    bytes: number,
    quotaBytes: number,
    now: number,
    until: number,
  ): Promise<Usage | Refusal> {
    const name = randomBytes(6).toString('base64url');
    const granted = await this.#redis.evaluate(
      RESERVE_USAGE,
      [this.#keys.attachmentUsage(accountId), this.#keys.account(accountId)],
      [name, ...[bytes, quotaBytes, now, until].map(String)],
    );
    if (granted === null) return 'gone';
    return granted === 1 ? { token: `${name}:${bytes}` } : 'full';
  }

  async keep(accountId: AccountId, { token }: Usage, until: number): Promise<void> {
    await this.#redis.evaluate(KEEP_USAGE, [this.#keys.attachmentUsage(accountId)], [token, String(until)]);
  }

  async release(accountId: AccountId, { token }: Usage): Promise<void> {
    const key = this.#keys.attachmentUsage(accountId);
    await this.#redis.execute(key, ['ZREM', key, token]);
  }

  async inspect(accountId: AccountId): Promise<InspectedUsage> {
    const key = this.#keys.attachmentUsage(accountId);
    const reply = (await this.#redis.execute(key, ['ZRANGE', key, '0', '-1', 'WITHSCORES'])) as Buffer[];
    const files: { bytes: number; expiresAt: number }[] = [];
    for (let i = 0; i + 1 < reply.length; i += 2) {
      const bytes = Number(String(reply[i]).split(':')[1]);
      files.push({ bytes, expiresAt: Number(reply[i + 1]) });
    }
    return { storedAs: key, files };
  }
}
