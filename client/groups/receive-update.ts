/** What members tell each other about the state of a group. */
import type { GroupUpdate } from '../../wire/generated/content.ts';
import type { Arrival } from '../conversations/apply-content.ts';
import { conversationOf } from '../conversations/conversation-id.ts';
import { loadPresence } from '../directory/former-members.ts';
import type { ActionContext } from '../messaging/message-actions.ts';
import { applyGroupState } from './apply-group-update.ts';
import { askAdmins, mayReassert, tellState } from './catch-up.ts';
import { reassert, repeatLost } from './change-group.ts';
import { isGroupAdmin } from './group-rules.ts';
import { fromWire, isIn, isNewer, type GroupState } from './group-state.ts';
import { getGroup, type GroupRecord } from './group-store.ts';
import { takeWaiting } from './waiting.ts';

/** Gives what has waited for this state. */
export async function receiveUpdate(
  context: ActionContext,
  arrival: Arrival,
  update: GroupUpdate,
): Promise<readonly Arrival[]> {
  const state = fromWire(update.state);
  if (state === undefined || conversationOf(arrival.content, arrival.peer) !== state.id) return [];
  const verdict = await applyGroupState(context.tx, arrival, state);
  if (verdict === 'accept') {
    await repeatLost(context, state.id);
    return takeWaiting(context.tx, state.id);
  }
  const known = await getGroup(context.tx, state.id);
  if (known === undefined || arrival.author === arrival.self) return [];
  if (verdict === 'unproven') await settleUnproven(context, known, state);
  if (verdict === 'stale' && isNewer(known.state, state)) await tellState(context, known.state, arrival.author);
  return [];
}

async function settleUnproven(context: ActionContext, known: GroupRecord, state: GroupState): Promise<void> {
  const isPresent = await loadPresence(context.tx);
  const decides = isGroupAdmin(known.state, context.account.accountId, isPresent);
  if (!decides) return askAdmins(context, known.state, state);
  if (await mayReassert(context, state)) await reassert(context, known, state);
}

export async function answerStateRequest(context: ActionContext, arrival: Arrival): Promise<void> {
  const known = await getGroup(context.tx, conversationOf(arrival.content, arrival.peer));
  if (known === undefined || !isIn(known.state, arrival.self)) return;
  const isPresent = await loadPresence(context.tx);
  if (isPresent(arrival.author)) await tellState(context, known.state, arrival.author);
}
