/** The members of the team and their profiles, kept on the device: names resolve without the server, and identity keys
 * are compared with what the team key vouches for. */
import { isAccountId, type AccountId } from '../../wire/ids.ts';
import type { TeamProfile } from '../../wire/generated/directory.ts';
import type { Member, Role } from '../../wire/schemas.ts';
import type { Account } from '../account/account-record.ts';
import { equalBytes } from '../bytes.ts';
import { noteLocally } from '../conversations/insert-notice.ts';
import { listConversationsWith } from '../conversations/shared.ts';
import type { ClientPorts, StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';
import type { Api } from '../transport/api.ts';
import { setFormer } from './former-members.ts';
import { openProfile } from './profile-crypto.ts';

export interface DirectoryEntry {
  readonly accountId: AccountId;
  readonly role: Role;
  readonly createdAt: number;
  /** False after the member has left; the name is kept for the history. */
  readonly isMember: boolean;
  /** Absent while no profile could be read. */
  readonly profile?: {
    readonly displayName: string;
    readonly identityKey: Uint8Array;
    readonly revision: number;
    readonly about: string;
    readonly avatar: Uint8Array;
    readonly avatarContentType: string;
    /** Counts only if the account is an owner; see team-profile.ts. */
    readonly team?: TeamProfile | undefined;
  };
}

const entries = defineTable<DirectoryEntry>('directory');
/** Version of the list that was merged last: the server then says "unchanged" instead of sending all profiles again. */
const versions = defineTable<string>('directory-version');
const ONLY_KEY = 'members';

export const getMember = (tx: StorageTransaction, accountId: AccountId): Promise<DirectoryEntry | undefined> =>
  entries.get(tx, accountId);

export async function listDirectory(tx: StorageTransaction): Promise<DirectoryEntry[]> {
  return (await entries.list(tx)).map(({ value }) => value);
}

/** Fetches the list and merges it in one transaction. Gives the accounts whose profile names another key than before. */
export async function refreshDirectory(ports: ClientPorts, api: Api, account: Account): Promise<AccountId[]> {
  const known = await ports.storage.transaction((tx) => versions.get(tx, ONLY_KEY));
  const { version, members, isUnchanged } = await api.call(
    'listMembers',
    known === undefined ? {} : { query: { known } },
  );
  if (known !== undefined && isUnchanged === true) return [];
  return ports.storage.transaction(async (tx) => {
    const present = new Set(members.map(({ accountId }) => accountId));
    const known = await listDirectory(tx);
    for (const entry of known) {
      if (present.has(entry.accountId) || !entry.isMember) continue;
      await entries.put(tx, entry.accountId, { ...entry, isMember: false });
      await setFormer(tx, entry.accountId, true);
      await noteAbout(tx, entry.accountId, 'member-left', ports.clock.now());
    }
    const changed: AccountId[] = [];
    for (const member of members) {
      if (!isAccountId(member.accountId)) continue;
      // Whoever comes to a team for the first time finds everybody there.
      const isNew = known.length > 0 && !known.some(({ accountId }) => accountId === member.accountId);
      if (await mergeMember(ports, tx, account, member.accountId, member)) changed.push(member.accountId);
      if (known.some(({ accountId, isMember }) => accountId === member.accountId && !isMember)) {
        await setFormer(tx, member.accountId, false);
      }
      if (isNew && member.accountId !== account.accountId) {
        await noteAbout(tx, member.accountId, 'member-joined', ports.clock.now());
      }
    }
    for (const accountId of changed) await noteAbout(tx, accountId, 'identity-changed', ports.clock.now());
    await versions.put(tx, ONLY_KEY, version);
    return changed;
  });
}

/** Whether the identity key in the profile is another one than before. */
async function mergeMember(
  ports: ClientPorts,
  tx: StorageTransaction,
  account: Account,
  accountId: AccountId,
  member: Member,
): Promise<boolean> {
  const known = await entries.get(tx, accountId);
  const opened =
    member.profile === undefined ? undefined : openProfile(ports.signal, account.teamKey, accountId, member.profile);
  // An old profile served again must not bring back an old key or name.
  const isOlder = opened !== undefined && opened.revision < (known?.profile?.revision ?? 0);
  if (isOlder) ports.log.write('warn', 'profile.revision-went-back', { accountId });
  const profile = opened === undefined || isOlder ? known?.profile : opened;
  const base = { accountId, role: member.role, createdAt: member.createdAt, isMember: true };
  await entries.put(tx, accountId, profile === undefined ? base : { ...base, profile });
  return (
    known?.profile !== undefined && profile !== undefined && !equalBytes(known.profile.identityKey, profile.identityKey)
  );
}

async function noteAbout(
  tx: StorageTransaction,
  accountId: AccountId,
  type: 'member-joined' | 'member-left' | 'identity-changed',
  now: number,
): Promise<void> {
  // Nobody was in a group before they joined.
  const conversations = type === 'member-joined' ? [accountId] : await listConversationsWith(tx, accountId);
  await noteLocally(tx, conversations, { type, accountId }, accountId, now);
}

/** How an account is called until its profile is known. */
export function shortAccountId(accountId: string): string {
  return accountId.slice(0, 8);
}
