/** What a member does to a group. Kept until it is certain that it was not lost to a change of someone else's at the same
 * moment: then it is done again. */
import type { AccountId } from '../../wire/ids.ts';
import { omit } from '../omit.ts';
import { isIn, sortMembers, type GroupAccessLevel, type GroupMember, type GroupState } from './group-state.ts';

export type GroupOperation =
  | {
      readonly type: 'edit';
      readonly title?: string;
      readonly description?: string;
      readonly avatar?: Uint8Array;
      readonly avatarContentType?: string;
    }
  | { readonly type: 'add'; readonly accountIds: readonly AccountId[] }
  | { readonly type: 'remove' | 'promote' | 'demote'; readonly accountId: AccountId }
  | { readonly type: 'leave' }
  | { readonly type: 'expire-timer'; readonly expireTimerSeconds: number }
  | { readonly type: 'access'; readonly addMembers?: GroupAccessLevel; readonly editAttributes?: GroupAccessLevel };

/** What becomes different; undefined when nothing does. */
export function operate(state: GroupState, operation: GroupOperation, by: AccountId): Partial<GroupState> | undefined {
  switch (operation.type) {
    case 'edit':
    case 'access': {
      const change = omit(operation, 'type');
      return Object.keys(change).length === 0 ? undefined : change;
    }
    case 'expire-timer': {
      const { expireTimerSeconds } = operation;
      return expireTimerSeconds === state.expireTimerSeconds ? undefined : { expireTimerSeconds };
    }
    case 'add':
      return add(state, operation.accountIds);
    case 'remove':
      return isIn(state, operation.accountId) ? { members: without(state.members, operation.accountId) } : undefined;
    case 'leave':
      return isIn(state, by) ? { members: withAdmin(without(state.members, by)) } : undefined;
    case 'promote':
    case 'demote':
      return setRole(state, operation.accountId, operation.type === 'promote');
  }
}

function add(state: GroupState, accountIds: readonly AccountId[]): Partial<GroupState> | undefined {
  const added = [...new Set(accountIds)].filter((accountId) => !isIn(state, accountId));
  if (added.length === 0) return undefined;
  return { members: sortMembers([...state.members, ...added.map((accountId) => ({ accountId, isAdmin: false }))]) };
}

function setRole(state: GroupState, accountId: AccountId, isAdmin: boolean): Partial<GroupState> | undefined {
  const member = state.members.find((known) => known.accountId === accountId);
  if (member === undefined || member.isAdmin === isAdmin) return undefined;
  return { members: state.members.map((known) => (known === member ? { accountId, isAdmin } : known)) };
}

const without = (members: readonly GroupMember[], accountId: AccountId): GroupMember[] =>
  members.filter((member) => member.accountId !== accountId);

/** When the last admin leaves, the first member follows. */
function withAdmin(members: readonly GroupMember[]): GroupMember[] {
  if (members.some(({ isAdmin }) => isAdmin)) return [...members];
  return members.map(({ accountId }, index) => ({ accountId, isAdmin: index === 0 }));
}
