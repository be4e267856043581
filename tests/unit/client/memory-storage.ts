/** The store in memory, with a disk that can be full. It passes the same contract as the real ones. */
import { createMemoryStorage as createStorage } from '../../../cli/ports/memory-storage.ts';
import type { StoragePort } from '../../../client/ports.ts';

export interface MemoryStorage extends StoragePort {
  /** Makes the next commit fail, as a full disk does. */
  failNextCommit(): void;
}

export function createMemoryStorage(): MemoryStorage {
  const storage = createStorage();
  let failsNext = false;
  return {
    transaction: (work) =>
      storage.transaction(async (tx) => {
        const result = await work(tx);
        if (failsNext) {
          failsNext = false;
          throw new Error('the disk is full');
        }
        return result;
      }),
    failNextCommit: () => (failsNext = true),
  };
}
