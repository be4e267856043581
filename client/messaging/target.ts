/** Who gets what is written in a conversation, and under which terms. */
import type { GroupContext } from '../../wire/generated/content.ts';
import type { AccountId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { isGroup, peerOf } from '../conversations/conversation-id.ts';
import { getPreferences } from '../account/preferences.ts';
import { getRecord } from '../conversations/conversation-record.ts';
import { isBlocked } from '../directory/member-settings.ts';
import { ClientError } from '../errors.ts';
import { toContext } from '../groups/group-state.ts';
import { listPresentMembers, requireGroup } from '../groups/group-store.ts';
import type { StorageTransaction } from '../ports.ts';

export interface Target {
  readonly conversation: string;
  /** In notes to oneself, oneself. */
  readonly recipients: readonly AccountId[];
  readonly group?: GroupContext;
  readonly expireTimerSeconds: number;
}

/** @throws ClientError NO_SUCH_CONVERSATION, BLOCKED, NOT_IN_GROUP */
export async function findTarget(tx: StorageTransaction, account: Account, conversation: string): Promise<Target> {
  if (isGroup(conversation)) return findGroupTarget(tx, account, conversation);
  const peer = peerOf(conversation);
  if (await isBlocked(tx, peer)) throw new ClientError('BLOCKED');
  const { expireTimerSeconds } = await getRecord(tx, conversation);
  return { conversation, recipients: [peer], expireTimerSeconds };
}

async function findGroupTarget(tx: StorageTransaction, account: Account, id: string): Promise<Target> {
  const { state } = await requireGroup({ tx, account }, id);
  const members = await listPresentMembers(tx, state);
  const others = members.filter((accountId) => accountId !== account.accountId);
  // Alone in the group: then it is as with notes to oneself.
  const recipients = others.length > 0 ? others : [account.accountId];
  const { expireTimerSeconds } = state;
  return { conversation: id, recipients, group: toContext(state), expireTimerSeconds };
}

/** Undefined when nobody is to be told. */
export async function findTypingTarget(
  tx: StorageTransaction,
  account: Account,
  conversation: string,
): Promise<Pick<Target, 'recipients' | 'group'> | undefined> {
  if (!(await getPreferences(tx)).typingIndicators || conversation === account.accountId) return undefined;
  try {
    const { recipients, group } = await findTarget(tx, account, conversation);
    return { recipients, ...(group === undefined ? {} : { group }) };
  } catch (error) {
    // Blocked, or not in the group any more: no reason to trouble whoever types.
    if (error instanceof ClientError) return undefined;
    throw error;
  }
}
