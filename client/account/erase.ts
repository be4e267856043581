/** Signing out: the device is taken off the account, and nothing stays in the store. */
import { PRIMARY_DEVICE_ID } from '../../wire/ids.ts';
import { journalEnd, restartJournal } from '../conversations/journal.ts';
import type { ClientPorts } from '../ports.ts';
import { eraseTables } from '../storage/table.ts';
import { createApi } from '../transport/api.ts';
import { credentialsOf, loadAccount, type Account } from './account-record.ts';

/** Whether the server has removed it. A primary device cannot leave its account behind: that goes, too, with all its
 * devices. */
export async function eraseLocal(ports: ClientPorts): Promise<boolean> {
  const account = await ports.storage.transaction((tx) => loadAccount(tx));
  const isRemoved = account !== undefined && (await removeAtServer(ports, account));
  await ports.storage.transaction(async (tx) => {
    const end = await journalEnd(tx);
    await eraseTables(tx);
    await restartJournal(tx, end);
  });
  return isRemoved;
}

/** The store is cleared whatever the server says: an admin can still remove what is left there. */
async function removeAtServer(ports: ClientPorts, account: Account): Promise<boolean> {
  const api = createApi(ports.http, account.origin, credentialsOf(account));
  const { accountId, deviceId } = account;
  try {
    if (deviceId === PRIMARY_DEVICE_ID) await api.call('removeAccount', { params: { accountId } });
    else await api.call('removeDevice', { params: { deviceId } });
    return true;
  } catch (error) {
    ports.log.write('warn', 'erase.not-removed', { error: error instanceof Error ? error.name : 'unknown' });
    return false;
  }
}
