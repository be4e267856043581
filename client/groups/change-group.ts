/** Changes of groups that this account makes: the new state goes to everybody whom it concerns. */
import type { AccountId } from '../../wire/ids.ts';
import { encodeHex } from '../../wire/encoding.ts';
import { groupConversation, GROUP_ID_BYTES } from '../conversations/conversation-id.ts';
import { loadPresence } from '../directory/former-members.ts';
import { ClientError } from '../errors.ts';
import { composeTo } from '../messaging/compose.ts';
import { requireExpireTimer, type ActionContext } from '../messaging/message-actions.ts';
import { operate, type GroupOperation } from './group-operation.ts';
import { compareStates, isAllowed } from './group-rules.ts';
import {
  isIn,
  MAX_DESCRIPTION_UNITS,
  MAX_GROUP_AVATAR_BYTES,
  MAX_GROUP_MEMBERS,
  MAX_TITLE_UNITS,
  sortMembers,
  STATE_ID_BYTES,
  succeed,
  toContext,
  toWire,
  type GroupState,
  type StateName,
} from './group-state.ts';
import { getGroup, putGroup, requireGroup, type GroupRecord, type PendingOperation } from './group-store.ts';

export interface NewGroup {
  readonly title: string;
  readonly members: readonly AccountId[];
  readonly description?: string;
  readonly avatar?: Uint8Array;
  readonly avatarContentType?: string;
}

/** A change is certain when this many others have come after it, which must be fewer than a state tells of its ancestors; or
 * when every other change of its time has arrived or expired. */
const CERTAIN_AFTER_REVISIONS = 16;
const PENDING_MS = 7 * 24 * 60 * 60 * 1000;
/** How far ahead members can be when an admin has missed much. */
const MAX_REVISION_JUMP = 1000;
/** Everybody repeats what was lost at the same time, so that it may be lost again. */
const MAX_REPETITIONS = 10;

/** Gives the conversation. @throws ClientError NOT_ALLOWED */
export async function createGroup(context: ActionContext, group: NewGroup): Promise<string> {
  const { ports, account } = context;
  const id = groupConversation(ports.random.bytes(GROUP_ID_BYTES));
  const others = [...new Set(group.members)].filter((accountId) => accountId !== account.accountId);
  const state: GroupState = {
    id,
    revision: 1,
    stateId: encodeHex(ports.random.bytes(STATE_ID_BYTES)),
    ancestors: [],
    title: group.title.trim(),
    description: group.description ?? '',
    avatar: group.avatar ?? new Uint8Array(),
    avatarContentType: group.avatarContentType ?? '',
    members: sortMembers([
      { accountId: account.accountId, isAdmin: true },
      ...others.map((accountId) => ({ accountId, isAdmin: false })),
    ]),
    expireTimerSeconds: 0,
    addMembers: 'members',
    editAttributes: 'members',
  };
  requireLimits(state);
  await sendState(context, undefined, state);
  return id;
}

/** @throws ClientError NO_SUCH_CONVERSATION, NOT_IN_GROUP, NOT_ALLOWED */
export async function changeGroup(context: ActionContext, id: string, operation: GroupOperation): Promise<void> {
  const { tx, account, ports } = context;
  const record = await requireGroup(context, id);
  if (operation.type === 'expire-timer') requireExpireTimer(operation.expireTimerSeconds);
  const state = toNextState(context, record.state, operation);
  if (state === undefined) return;
  requireLimits(state);
  const isPresent = await loadPresence(tx);
  if (!isAllowed(record.state, state, account.accountId, isPresent)) {
    throw new ClientError('NOT_ALLOWED', 'Only an admin of the group can do this.');
  }
  const { stateId, revision } = state;
  const pending = { stateId, revision, operation, madeAt: ports.clock.now(), repetitions: 0 };
  await sendState(context, { ...record, pending: [...record.pending, pending] }, state);
}

/** After a state has come from someone else: what of one's own changes is not in it was lost, and is made again. */
export async function repeatLost(context: ActionContext, id: string): Promise<void> {
  const { tx, account, ports } = context;
  const record = await getGroup(tx, id);
  if (record === undefined || record.pending.length === 0) return;
  const { state } = record;
  const included = new Set([state.stateId, ...state.ancestors]);
  const isOpen = ({ madeAt, revision }: PendingOperation): boolean =>
    ports.clock.now() - madeAt < PENDING_MS && state.revision < revision + CERTAIN_AFTER_REVISIONS;
  const open = record.pending.filter(isOpen);
  // Even what is in this state may be lost, should another one win over it.
  await putGroup(tx, { ...record, pending: open.filter(({ stateId }) => included.has(stateId)) });
  if (!isIn(state, account.accountId)) return;
  for (const lost of open.filter(({ stateId }) => !included.has(stateId))) await repeat(context, id, lost);
}

/** An admin who is told a state that nobody can vouch for says what holds: this one, above the other. Whoever has made a
 * change that is not in it makes it again. */
export async function reassert(context: ActionContext, record: GroupRecord, other: StateName): Promise<void> {
  const next = succeed(record.state, {}, context.ports.random.bytes(STATE_ID_BYTES));
  const revision = Math.max(next.revision, other.revision + 1);
  // A made-up number must not use up all numbers.
  if (revision > record.state.revision + MAX_REVISION_JUMP) return;
  await sendState(context, record, { ...next, revision });
}

async function repeat(context: ActionContext, id: string, lost: PendingOperation): Promise<void> {
  const { tx, account } = context;
  const current = await requireGroup(context, id);
  const next = toNextState(context, current.state, lost.operation);
  if (next === undefined) {
    // It has come back with this state, by way of an earlier attempt.
    const { stateId } = current.state;
    return putGroup(tx, { ...current, pending: [...current.pending, { ...lost, stateId }] });
  }
  const isPossible =
    lost.repetitions < MAX_REPETITIONS &&
    next.members.length <= MAX_GROUP_MEMBERS &&
    isAllowed(current.state, next, account.accountId, await loadPresence(tx));
  if (!isPossible) return;
  const { stateId, revision } = next;
  const pending = { ...lost, stateId, revision, repetitions: lost.repetitions + 1 };
  await sendState(context, { ...current, pending: [...current.pending, pending] }, next);
}

function toNextState(
  { ports, account }: ActionContext,
  state: GroupState,
  operation: GroupOperation,
): GroupState | undefined {
  const change = operate(state, operation, account.accountId);
  if (change === undefined) return undefined;
  const next = succeed(state, change, ports.random.bytes(STATE_ID_BYTES));
  return compareStates(state, next, account.accountId).length === 0 ? undefined : next;
}

/** To the members before and after: who is removed learns it, and hears nothing more. */
async function sendState(context: ActionContext, record: GroupRecord | undefined, state: GroupState): Promise<void> {
  const { ports, tx, account } = context;
  const isPresent = await loadPresence(tx);
  const concerned = new Set([...(record?.state.members ?? []), ...state.members].map(({ accountId }) => accountId));
  const others = [...concerned].filter((accountId) => accountId !== account.accountId && isPresent(accountId));
  // Applied as it is by everybody else: with a notice, and the state before as what it was made from.
  const target = { conversation: state.id, recipients: others, group: toContext(state), expireTimerSeconds: 0 };
  if (record !== undefined) await putGroup(tx, record);
  await composeTo(ports, tx, account, target, { $case: 'groupUpdate', value: { state: toWire(state) } });
}

function requireLimits({ title, description, avatar, members }: GroupState): void {
  if (title.trim() === '' || title.length > MAX_TITLE_UNITS) {
    throw new ClientError('NOT_ALLOWED', `A group has a title of at most ${MAX_TITLE_UNITS} characters.`);
  }
  if (description.length > MAX_DESCRIPTION_UNITS) {
    throw new ClientError('NOT_ALLOWED', `The description has at most ${MAX_DESCRIPTION_UNITS} characters.`);
  }
  if (avatar.length > MAX_GROUP_AVATAR_BYTES) {
    throw new ClientError('NOT_ALLOWED', `The picture has at most ${MAX_GROUP_AVATAR_BYTES} bytes.`);
  }
  if (members.length > MAX_GROUP_MEMBERS) {
    throw new ClientError('NOT_ALLOWED', `A group has at most ${MAX_GROUP_MEMBERS} members.`);
  }
}
