/** Who gets what is written in a conversation, and under which terms. */
import type { GroupContext } from '../../wire/generated/content.ts';
import type { AccountId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { peerOf } from '../conversations/conversation-id.ts';
import { getPreferences } from '../account/preferences.ts';
import { getRecord } from '../conversations/conversation-record.ts';
import { isBlocked } from '../directory/member-settings.ts';
import { ClientError } from '../errors.ts';
import type { StorageTransaction } from '../ports.ts';

export interface Target {
  readonly conversation: string;
  /** In notes to oneself, oneself. */
  readonly recipients: readonly AccountId[];
  readonly group?: GroupContext;
  readonly expireTimerSeconds: number;
}

/** @throws ClientError NO_SUCH_CONVERSATION, BLOCKED */
export async function findTarget(tx: StorageTransaction, _account: Account, conversation: string): Promise<Target> {
  const peer = peerOf(conversation);
  if (await isBlocked(tx, peer)) throw new ClientError('BLOCKED');
  const { expireTimerSeconds } = await getRecord(tx, conversation);
  return { conversation, recipients: [peer], expireTimerSeconds };
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
