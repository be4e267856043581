/** The groups that this device knows, and what of its own changes is not certain yet. */
import type { AccountId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { isGroup } from '../conversations/conversation-id.ts';
import { changeRecord } from '../conversations/conversation-record.ts';
import { loadPresence } from '../directory/former-members.ts';
import { ClientError } from '../errors.ts';
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';
import type { GroupOperation } from './group-operation.ts';
import { isIn, type GroupState } from './group-state.ts';

export interface PendingOperation {
  /** Of the state that it made. */
  readonly stateId: string;
  readonly revision: number;
  readonly operation: GroupOperation;
  readonly madeAt: number;
  /** How often it had to be done again. */
  readonly repetitions: number;
}

export interface GroupRecord {
  readonly state: GroupState;
  /** What it was made from: another change of the same is judged by this. */
  readonly previous?: GroupState;
  readonly pending: readonly PendingOperation[];
}

const groups = defineTable<GroupRecord>('groups');

export const getGroup = (tx: StorageTransaction, id: string): Promise<GroupRecord | undefined> => groups.get(tx, id);

/** @throws ClientError NO_SUCH_CONVERSATION, NOT_IN_GROUP */
export async function requireGroup(
  { tx, account }: { readonly tx: StorageTransaction; readonly account: Pick<Account, 'accountId'> },
  id: string,
): Promise<GroupRecord> {
  const record = await getGroup(tx, id);
  if (record === undefined) throw new ClientError('NO_SUCH_CONVERSATION');
  if (!isIn(record.state, account.accountId)) throw new ClientError('NOT_IN_GROUP');
  return record;
}

export async function listGroups(tx: StorageTransaction): Promise<GroupRecord[]> {
  return (await groups.list(tx)).map(({ value }) => value);
}

/** Whoever looks at the conversation is told. */
export async function putGroup(tx: StorageTransaction, record: GroupRecord): Promise<void> {
  const { id, expireTimerSeconds } = record.state;
  await groups.put(tx, id, record);
  await changeRecord(tx, id, (conversation) => ({ ...conversation, expireTimerSeconds }));
}

/** Who gets what is written in it. */
export async function listPresentMembers(tx: StorageTransaction, state: GroupState): Promise<AccountId[]> {
  const isPresent = await loadPresence(tx);
  return state.members.map(({ accountId }) => accountId).filter((accountId) => isPresent(accountId));
}

/** True for conversations that are no groups. */
export async function mayWriteIn(tx: StorageTransaction, conversation: string, accountId: AccountId): Promise<boolean> {
  if (!isGroup(conversation)) return true;
  const record = await getGroup(tx, conversation);
  return record !== undefined && isIn(record.state, accountId) && (await loadPresence(tx))(accountId);
}
