/** A group as a UI shows it. */
import type { AccountId } from '../../wire/ids.ts';
import { loadPresence } from '../directory/former-members.ts';
import type { StorageTransaction } from '../ports.ts';
import { isGroupAdmin } from './group-rules.ts';
import type { GroupAccessLevel, GroupMember, GroupState } from './group-state.ts';
import { getGroup, listGroups } from './group-store.ts';

export interface Group {
  /** The conversation: `group:` and the group id in hex. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Empty when there is none. */
  readonly avatar: Uint8Array;
  readonly avatarContentType: string;
  readonly revision: number;
  /** Those who are still in the team. */
  readonly members: readonly GroupMember[];
  readonly addMembers: GroupAccessLevel;
  readonly editAttributes: GroupAccessLevel;
  readonly expireTimerSeconds: number;
  /** Of this account; without it, the conversation can only be read. */
  readonly isMember: boolean;
  readonly isAdmin: boolean;
  readonly canAddMembers: boolean;
  readonly canEdit: boolean;
}

/** Undefined when this device knows no such group. */
export async function findGroup(tx: StorageTransaction, id: string, self: AccountId): Promise<Group | undefined> {
  const record = await getGroup(tx, id);
  return record === undefined ? undefined : toGroup(tx, record.state, self);
}

/** Those that this account is in. */
export async function listOwnGroups(tx: StorageTransaction, self: AccountId): Promise<Group[]> {
  const groups: Group[] = [];
  for (const { state } of await listGroups(tx)) groups.push(await toGroup(tx, state, self));
  return groups.filter(({ isMember }) => isMember).sort((a, b) => a.title.localeCompare(b.title));
}

async function toGroup(tx: StorageTransaction, state: GroupState, self: AccountId): Promise<Group> {
  const isPresent = await loadPresence(tx);
  const members = state.members
    .filter(({ accountId }) => isPresent(accountId))
    .map(({ accountId }) => ({ accountId, isAdmin: isGroupAdmin(state, accountId, isPresent) }));
  const own = members.find(({ accountId }) => accountId === self);
  const { id, title, description, avatar, avatarContentType, revision, addMembers, editAttributes } = state;
  const isAdmin = own?.isAdmin === true;
  return {
    ...{ id, title, description, avatar, avatarContentType, revision, members, addMembers, editAttributes },
    expireTimerSeconds: state.expireTimerSeconds,
    isMember: own !== undefined,
    isAdmin,
    canAddMembers: isAdmin || (own !== undefined && addMembers === 'members'),
    canEdit: isAdmin || (own !== undefined && editAttributes === 'members'),
  };
}
