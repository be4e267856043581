/** The one IndexedDB database of this origin. */
import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb';

const DATABASE_NAME = 'vant';
/** One more whenever an older version of the app would do harm to what a newer one stores: the records of the client
 * included. Tabs of the older version then have to be reloaded. */
const DATABASE_VERSION = 1;

export interface Revision {
  /** Random, from when the store was made: another one means that it was removed and made anew. */
  readonly epoch: string;
  /** How many transactions have changed the records. */
  readonly count: number;
}

export interface VantSchema extends DBSchema {
  /** What the client stores: [table, key] to the encrypted value. */
  records: { key: [string, string]; value: Uint8Array };
  /** Under REVISION_KEY. */
  meta: { key: string; value: Revision };
  /** How the key of the records is kept; see vault/. */
  vault: { key: string; value: unknown };
}

export const REVISION_KEY = 'revision';

/** Another tab has written in the middle of a transaction: it had the lock taken away, and stored nothing. */
export class StoreChangedError extends Error {
  override readonly name = 'StoreChangedError';

  constructor() {
    super('Another tab has written to the store in the middle of a transaction.');
  }
}

/** The store that was opened is not there any more: the browser has cleared it. Nothing may be written under its key, which
 * is lost, too. */
export class StoreGoneError extends Error {
  override readonly name = 'StoreGoneError';

  constructor() {
    super('The store was removed.');
  }
}

export type Database = IDBPDatabase<VantSchema>;

/** `removed`: by another tab, or by the browser because the person cleared the data of this site. `newer`: another tab runs a
 * newer version of the app. */
export type GoneReason = 'removed' | 'newer';

/** @throws DOMException VersionError when a newer version was here, others when the browser has no storage for this page, as
 * in some private windows. */
export async function openDatabase(onGone: (reason: GoneReason) => void): Promise<Database> {
  const database = await openDB<VantSchema>(DATABASE_NAME, DATABASE_VERSION, {
    upgrade(database) {
      database.createObjectStore('records');
      database.createObjectStore('meta');
      database.createObjectStore('vault');
    },
    // Another tab must not wait for this one.
    blocking(_current, wanted, event) {
      (event.target as IDBDatabase).close();
      onGone(wanted === null ? 'removed' : 'newer');
    },
    terminated: () => onGone('removed'),
  });
  const transaction = database.transaction('meta', 'readwrite');
  if ((await transaction.store.get(REVISION_KEY)) === undefined)
    await transaction.store.put({ epoch: crypto.randomUUID(), count: 0 }, REVISION_KEY);
  await transaction.done;
  return database;
}

/** Undefined when the store was removed underneath. */
export const readRevision = (database: Database): Promise<Revision | undefined> => database.get('meta', REVISION_KEY);

export const isTooNew = (error: unknown): boolean => error instanceof DOMException && error.name === 'VersionError';

/** Waits until the other tabs have closed it. */
export const deleteDatabase = (): Promise<void> => deleteDB(DATABASE_NAME);
