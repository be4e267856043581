/** The client in the service worker: the same code on the same store as in a tab, under the same locks. */
import type { Account } from '../../../client/account/account-record.ts';
import { createClient, type VantClient } from '../../../client/client.ts';
import type { LogPort } from '../../../client/ports.ts';
import { createBrowserPorts } from '../../engine/ports/browser-ports.ts';
import { openDatabase, type Database } from '../../engine/ports/database.ts';
import { createIndexedDbStorage } from '../../engine/ports/indexeddb-storage.ts';
import { Tabs, type TabMessage } from '../../engine/tabs.ts';
import { createRecordCipher } from '../../engine/vault/record-cipher.ts';
import { Vault } from '../../engine/vault/vault.ts';

const SILENT: LogPort = { write: () => undefined };

export interface WokenClient {
  readonly client: VantClient;
  readonly account: Account;
  close(): Promise<void>;
}

/** `locked`: the key of the records is under a passphrase or passkey, and no tab has it. `empty`: nobody has joined in this browser,
 * or not any more. */
export async function openWokenClient(): Promise<WokenClient | 'locked' | 'empty'> {
  let isClosed = false;
  let client: VantClient | undefined;
  let database: Database | undefined;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await client?.close();
    database?.close();
    tabs.close();
  };
  const tabs = new Tabs(navigator.locks, (message) => onTabMessage(message, client, close));
  try {
    database = await openDatabase(() => void close());
    const dataKey = (await new Vault(database, navigator.locks).open()) ?? (await tabs.askForKey());
    if (dataKey === undefined) return await close().then(() => 'locked' as const);
    client = openClient(database, dataKey, tabs, close);
    const account = await client.account();
    if (account === undefined) return await close().then(() => 'empty' as const);
    return { client, account, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openClient(database: Database, dataKey: CryptoKey, tabs: Tabs, close: () => Promise<void>): VantClient {
  const storage = createIndexedDbStorage({
    database,
    cipher: createRecordCipher(dataKey),
    locks: navigator.locks,
    onCommitted: () => tabs.tell({ type: 'committed' }),
    onGone: () => void close(),
  });
  const client = createClient(createBrowserPorts(storage, SILENT), { journalPollMs: 0 });
  // Tabs that only look on ring, too.
  client.on('call', (detail) => tabs.tell({ type: 'passing', name: 'call', detail }));
  client.on('erased', () => void close());
  return client;
}

function onTabMessage(message: TabMessage, client: VantClient | undefined, close: () => Promise<void>): void {
  if (message.type === 'committed') client?.noticeChanges();
  if (message.type === 'lock' || message.type === 'erased') void close();
}
