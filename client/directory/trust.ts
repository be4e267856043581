/** Which identity key belongs to a member: the first one that is used is pinned, and it must be the one in the profile
 * under the team key. The server knows neither, so it cannot put its own key between two members. */
import type { AccountId } from '../../wire/ids.ts';
import { equalBytes } from '../bytes.ts';
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';
import { getMember } from './directory.ts';
import { getGuestKey } from './guests.ts';

interface PinnedIdentity {
  readonly identityKey: Uint8Array;
}

const pins = defineTable<PinnedIdentity>('identities');

/** `unknown`: there is no profile to compare with. `changed`: it is not the pinned key, or not the one in the profile. */
export type Trust = 'trusted' | 'unknown' | 'changed';

export interface OwnIdentity {
  readonly accountId: AccountId;
  readonly identityPublicKey: Uint8Array;
}

export async function judgeIdentity(
  tx: StorageTransaction,
  own: OwnIdentity,
  accountId: AccountId,
  identityKey: Uint8Array,
): Promise<Trust> {
  if (accountId === own.accountId) return equalBytes(identityKey, own.identityPublicKey) ? 'trusted' : 'changed';
  const attested = (await getMember(tx, accountId))?.profile?.identityKey ?? (await getGuestKey(tx, accountId));
  if (attested === undefined) return 'unknown';
  const pinned = (await pins.get(tx, accountId))?.identityKey ?? attested;
  return equalBytes(pinned, identityKey) && equalBytes(attested, identityKey) ? 'trusted' : 'changed';
}

/** Decides whether a key belongs to an account. */
export type JudgeIdentity = typeof judgeIdentity;

/** As if no key were pinned: whether the team vouches for this one. For looking, never for what is kept or answered. */
export async function judgeByProfile(
  tx: StorageTransaction,
  own: OwnIdentity,
  accountId: AccountId,
  identityKey: Uint8Array,
): Promise<Trust> {
  const profileKey = (await getMember(tx, accountId))?.profile?.identityKey;
  if (accountId === own.accountId || profileKey === undefined) return 'unknown';
  return equalBytes(profileKey, identityKey) ? 'trusted' : 'changed';
}

export async function getPinnedIdentity(
  tx: StorageTransaction,
  own: OwnIdentity,
  accountId: AccountId,
): Promise<Uint8Array | undefined> {
  if (accountId === own.accountId) return own.identityPublicKey;
  return (await pins.get(tx, accountId))?.identityKey;
}

/** Whether this replaced another key. */
export async function pinIdentity(
  tx: StorageTransaction,
  own: OwnIdentity,
  accountId: AccountId,
  identityKey: Uint8Array,
): Promise<boolean> {
  if (accountId === own.accountId) return false;
  const before = await pins.get(tx, accountId);
  if (before !== undefined && equalBytes(before.identityKey, identityKey)) return false;
  await pins.put(tx, accountId, { identityKey });
  return before !== undefined;
}

export const unpinIdentity = (tx: StorageTransaction, accountId: AccountId): Promise<void> =>
  pins.delete(tx, accountId);
