/** What a group is: a state that exists on the devices of its members, and travels between them. */
import { encodeHex, decodeHex } from '../../wire/encoding.ts';
import {
  GroupAccess,
  GroupRole,
  type GroupContext,
  type GroupState as WireState,
} from '../../wire/generated/content.ts';
import { accountIdFromBytes, accountIdToBytes, type AccountId } from '../../wire/ids.ts';
import { GROUP_ID_BYTES, groupConversation, groupIdOf } from '../conversations/conversation-id.ts';
import { clampExpireTimer } from '../conversations/limits.ts';

/** Every message is encrypted for each device of each member, so a group cannot be without bound. */
export const MAX_GROUP_MEMBERS = 200;
/** UTF-16 code units. */
export const MAX_TITLE_UNITS = 100;
export const MAX_DESCRIPTION_UNITS = 1000;
/** It travels in every change of the group. */
export const MAX_GROUP_AVATAR_BYTES = 24 * 1024;
export const STATE_ID_BYTES = 8;
/** How far back a state tells what it was made from. */
const MAX_ANCESTORS = 32;

export interface GroupMember {
  readonly accountId: AccountId;
  readonly isAdmin: boolean;
}

/** Who may do something. */
export type GroupAccessLevel = 'members' | 'admins';

export interface GroupState {
  /** `group:` and the group id in hex. */
  readonly id: string;
  readonly revision: number;
  /** Hex. */
  readonly stateId: string;
  /** State ids, newest first. */
  readonly ancestors: readonly string[];
  readonly title: string;
  readonly description: string;
  readonly avatar: Uint8Array;
  readonly avatarContentType: string;
  /** In the order of their ids. */
  readonly members: readonly GroupMember[];
  readonly expireTimerSeconds: number;
  readonly addMembers: GroupAccessLevel;
  readonly editAttributes: GroupAccessLevel;
}

export const isIn = (state: GroupState, accountId: string): boolean =>
  state.members.some((member) => member.accountId === accountId);

export const sortMembers = (members: readonly GroupMember[]): GroupMember[] =>
  members.toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1));

/** Which state is meant. */
export type StateName = Pick<GroupState, 'revision' | 'stateId'>;

export const toStateName = ({ revision, stateId }: GroupContext): StateName => ({
  revision,
  stateId: encodeHex(stateId),
});

/** Of two states the same one on every device: the higher revision, then the greater state id. */
export function isNewer(state: StateName, than: StateName): boolean {
  return state.revision === than.revision ? state.stateId > than.stateId : state.revision > than.revision;
}

/** The state that a change was made from. */
export const parentOf = (state: GroupState): string | undefined => state.ancestors[0];

/** A change of `state`: what is made of it, under a new state id. */
export function succeed(state: GroupState, change: Partial<GroupState>, stateId: Uint8Array): GroupState {
  return {
    ...state,
    ...change,
    revision: state.revision + 1,
    stateId: encodeHex(stateId),
    ancestors: [state.stateId, ...state.ancestors].slice(0, MAX_ANCESTORS),
  };
}

export function toContext({ id, revision, stateId }: Pick<GroupState, 'id' | 'revision' | 'stateId'>): GroupContext {
  return { groupId: groupIdOf(id), revision, stateId: decodeHex(stateId) };
}

export function toWire(state: GroupState): WireState {
  const toAccess = (level: GroupAccessLevel): GroupAccess =>
    level === 'admins' ? GroupAccess.ADMINS : GroupAccess.MEMBERS;
  return {
    groupId: groupIdOf(state.id),
    revision: state.revision,
    stateId: decodeHex(state.stateId),
    ancestors: state.ancestors.map((id) => decodeHex(id)),
    title: state.title,
    description: state.description,
    avatar: state.avatar,
    avatarContentType: state.avatarContentType,
    members: state.members.map(({ accountId, isAdmin }) => ({
      accountId: accountIdToBytes(accountId),
      role: isAdmin ? GroupRole.ADMIN : GroupRole.MEMBER,
    })),
    expireTimerSeconds: state.expireTimerSeconds,
    addMembers: toAccess(state.addMembers),
    editAttributes: toAccess(state.editAttributes),
  };
}

/** Undefined when it is not the state of a group, or beyond its limits. */
export function fromWire(wire: WireState | undefined): GroupState | undefined {
  if (wire?.groupId.length !== GROUP_ID_BYTES || !isWithinLimits(wire)) return undefined;
  const fromAccess = (access: GroupAccess): GroupAccessLevel => (access === GroupAccess.ADMINS ? 'admins' : 'members');
  const roles = new Map(
    wire.members.map(({ accountId, role }) => [accountIdFromBytes(accountId), role === GroupRole.ADMIN]),
  );
  return {
    id: groupConversation(wire.groupId),
    revision: wire.revision,
    stateId: encodeHex(wire.stateId),
    ancestors: wire.ancestors.map((id) => encodeHex(id)),
    title: wire.title,
    description: wire.description,
    avatar: wire.avatar,
    avatarContentType: wire.avatarContentType,
    members: sortMembers(Array.from(roles, ([accountId, isAdmin]) => ({ accountId, isAdmin }))),
    expireTimerSeconds: clampExpireTimer(wire.expireTimerSeconds),
    addMembers: fromAccess(wire.addMembers),
    editAttributes: fromAccess(wire.editAttributes),
  };
}

function isWithinLimits({ revision, stateId, ancestors, title, description, avatar, members, ...rest }: WireState) {
  return (
    revision > 0 &&
    [stateId, ...ancestors].every(({ length }) => length === STATE_ID_BYTES) &&
    ancestors.length <= MAX_ANCESTORS &&
    title.length > 0 &&
    title.length <= MAX_TITLE_UNITS &&
    description.length <= MAX_DESCRIPTION_UNITS &&
    avatar.length <= MAX_GROUP_AVATAR_BYTES &&
    rest.avatarContentType.length <= 100 &&
    members.length <= MAX_GROUP_MEMBERS &&
    members.every(({ accountId }) => accountId.length === 16)
  );
}
