/** What is known about whether a member is who they seem to be. */
import type { AccountId } from '../../wire/ids.ts';
import { ClientError } from '../errors.ts';
import { countHeld } from '../messaging/held.ts';
import type { StorageTransaction } from '../ports.ts';
import { getMember } from './directory.ts';
import { getMemberSettings, isVerified } from './member-settings.ts';
import { judgeIdentity, type OwnIdentity } from './trust.ts';

export interface IdentityState {
  /** The key can be compared with one that the team key vouches for. */
  readonly hasProfile: boolean;
  /** The safety number was compared, and the key is still that one. */
  readonly isVerified: boolean;
  /** It was compared once, with another key. */
  readonly wasVerified: boolean;
  /** The profile names another key than the pinned one: nothing is sent or read until `acceptIdentity`. */
  readonly isChanged: boolean;
  readonly isBlocked: boolean;
  /** Messages from this member that wait, encrypted, for their key to be confirmed. */
  readonly pendingCount: number;
}

/** @throws ClientError UNKNOWN_MEMBER */
export async function getIdentityState(
  tx: StorageTransaction,
  own: OwnIdentity,
  accountId: AccountId,
): Promise<IdentityState> {
  const entry = await getMember(tx, accountId);
  if (entry === undefined) throw new ClientError('UNKNOWN_MEMBER');
  const key = entry.profile?.identityKey;
  const settings = await getMemberSettings(tx, accountId);
  const isVerifiedNow = await isVerified(tx, accountId);
  return {
    hasProfile: key !== undefined,
    isVerified: isVerifiedNow,
    wasVerified: settings.verifiedIdentityKey !== undefined && !isVerifiedNow,
    isChanged: key !== undefined && (await judgeIdentity(tx, own, accountId, key)) === 'changed',
    isBlocked: settings.isBlocked,
    pendingCount: await countHeld(tx, accountId),
  };
}
