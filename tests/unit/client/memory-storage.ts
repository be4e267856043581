/** A store in memory. It passes the same contract as the real ones. */
import type { StoragePort, StorageTransaction } from '../../../client/ports.ts';

export interface MemoryStorage extends StoragePort {
  /** Makes the next commit fail, as a full disk does. */
  failNextCommit(): void;
}

export function createMemoryStorage(): MemoryStorage {
  let records = new Map<string, Uint8Array>();
  let queue: Promise<unknown> = Promise.resolve();
  let failsNext = false;

  const run = async <T>(work: (tx: StorageTransaction) => Promise<T>): Promise<T> => {
    const draft = new Map(records);
    const scope = { isOpen: true };
    try {
      const result = await work(createTransaction(draft, scope));
      if (failsNext) {
        failsNext = false;
        throw new Error('the disk is full');
      }
      records = draft;
      return result;
    } finally {
      scope.isOpen = false;
    }
  };
  return {
    transaction(work) {
      const result = queue.then(() => run(work));
      queue = result.catch(() => undefined);
      return result;
    },
    failNextCommit: () => (failsNext = true),
  };
}

function createTransaction(draft: Map<string, Uint8Array>, scope: { isOpen: boolean }): StorageTransaction {
  const full = (table: string, key: string): string => `${table}\n${key}`;
  const ensureOpen = (): void => {
    if (!scope.isOpen) throw new Error('the transaction has ended');
  };
  return {
    async get(table, key) {
      ensureOpen();
      return draft.get(full(table, key))?.slice();
    },
    async put(table, key, value) {
      ensureOpen();
      draft.set(full(table, key), value.slice());
    },
    async delete(table, key) {
      ensureOpen();
      draft.delete(full(table, key));
    },
    async list(table, { prefix = '', after = '', before, isDescending, limit = Infinity } = {}) {
      ensureOpen();
      return [...draft]
        .filter(([key]) => key.startsWith(`${table}\n${prefix}`))
        .map(([key, value]) => ({ key: key.slice(table.length + 1), value: value.slice() }))
        .filter(({ key }) => key > after && (before === undefined || key < before))
        .sort((a, b) => (a.key < b.key === (isDescending !== true) ? -1 : 1))
        .slice(0, limit);
    },
  };
}
