/** The members of the team and their profiles, kept on the device: names resolve without the server, and identity keys
 * are compared with what the team key vouches for. */
import { isAccountId, type AccountId } from '../../wire/ids.ts';
import type { Profile, TeamProfile } from '../../wire/generated/directory.ts';
import type { Member, Role } from '../../wire/schemas.ts';
import { loadAccount, saveAccount, type Account } from '../account/account-record.ts';
import { currentTeamKey, MAX_KEY_ID, teamKeysOf, type TeamKey } from '../account/team-keys.ts';
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
  /** Its profile at the server is still under a team key from before: it has missed the present one, or has not come to it. */
  readonly isUnderFormerKey?: boolean;
  /** The server has an older profile than this device knows, or none: it was restored from a backup. */
  readonly isServerBehind?: boolean;
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

/** The next list is merged whatever the server says: there is a key that may open more of it. */
export const forgetVersion = (tx: StorageTransaction): Promise<void> => versions.delete(tx, ONLY_KEY);

/** Fetches the list and merges it in one transaction. Gives the accounts whose profile names another key than before. */
export async function refreshDirectory(ports: ClientPorts, api: Api, account: Account): Promise<AccountId[]> {
  const known = await ports.storage.transaction((tx) => versions.get(tx, ONLY_KEY));
  const { version, members, isUnchanged } = await api.call(
    'listMembers',
    known === undefined ? {} : { query: { known } },
  );
  if (known !== undefined && isUnchanged === true) return [];
  return ports.storage.transaction(async (tx) => {
    const keys = await learnKeyId(ports.signal, tx, (await loadAccount(tx)) ?? account, members);
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
      if (await mergeMember(ports, tx, keys, member.accountId, member)) changed.push(member.accountId);
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
  keys: readonly TeamKey[],
  accountId: AccountId,
  member: Member,
): Promise<boolean> {
  const known = await entries.get(tx, accountId);
  const opened = openWith(ports.signal, keys, accountId, member.profile);
  if (opened !== undefined && opened.profile.revision < (known?.profile?.revision ?? 0)) {
    ports.log.write('warn', 'profile.revision-went-back', { accountId });
  }
  const profile = chooseProfile(known, opened);
  const isUnderFormerKey = opened?.isUnderFormerKey ?? known?.isUnderFormerKey === true;
  const base = { accountId, role: member.role, createdAt: member.createdAt, isMember: true };
  const state = {
    ...(isUnderFormerKey && { isUnderFormerKey }),
    ...(isBehind(known, member, opened) && { isServerBehind: true }),
  };
  await entries.put(tx, accountId, { ...base, ...state, ...(profile === undefined ? {} : { profile }) });
  return (
    known?.profile !== undefined && profile !== undefined && !equalBytes(known.profile.identityKey, profile.identityKey)
  );
}

/** Who joins with a link has a key, but not its number: it is in the profiles of those who make keys. */
async function learnKeyId(
  signal: ClientPorts['signal'],
  tx: StorageTransaction,
  account: Account,
  members: readonly Member[],
): Promise<TeamKey[]> {
  const current = currentTeamKey(account);
  const claimed = members.flatMap(({ accountId, role, profile }) => {
    if (role === 'member' || profile === undefined || !isAccountId(accountId)) return [];
    return openProfile(signal, current.key, accountId, profile)?.teamKeyId ?? [];
  });
  const teamKeyId = Math.max(current.id, ...claimed.filter((id) => id <= MAX_KEY_ID));
  if (teamKeyId === current.id) return teamKeysOf(account);
  await saveAccount(tx, { ...account, teamKeyId });
  return teamKeysOf({ ...account, teamKeyId });
}

interface OpenedProfile {
  readonly profile: Profile;
  readonly isUnderFormerKey: boolean;
}

function openWith(
  signal: ClientPorts['signal'],
  keys: readonly TeamKey[],
  accountId: AccountId,
  blob: string | undefined,
): OpenedProfile | undefined {
  for (const [index, { key }] of blob === undefined ? [] : keys.entries()) {
    const profile = openProfile(signal, key, accountId, blob ?? '');
    if (profile !== undefined) return { profile, isUnderFormerKey: index > 0 };
  }
  return undefined;
}

/** An old profile served again must not bring back an old key or name. And whoever was removed still has the team key of
 * their time: what is known already is not replaced by what is under a former one. */
function chooseProfile(
  known: DirectoryEntry | undefined,
  opened: OpenedProfile | undefined,
): DirectoryEntry['profile'] {
  if (opened === undefined) return known?.profile;
  if (known?.profile === undefined) return opened.profile;
  const isNews = !opened.isUnderFormerKey && opened.profile.revision >= known.profile.revision;
  return isNews ? opened.profile : known.profile;
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

/** Not of a profile that cannot be opened: it may be under a key that this device has missed. */
function isBehind(known: DirectoryEntry | undefined, member: Member, opened: OpenedProfile | undefined): boolean {
  if (known?.profile === undefined) return false;
  return member.profile === undefined || (opened?.profile.revision ?? Infinity) < known.profile.revision;
}

/** How an account is called until its profile is known. */
export function shortAccountId(accountId: string): string {
  return accountId.slice(0, 8);
}
