import { createMemoryStorage } from './memory-storage.ts';
import { describeStorageContract } from './storage-contract.ts';

describeStorageContract('The store in memory', async () => ({
  storage: createMemoryStorage(),
  close: async () => undefined,
}));
