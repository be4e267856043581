/** Which conversations someone is in. */
import type { AccountId } from '../../wire/ids.ts';
import { isIn } from '../groups/group-state.ts';
import { listGroups } from '../groups/group-store.ts';
import type { StorageTransaction } from '../ports.ts';

export async function listConversationsWith(tx: StorageTransaction, accountId: AccountId): Promise<string[]> {
  const groups = (await listGroups(tx)).filter(({ state }) => isIn(state, accountId));
  return [accountId, ...groups.map(({ state }) => state.id)];
}
