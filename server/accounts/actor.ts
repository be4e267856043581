import type { AccountId, DeviceId } from '../../wire/ids.ts';
import type { Account } from './account.ts';

/** Who makes a request: an authenticated device, with its account as it is now. */
export interface Actor {
  readonly account: Account;
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
}

export const isAdministrator = (actor: Actor): boolean => actor.account.role !== 'member';
export const isOwner = (actor: Actor): boolean => actor.account.role === 'owner';
