/** The storage port as the client uses it: remembers that a transaction failed at the store itself, and tells when one
 * that wrote to the journal is committed. */
import { hasWrittenJournal } from '../conversations/journal.ts';
import type { StoragePort, StorageTransaction } from '../ports.ts';

const failures = new WeakMap<StorageTransaction, unknown>();

/** The store's own error, when libsignal's was only its echo: a full disk must not look like an unreadable message. */
export const storageFailureOf = (tx: StorageTransaction): unknown => failures.get(tx);

export function createStore(storage: StoragePort, onJournalWritten: () => void): StoragePort {
  return {
    async transaction(work) {
      const { value, isJournalWritten } = await storage.transaction(async (inner) => {
        const tx = watchFailures(inner);
        return { value: await work(tx), isJournalWritten: hasWrittenJournal(tx) };
      });
      if (isJournalWritten) onJournalWritten();
      return value;
    },
  };
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
