/** Stores in the browser's real IndexedDB. */
import { openDatabase, deleteDatabase, type Database, type GoneReason } from '../../../webui/engine/ports/database.ts';
import { createIndexedDbStorage } from '../../../webui/engine/ports/indexeddb-storage.ts';
import { createRecordCipher } from '../../../webui/engine/vault/record-cipher.ts';
import { Vault } from '../../../webui/engine/vault/vault.ts';
import type { StoragePort } from '../../../client/ports.ts';

export interface Handle {
  readonly database: Database;
  readonly storage: StoragePort;
  readonly gone: GoneReason[];
  /** How often it has told the other tabs. */
  readonly commitCount: () => number;
}

const open = new Set<Database>();

/** As a tab has it: the database, the key from the vault, and a store on both. */
export async function openHandle(locks: LockManager = navigator.locks): Promise<Handle> {
  const gone: GoneReason[] = [];
  let commits = 0;
  const database = await openDatabase((reason) => gone.push(reason));
  open.add(database);
  const dataKey = await new Vault(database, navigator.locks).open();
  if (dataKey === undefined) throw new Error('The vault is locked.');
  const storage = createIndexedDbStorage({
    database,
    cipher: createRecordCipher(dataKey),
    locks,
    onCommitted: () => commits++,
    onGone: () => gone.push('removed'),
  });
  return { database, storage, gone, commitCount: () => commits };
}

export async function removeDatabase(): Promise<void> {
  for (const database of open) database.close();
  open.clear();
  await deleteDatabase();
}

export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
