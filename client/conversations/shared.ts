/** Which conversations someone is in. */
import type { AccountId } from '../../wire/ids.ts';
import type { StorageTransaction } from '../ports.ts';

export async function listConversationsWith(_tx: StorageTransaction, accountId: AccountId): Promise<string[]> {
  return [accountId];
}
