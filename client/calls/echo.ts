/** A test call: the server opens an account for it whose device gives back what it hears (docs/decisions/0018). */
import { decodeBase64Url } from '../../wire/encoding.ts';
import { parseAccountId, type AccountId } from '../../wire/ids.ts';
import { addGuest, listGuests, removeGuest } from '../directory/guests.ts';
import { unpinIdentity } from '../directory/trust.ts';
import { deleteSessions } from '../messaging/sessions.ts';
import type { ClientPorts, StorageTransaction } from '../ports.ts';
import type { Api } from '../transport/api.ts';

/** @returns whom to call. @throws VantError ECHO_UNAVAILABLE, ECHO_BUSY */
export async function openEcho(ports: Pick<ClientPorts, 'storage'>, api: Api): Promise<AccountId> {
  const opened = await api.call('openEcho', {});
  const accountId = parseAccountId(opened.accountId);
  await ports.storage.transaction(async (tx) => {
    // A tab that was closed within its test call has not done it.
    for (const earlier of await listGuests(tx)) await forgetGuest(tx, earlier);
    await addGuest(tx, accountId, decodeBase64Url(opened.identityKey));
  });
  return accountId;
}

/** After the call: nothing of it stays on this device. */
export async function forgetEcho(ports: Pick<ClientPorts, 'storage'>, accountId: AccountId): Promise<void> {
  await ports.storage.transaction(async (tx) => {
    if ((await listGuests(tx)).includes(accountId)) await forgetGuest(tx, accountId);
  });
}

async function forgetGuest(tx: StorageTransaction, accountId: AccountId): Promise<void> {
  await deleteSessions(tx, accountId);
  await unpinIdentity(tx, accountId);
  await removeGuest(tx, accountId);
}
