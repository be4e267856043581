/** A store in memory, for what must not outlive its process. */
import type { StoragePort, StorageTransaction } from '../../client/ports.ts';

export function createMemoryStorage(): StoragePort {
  let records = new Map<string, Uint8Array>();
  let queue: Promise<unknown> = Promise.resolve();

  const run = async <T>(work: (tx: StorageTransaction) => Promise<T>): Promise<T> => {
    const draft = new Map(records);
    const scope = { isOpen: true };
    try {
      const result = await work(createTransaction(draft, scope));
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
