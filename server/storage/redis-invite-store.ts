import type { AccountId } from '../../wire/ids.ts';
import type { Role } from '../../wire/schemas.ts';
import type { ClaimedInvite, InviteStore, StoredInvite } from '../invites/invite-store.ts';
import type { StoredRecord } from '../records/record-source.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';
import { readHash, toRecord } from './read-record.ts';
import { loadScript } from './script.ts';

const ADD_INVITE = loadScript('add-invite');
const CLAIM_INVITE = loadScript('claim-invite');

export class RedisInviteStore implements InviteStore {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async add(invite: StoredInvite): Promise<boolean> {
    const key = this.#keys.invite(invite.inviteId);
    const fields = [
      ['role', invite.role],
      ['createdAt', String(invite.createdAt)],
      ['expiresAt', String(invite.expiresAt)],
      ...(invite.createdBy === undefined ? [] : [['createdBy', invite.createdBy]]),
      ...(invite.isSetup ? [['setup', '1']] : []),
    ];
    const args = [invite.createdBy ?? '', String(invite.expiresAt), ...fields.flat()];
    if ((await this.#redis.evaluate(ADD_INVITE, [key], args)) === 0) return false;
    const index = this.#keys.invites;
    await this.#redis.execute(index, ['ZADD', index, String(invite.expiresAt), invite.inviteId]);
    return true;
  }

  async claim(inviteId: string, accountId: AccountId, secretHash: string): Promise<ClaimedInvite | undefined> {
    const reply = await this.#redis.evaluate(CLAIM_INVITE, [this.#keys.invite(inviteId)], [accountId, secretHash]);
    if (!Array.isArray(reply)) return undefined;
    const [claimedBy, role, setup] = reply.map(String);
    return { accountId: claimedBy as AccountId, role: role as Role, isSetup: setup === '1' };
  }

  async list(now: number): Promise<StoredInvite[]> {
    const index = this.#keys.invites;
    await this.#redis.execute(index, ['ZREMRANGEBYSCORE', index, '-inf', String(now)]);
    const invites = await Promise.all((await this.#listIds()).map((id) => this.find(id)));
    return invites.filter((invite) => invite !== undefined);
  }

  async #listIds(): Promise<string[]> {
    const index = this.#keys.invites;
    return ((await this.#redis.execute(index, ['ZRANGE', index, '0', '-1'])) as Buffer[]).map(String);
  }

  async inspect(accountId: AccountId): Promise<StoredRecord[]> {
    const records = await Promise.all(
      (await this.#listIds()).map(async (inviteId) => {
        const key = this.#keys.invite(inviteId);
        const fields = await readHash(this.#redis, key);
        const names = [fields?.get('createdBy'), fields?.get('claimedBy')].map(String);
        if (fields === undefined || !names.includes(accountId)) return undefined;
        return toRecord([key, this.#keys.invites], [['inviteId', Buffer.from(inviteId)], ...fields]);
      }),
    );
    return records.filter((record) => record !== undefined);
  }

  async find(inviteId: string): Promise<StoredInvite | undefined> {
    const key = this.#keys.invite(inviteId);
    const fields = ['HMGET', key, 'role', 'createdAt', 'expiresAt', 'createdBy', 'setup', 'claimedBy'];
    const reply = (await this.#redis.execute(key, fields)) as (Buffer | null)[];
    const [role, createdAt, expiresAt, createdBy, setup, claimedBy] = reply.map((value) => value?.toString());
    if (role === undefined) return undefined;
    return {
      inviteId,
      role: role as Role,
      createdAt: Number(createdAt),
      expiresAt: Number(expiresAt),
      ...(createdBy !== undefined && { createdBy: createdBy as AccountId }),
      ...(claimedBy !== undefined && { usedBy: claimedBy as AccountId }),
      ...(setup !== undefined && { isSetup: true }),
    };
  }

  async remove(inviteId: string): Promise<boolean> {
    const [key, index] = [this.#keys.invite(inviteId), this.#keys.invites];
    await this.#redis.execute(index, ['ZREM', index, inviteId]);
    return (await this.#redis.execute(key, ['DEL', key])) === 1;
  }
}
