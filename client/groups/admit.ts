/** Who may say something in a group: its members. What comes from someone who may be one waits until that is known. */
import type { Arrival } from '../conversations/apply-content.ts';
import { conversationOf, GROUP_ID_BYTES } from '../conversations/conversation-id.ts';
import { loadPresence } from '../directory/former-members.ts';
import type { ActionContext } from '../messaging/message-actions.ts';
import { askAdmins, askForState, tellState } from './catch-up.ts';
import { isIn, isNewer, toStateName, type StateName } from './group-state.ts';
import { getGroup, type GroupRecord } from './group-store.ts';
import { keepWaiting } from './waiting.ts';

/** Whether it may be applied now. */
export async function admit(context: ActionContext, arrival: Arrival): Promise<boolean> {
  const { group } = arrival.content;
  if (group === undefined) return true;
  if (group.groupId.length !== GROUP_ID_BYTES) return false;
  // What one's own devices have sent.
  if (arrival.author === arrival.self) return true;
  const conversation = conversationOf(arrival.content, arrival.peer);
  const record = await getGroup(context.tx, conversation);
  if (record === undefined) {
    await keepWaiting(context.tx, conversation, arrival);
    await askForState(context, conversation, arrival.author, toStateName(group));
    return false;
  }
  return admitToKnown(context, arrival, record, toStateName(group));
}

async function admitToKnown(
  context: ActionContext,
  arrival: Arrival,
  { state }: GroupRecord,
  named: StateName,
): Promise<boolean> {
  const { tx, account } = context;
  const isBehind = isNewer(named, state);
  const isPresent = await loadPresence(tx);
  const isMember = isIn(state, arrival.author) && isPresent(arrival.author);
  if (!isIn(state, account.accountId) || !isMember) {
    // Added meanwhile, they or this account: the state that says so may be on its way.
    if (isBehind && isPresent(arrival.author)) {
      await keepWaiting(tx, state.id, arrival);
      await askAdmins(context, state, named);
    }
    return false;
  }
  if (isBehind) await askForState(context, state.id, arrival.author, named);
  if (isNewer(state, named)) await tellState(context, state, arrival.author);
  return true;
}
