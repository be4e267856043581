/** Accounts that are no members: the other end of a test call, for as long as it lasts. The server alone says whose key it is, so
 * nothing that comes from a guest is believed or kept, and nobody is shown it as a person. */
import { equalBytes } from '../bytes.ts';
import type { AccountId } from '../../wire/ids.ts';
import { ClientError } from '../errors.ts';
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';
import { getMember } from './directory.ts';

interface Guest {
  readonly identityKey: Uint8Array;
}

const guests = defineTable<Guest>('guests');

/** @throws ClientError NOT_ALLOWED when this is a member, whose key the team vouches for, or a guest with another key */
export async function addGuest(tx: StorageTransaction, accountId: AccountId, identityKey: Uint8Array): Promise<void> {
  const known = await guests.get(tx, accountId);
  const isOther = known !== undefined && !equalBytes(known.identityKey, identityKey);
  if (isOther || (await getMember(tx, accountId)) !== undefined) throw new ClientError('NOT_ALLOWED');
  await guests.put(tx, accountId, { identityKey });
}

/** Undefined for everybody else. A member is never a guest, whatever the server has said before it listed them. */
export async function getGuestKey(tx: StorageTransaction, accountId: AccountId): Promise<Uint8Array | undefined> {
  const guest = await guests.get(tx, accountId);
  return guest === undefined || (await getMember(tx, accountId)) !== undefined ? undefined : guest.identityKey;
}

export const isGuest = async (tx: StorageTransaction, accountId: AccountId): Promise<boolean> =>
  (await getGuestKey(tx, accountId)) !== undefined;

export async function listGuests(tx: StorageTransaction): Promise<AccountId[]> {
  return (await guests.list(tx)).map(({ key }) => key as AccountId);
}

export const removeGuest = (tx: StorageTransaction, accountId: AccountId): Promise<void> =>
  guests.delete(tx, accountId);
