import { createHash } from 'node:crypto';
import { encodeBase64Url } from '../../wire/encoding.ts';
import type { AccountId } from '../../wire/ids.ts';
import type { Role } from '../../wire/schemas.ts';
import type { ListedAccount, MemberList } from '../accounts/account-store.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';
import { readHash } from './read-record.ts';

/** 132 bits of a hash. */
const TAG_LENGTH = 22;

/** Stored beside a profile, so that whether it has changed can be told without reading it. */
export const toTag = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('base64url').slice(0, TAG_LENGTH);

export function toRole(stored: Buffer | null | undefined): Role {
  const role = stored?.toString();
  return role === 'owner' || role === 'admin' ? role : 'member';
}

/** @returns undefined when the list has still the version `known`. */
export async function readMemberList(
  redis: RedisConnection,
  keys: StorageKeys,
  ids: readonly AccountId[],
  known: string | undefined,
): Promise<MemberList | undefined> {
  const roles = await readHash(redis, keys.roles);
  const read = async (fields: readonly string[]) => {
    const rows = await Promise.all(
      ids.map(async (accountId) => {
        const key = keys.account(accountId);
        const reply = (await redis.execute(key, ['HMGET', key, 'createdAt', ...fields])) as (Buffer | null)[];
        return { accountId, role: toRole(roles?.get(accountId)), fields: reply };
      }),
    );
    return toMemberList(rows);
  };
  // Tags first: whoever has the list already (nearly everybody) costs a few bytes for each member, and no profile is read.
  if (known !== undefined && (await read(['profileTag'])).version === known) return undefined;
  return await read(['profileTag', 'profile']);
}

interface Row {
  readonly accountId: AccountId;
  readonly role: Role;
  readonly fields: readonly (Buffer | null)[];
}

/** The version is made of the rows themselves, so that it never belongs to another list. */
function toMemberList(rows: readonly Row[]): MemberList {
  const version = createHash('sha256');
  const accounts: ListedAccount[] = [];
  for (const { accountId, role, fields } of rows) {
    const [createdAt, tag, profile] = fields;
    if (!createdAt) continue;
    version.update(JSON.stringify([accountId, role, String(createdAt), String(tag)]));
    const text = profile ? encodeBase64Url(profile) : undefined;
    accounts.push({ accountId, role, createdAt: Number(createdAt), profile: text });
  }
  return { version: version.digest('base64url').slice(0, TAG_LENGTH), accounts };
}
