/** Who may change what in a group, and what a change was. Pure: the same on every device. */
import type { AccountId } from '../../wire/ids.ts';
import { equalBytes } from '../bytes.ts';
import type { GroupChange } from '../conversations/notice.ts';
import { isIn, type GroupState } from './group-state.ts';

/** Whether an account is still in the team: who has left the team is in none of its groups. */
export type IsPresent = (accountId: AccountId) => boolean;

/** Without an admin who is still in the team, the first of the members stands in. */
export function isGroupAdmin(state: GroupState, accountId: AccountId, isPresent: IsPresent): boolean {
  const present = state.members.filter((member) => isPresent(member.accountId));
  if (!present.some((member) => member.accountId === accountId)) return false;
  const admins = present.filter(({ isAdmin }) => isAdmin);
  return admins.length === 0
    ? present[0]?.accountId === accountId
    : admins.some((admin) => admin.accountId === accountId);
}

/** What is different in `after`. */
export function compareStates(before: GroupState, after: GroupState, by: AccountId): GroupChange[] {
  return [...compareMembers(before, after, by), ...compareAttributes(before, after)];
}

function compareMembers(before: GroupState, after: GroupState, by: AccountId): GroupChange[] {
  const roles = new Map(before.members.map(({ accountId, isAdmin }) => [accountId, isAdmin]));
  const added = after.members.flatMap(({ accountId, isAdmin }): GroupChange[] => {
    const was = roles.get(accountId);
    if (was === undefined) return [{ type: 'added', accountId }, ...(isAdmin ? [promotion(accountId)] : [])];
    if (was === isAdmin) return [];
    return [isAdmin ? promotion(accountId) : { type: 'demoted', accountId }];
  });
  const gone = before.members.filter(({ accountId }) => !isIn(after, accountId));
  const removed = gone.map(({ accountId }): GroupChange => ({
    type: accountId === by ? 'left' : 'removed',
    accountId,
  }));
  return [...added, ...removed];
}

const promotion = (accountId: AccountId): GroupChange => ({ type: 'promoted', accountId });

function compareAttributes(before: GroupState, after: GroupState): GroupChange[] {
  const { title, description, expireTimerSeconds, addMembers, editAttributes } = after;
  const changes: (GroupChange | false)[] = [
    before.title !== title && { type: 'title', title },
    before.description !== description && { type: 'description', description },
    !equalBytes(before.avatar, after.avatar) && { type: 'avatar' },
    before.expireTimerSeconds !== expireTimerSeconds && { type: 'expire-timer', expireTimerSeconds },
    before.addMembers !== addMembers && { type: 'access', what: 'add-members', who: addMembers },
    before.editAttributes !== editAttributes && { type: 'access', what: 'edit-attributes', who: editAttributes },
  ];
  return changes.filter((change) => change !== false);
}

/** Whether `by` may make `after` of `before`. */
export function isAllowed(before: GroupState, after: GroupState, by: AccountId, isPresent: IsPresent): boolean {
  if (!isIn(before, by) || !isPresent(by)) return false;
  if (isGroupAdmin(before, by, isPresent)) return true;
  return compareStates(before, after, by).every((change) => isAllowedForMembers(before, change, isPresent));
}

function isAllowedForMembers(before: GroupState, change: GroupChange, isPresent: IsPresent): boolean {
  switch (change.type) {
    case 'added':
      return before.addMembers === 'members';
    case 'left':
      return true;
    case 'removed':
      // Who has left the team may be tidied away by anybody.
      return !isPresent(change.accountId);
    case 'title':
    case 'description':
    case 'avatar':
    case 'expire-timer':
      return before.editAttributes === 'members';
    default:
      return false;
  }
}
