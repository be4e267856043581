/** The one IndexedDB database of this origin. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

const DATABASE_NAME = 'vant';
const DATABASE_VERSION = 1;

export interface VantSchema extends DBSchema {
  /** What the client stores: [table, key] to the encrypted value. */
  records: { key: [string, string]; value: Uint8Array };
  /** How the key of the records is kept; see vault/. */
  vault: { key: string; value: unknown };
}

export type Database = IDBPDatabase<VantSchema>;

/** @throws DOMException when the browser has no storage for this page, as in some private windows. */
export function openDatabase(onClosed: () => void): Promise<Database> {
  return openDB<VantSchema>(DATABASE_NAME, DATABASE_VERSION, {
    upgrade(database) {
      database.createObjectStore('records');
      database.createObjectStore('vault');
    },
    // A newer version of the app in another tab must not wait for this one.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    terminated: onClosed,
  });
}
