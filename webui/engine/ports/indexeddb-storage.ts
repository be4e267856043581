/** The client's store in IndexedDB, encrypted under the vault's key.
 *
 * An IndexedDB transaction ends by itself as soon as something else is waited for, encryption included. So a transaction of
 * the client is: a lock over all tabs, reads as they come, writes kept in memory, and at its end one IndexedDB transaction
 * that stores all of them or none. That one also counts the revision of the store up, and stores nothing when it is not the
 * one that the reads were made at: whoever lost the lock, because the tab was frozen while it held it, does no harm. */
import type { StoragePort, StorageTransaction } from '../../../client/ports.ts';
import { BufferedTransaction, type TransactionDependencies } from './buffered-transaction.ts';
import { RecordCache } from './record-cache.ts';
import { readRevision, StoreGoneError, type Revision } from './database.ts';

const LOCK_NAME = 'vant-store';
/** Tabs take turns: what waits here is done under one lock, up to this time. */
const MAX_HOLD_MS = 50;
/** Whoever holds the lock that long is frozen, or gone in a way that the browser has not noticed. */
const STEAL_AFTER_MS = 15_000;

export interface StorageDependencies extends Omit<TransactionDependencies, 'cache' | 'revision'> {
  readonly locks: LockManager;
  /** After a transaction that has changed something was committed. */
  readonly onCommitted: () => void;
  /** The browser has cleared the store, without a word. */
  readonly onGone: () => void;
}

export function createIndexedDbStorage(dependencies: StorageDependencies): StoragePort {
  const queue = new TransactionQueue(dependencies);
  return { transaction: (work) => queue.add(work) };
}

interface Waiting {
  readonly run: () => Promise<void>;
  readonly reject: (error: unknown) => void;
}

class TransactionQueue {
  readonly #dependencies: StorageDependencies;
  readonly #cache = new RecordCache();
  readonly #waiting: Waiting[] = [];
  #isRunning = false;
  /** Of the store, while the lock is held; undefined before it was read. */
  #revision: Revision | undefined;
  #epoch: string | undefined;

  constructor(dependencies: StorageDependencies) {
    this.#dependencies = dependencies;
  }

  add<T>(work: (transaction: StorageTransaction) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ run: () => this.#run(work).then(resolve, reject), reject });
      if (!this.#isRunning) void this.#runAll();
    });
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) await this.#takeTurn();
    this.#isRunning = false;
  }

  async #takeTurn(): Promise<void> {
    let hasStarted = false;
    const turn = async (): Promise<void> => {
      hasStarted = true;
      await this.#runWaiting();
    };
    const { locks } = this.#dependencies;
    try {
      await locks
        .request(LOCK_NAME, { signal: AbortSignal.timeout(STEAL_AFTER_MS) }, turn)
        .catch((error: unknown) => (hasStarted ? undefined : stealLock(locks, error, turn)));
    } catch (error) {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    }
  }

  async #runWaiting(): Promise<void> {
    this.#revision = undefined;
    const startedAt = performance.now();
    do {
      await this.#waiting.shift()?.run();
      // What follows from this one is asked for in a moment: under the same lock it is cheaper.
      if (this.#waiting.length === 0) await nextTask();
    } while (this.#waiting.length > 0 && performance.now() - startedAt < MAX_HOLD_MS);
  }

  async #run<T>(work: (transaction: StorageTransaction) => Promise<T>): Promise<T> {
    const { database, cipher, onCommitted } = this.#dependencies;
    const revision = (this.#revision ??= await this.#readRevision());
    const transaction = new BufferedTransaction({ database, cipher, cache: this.#cache, revision });
    const result = await work(transaction).finally(() => transaction.end());
    if (!(await this.#commit(transaction))) return result;
    this.#revision = { ...revision, count: revision.count + 1 };
    onCommitted();
    return result;
  }

  async #readRevision(): Promise<Revision> {
    const revision = await readRevision(this.#dependencies.database);
    this.#epoch ??= revision?.epoch;
    if (revision === undefined || revision.epoch !== this.#epoch) {
      this.#dependencies.onGone();
      throw new StoreGoneError();
    }
    this.#cache.validate(revision.count);
    return revision;
  }

  /** After a failure nobody knows what is in the store. */
  async #commit(transaction: BufferedTransaction): Promise<boolean> {
    return transaction.commit().catch((error: unknown) => {
      this.#revision = undefined;
      this.#cache.clear();
      throw error;
    });
  }
}

async function stealLock(locks: LockManager, error: unknown, turn: () => Promise<void>): Promise<void> {
  if (!(error instanceof DOMException) || error.name !== 'TimeoutError') throw error;
  await locks.request(LOCK_NAME, { steal: true }, turn);
}

/** After all that is ready to run now. A message to oneself, because timers wait for milliseconds. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
