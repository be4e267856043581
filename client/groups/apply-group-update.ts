/** A state of a group that has come: whether it holds, and what it makes different. Of several changes made at the same
 * time the same one wins on every device, whatever the order in which they come. */
import { messageIdOf } from '../conversations/history.ts';
import { insertNotice } from '../conversations/insert-notice.ts';
import type { Arrival } from '../conversations/apply-content.ts';
import type { GroupChange } from '../conversations/notice.ts';
import { loadPresence } from '../directory/former-members.ts';
import type { StorageTransaction } from '../ports.ts';
import { compareStates, isAllowed, isGroupAdmin, type IsPresent } from './group-rules.ts';
import { isIn, isNewer, parentOf, type GroupState } from './group-state.ts';
import { getGroup, putGroup, type GroupRecord } from './group-store.ts';

/** `stale`: this device knows a newer one. `unproven`: it may hold, but only someone who is known to decide can say so. */
export type Verdict = 'accept' | 'stale' | 'unproven' | 'refuse';

/** Stores it when it holds. */
export async function applyGroupState(tx: StorageTransaction, arrival: Arrival, state: GroupState): Promise<Verdict> {
  const known = await getGroup(tx, state.id);
  const verdict = judge(known, state, arrival, await loadPresence(tx));
  if (verdict !== 'accept') return verdict;
  const parent = [known?.state, known?.previous].find((candidate) => candidate?.stateId === parentOf(state));
  const previous = parent === undefined ? {} : { previous: parent };
  await putGroup(tx, { state, pending: known?.pending ?? [], ...previous });
  await noteChanges(tx, arrival, state, describe(known, state, arrival));
  return verdict;
}

export function judge(
  known: GroupRecord | undefined,
  state: GroupState,
  { self, author }: Pick<Arrival, 'self' | 'author'>,
  isPresent: IsPresent,
): Verdict {
  if (known?.state.stateId === state.stateId) return 'stale';
  // One's own devices have judged it already.
  if (author === self) return known === undefined || isNewer(state, known.state) ? 'accept' : 'stale';
  if (known === undefined || !isIn(known.state, self)) return judgeJoining(known, state, { self, author }, isPresent);
  if (!isNewer(state, known.state)) return 'stale';
  const { previous } = known;
  // The next one, or another next one of the same.
  const base = [known.state, previous].find((candidate) => candidate?.stateId === parentOf(state));
  if (base !== undefined && state.revision === base.revision + 1) {
    if (isAllowed(base, state, author, isPresent)) return 'accept';
    // Who passes it on need not be the one who has made it.
    return isIn(base, author) ? 'unproven' : 'refuse';
  }
  // What is in between was missed: an admin's word counts, and all that the sender could have done in one step.
  const isPlausible = isGroupAdmin(known.state, author, isPresent) || isAllowed(known.state, state, author, isPresent);
  return isPlausible ? 'accept' : 'unproven';
}

/** Whoever adds someone tells them the state: they know nothing to compare it with. */
function judgeJoining(
  known: GroupRecord | undefined,
  state: GroupState,
  { self, author }: Pick<Arrival, 'self' | 'author'>,
  isPresent: IsPresent,
): Verdict {
  if (known !== undefined && !isNewer(state, known.state)) return 'stale';
  return isIn(state, self) && isIn(state, author) && isPresent(author) ? 'accept' : 'refuse';
}

function describe(
  known: GroupRecord | undefined,
  state: GroupState,
  { self, author }: Pick<Arrival, 'self' | 'author'>,
): GroupChange[] {
  if (known !== undefined) return compareStates(known.state, state, author);
  if (state.revision === 1) return [{ type: 'created' }];
  return [{ type: 'added', accountId: self }];
}

async function noteChanges(
  tx: StorageTransaction,
  { self, author, authorDevice, content, receivedAt }: Arrival,
  { id }: GroupState,
  changes: readonly GroupChange[],
): Promise<void> {
  if (changes.length === 0) return;
  await insertNotice(
    tx,
    id,
    { type: 'group', by: author, changes },
    {
      id: messageIdOf(content),
      author,
      authorDevice,
      direction: author === self ? 'outgoing' : 'incoming',
      timestamp: content.timestamp,
      receivedAt,
    },
  );
}
