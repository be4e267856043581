/** Ready means: a message that comes now can be stored. Alive needs no test: the process answers. */
export interface Health {
  /** @returns what is wrong, in a few words, or undefined. */
  findProblem(): Promise<string | undefined>;
}

interface Store {
  isReady(): boolean;
  execute(key: string, command: readonly string[]): Promise<unknown>;
}

/** @param key that is written for a moment */
export function createHealth(store: Store, key: string): Health {
  return {
    async findProblem() {
      if (!store.isReady()) return 'The message store is not connected.';
      try {
        // A write, because Redis that cannot write (memory, disk) still answers reads.
        await store.execute(key, ['SET', key, '1', 'PX', '1000']);
        return undefined;
      } catch {
        return 'The message store does not accept writes.';
      }
    },
  };
}
