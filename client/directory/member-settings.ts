/** What this account has decided about a member: whether their safety number was compared, and whether they are blocked. The
 * same on all own devices. */
import type { AccountId } from '../../wire/ids.ts';
import { equalBytes } from '../bytes.ts';
import { appendJournal } from '../conversations/journal.ts';
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';
import { getMember } from './directory.ts';

export interface MemberSettings {
  /** The key that was compared: with another key the member is not verified any more. */
  readonly verifiedIdentityKey?: Uint8Array;
  readonly isBlocked: boolean;
  readonly changedAt: number;
}

const settings = defineTable<MemberSettings>('member-settings');

export async function getMemberSettings(tx: StorageTransaction, accountId: AccountId): Promise<MemberSettings> {
  return (await settings.get(tx, accountId)) ?? { isBlocked: false, changedAt: 0 };
}

export async function listMemberSettings(
  tx: StorageTransaction,
): Promise<(MemberSettings & { readonly accountId: AccountId })[]> {
  return (await settings.list(tx)).map(({ key, value }) => ({ accountId: key as AccountId, ...value }));
}

/** Whether they were newer than those that are known. */
export async function putMemberSettings(
  tx: StorageTransaction,
  accountId: AccountId,
  changed: MemberSettings,
): Promise<boolean> {
  if (changed.changedAt <= (await getMemberSettings(tx, accountId)).changedAt) return false;
  await settings.put(tx, accountId, changed);
  await appendJournal(tx, { type: 'settings' });
  return true;
}

export async function isBlocked(tx: StorageTransaction, accountId: AccountId): Promise<boolean> {
  return (await getMemberSettings(tx, accountId)).isBlocked;
}

/** Whether the key that was compared is the one that the member has now. */
export async function isVerified(tx: StorageTransaction, accountId: AccountId): Promise<boolean> {
  const { verifiedIdentityKey } = await getMemberSettings(tx, accountId);
  const current = (await getMember(tx, accountId))?.profile?.identityKey;
  return verifiedIdentityKey !== undefined && current !== undefined && equalBytes(verifiedIdentityKey, current);
}
