/** Who has left the team: asked with every message of a group, so it does not take reading all profiles. */
import type { AccountId } from '../../wire/ids.ts';
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';

const formerMembers = defineTable<true>('former-members');

export async function setFormer(tx: StorageTransaction, accountId: AccountId, isFormer: boolean): Promise<void> {
  if (isFormer) await formerMembers.put(tx, accountId, true);
  else await formerMembers.delete(tx, accountId);
}

/** By what this device knows of the team. Those whom it does not know yet count as present: they may have just joined. */
export async function loadPresence(tx: StorageTransaction): Promise<(accountId: AccountId) => boolean> {
  const former = new Set((await formerMembers.list(tx)).map(({ key }) => key));
  return (accountId) => !former.has(accountId);
}
