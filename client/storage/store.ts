/** The storage port as the client uses it: tells the store's own failures from those of the work, and when a transaction
 * that wrote to the journal is committed. */
import { hasWrittenJournal } from '../conversations/journal.ts';
import type { StoragePort, StorageTransaction } from '../ports.ts';

/** The store itself failed, a full disk for one: nothing was stored, and the same work may succeed later. */
export class StorageError extends Error {
  override readonly name = 'StorageError';

  constructor(cause: unknown) {
    super('The local store failed.', { cause });
  }
}

const failures = new WeakMap<StorageTransaction, unknown>();

/** libsignal may hide an error of the store behind one of its own: a full disk must not look like an unreadable message.
 * @throws StorageError */
export function throwStorageFailure(tx: StorageTransaction): void {
  if (failures.has(tx)) throw new StorageError(failures.get(tx));
}

type Outcome<T> =
  | { readonly isDone: true; readonly value: T; readonly isJournalWritten: boolean }
  | { readonly isDone: false; readonly error: unknown };

/** Rolls the transaction back; never leaves this file. */
class Rollback extends Error {}

export function createStore(storage: StoragePort, onJournalWritten: () => void): StoragePort {
  return {
    async transaction<T>(work: (tx: StorageTransaction) => Promise<T>): Promise<T> {
      let failed: Outcome<T> | undefined;
      const outcome = await storage
        .transaction(async (inner) => {
          const result = await attempt(watchFailures(inner), work);
          if (!result.isDone) {
            failed = result;
            throw new Rollback();
          }
          return result;
        })
        .catch((error: unknown): Outcome<T> => failed ?? { isDone: false, error: new StorageError(error) });
      if (!outcome.isDone) throw outcome.error;
      if (outcome.isJournalWritten) onJournalWritten();
      return outcome.value;
    },
  };
}

async function attempt<T>(tx: StorageTransaction, work: (tx: StorageTransaction) => Promise<T>): Promise<Outcome<T>> {
  try {
    const value = await work(tx);
    throwStorageFailure(tx);
    return { isDone: true, value, isJournalWritten: hasWrittenJournal(tx) };
  } catch (error) {
    return { isDone: false, error: failures.has(tx) ? new StorageError(failures.get(tx)) : error };
  }
}

function watchFailures(inner: StorageTransaction): StorageTransaction {
  const watch = <T>(promise: Promise<T>): Promise<T> =>
    promise.catch((error: unknown) => {
      failures.set(tx, error);
      throw error;
    });
  const tx: StorageTransaction = {
    get: (table, key) => watch(inner.get(table, key)),
    put: (table, key, value) => watch(inner.put(table, key, value)),
    delete: (table, key) => watch(inner.delete(table, key)),
    list: (table, options) => watch(inner.list(table, options)),
  };
  return tx;
}
