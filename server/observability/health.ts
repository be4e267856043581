/** Ready means: a message that comes now can be stored. Alive needs no test: the process answers. */
export interface Health {
  /** @returns what is wrong, in a few words, or undefined. */
  findProblem(): Promise<string | undefined>;
  /** Whether what a restart of this server would mend is in order: for the watchdog of systemd. */
  isWell(): Promise<boolean>;
}

interface Storage {
  readonly connection: {
    isReady(): boolean;
    execute(key: string, command: readonly string[]): Promise<unknown>;
  };
  /** False when its own Redis runs and does not answer. */
  answers(): Promise<boolean>;
}

/** @param key that is written for a moment */
export function createHealth(storage: Storage, key: string): Health {
  const { connection } = storage;
  return {
    isWell: () => storage.answers(),
    async findProblem() {
      if (!connection.isReady()) return 'The message store is not connected.';
      try {
        // A write, because Redis that cannot write (memory, disk) still answers reads.
        await connection.execute(key, ['SET', key, '1', 'PX', '1000']);
        return undefined;
      } catch {
        return 'The message store does not accept writes.';
      }
    },
  };
}
