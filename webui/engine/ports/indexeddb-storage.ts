/** The client's store in IndexedDB, encrypted under the vault's key.
 *
 * An IndexedDB transaction ends by itself as soon as something else is waited for, encryption included. So a transaction of
 * the client is: a lock over all tabs, reads as they come, writes kept in memory, and at its end one IndexedDB transaction
 * that stores all of them or none. */
import type { ListOptions, StoragePort, StorageTransaction, StoredRow } from '../../../client/ports.ts';
import type { RecordCipher } from '../vault/record-cipher.ts';
import type { Database } from './database.ts';

const LOCK_NAME = 'vant-store';
/** Greater than every character that keys are made of. */
const LAST_CHARACTER = '\x7f';

/** By key; undefined means deleted. */
type Writes = Map<string, Uint8Array | undefined>;

export interface StorageDependencies {
  readonly database: Database;
  readonly cipher: RecordCipher;
  readonly locks: LockManager;
  /** After a transaction that has changed something was committed. */
  readonly onCommitted: () => void;
}

export function createIndexedDbStorage(dependencies: StorageDependencies): StoragePort {
  return {
    transaction: (work) =>
      dependencies.locks.request(LOCK_NAME, async () => {
        const transaction = new BufferedTransaction(dependencies);
        const result = await work(transaction);
        await transaction.commit();
        return result;
      }),
  };
}

class BufferedTransaction implements StorageTransaction {
  readonly #dependencies: StorageDependencies;
  readonly #writes = new Map<string, Writes>();
  #isOpen = true;

  constructor(dependencies: StorageDependencies) {
    this.#dependencies = dependencies;
  }

  async get(table: string, key: string): Promise<Uint8Array | undefined> {
    this.#ensureOpen();
    const writes = this.#writes.get(table);
    if (writes?.has(key) === true) return writes.get(key)?.slice();
    const stored = await this.#dependencies.database.get('records', [table, key]);
    return stored === undefined ? undefined : this.#dependencies.cipher.decrypt(table, key, stored);
  }

  async put(table: string, key: string, value: Uint8Array): Promise<void> {
    this.#ensureOpen();
    this.#writesOf(table).set(key, value.slice());
  }

  async delete(table: string, key: string): Promise<void> {
    this.#ensureOpen();
    this.#writesOf(table).set(key, undefined);
  }

  async list(table: string, options: ListOptions = {}): Promise<StoredRow[]> {
    this.#ensureOpen();
    const range = toRange(options);
    if (range === undefined) return [];
    const writes = [...(this.#writes.get(table) ?? [])].filter(([key]) => isWithin(key, range));
    const stored = await this.#readRange(table, range, options, writes.length);
    const rows = new Map<string, Uint8Array | undefined>([...stored, ...writes]);
    const direction = options.isDescending === true ? -1 : 1;
    const keys = [...rows.keys()].filter((key) => rows.get(key) !== undefined);
    keys.sort((a, b) => (a < b ? -direction : direction));
    const chosen = keys.slice(0, options.limit);
    return Promise.all(chosen.map(async (key) => ({ key, value: await this.#valueOf(table, key, rows.get(key)) })));
  }

  async commit(): Promise<void> {
    this.#isOpen = false;
    const { database, cipher, onCommitted } = this.#dependencies;
    const encrypted: { key: [string, string]; value: Uint8Array | undefined }[] = [];
    for (const [table, writes] of this.#writes)
      for (const [key, value] of writes)
        encrypted.push({
          key: [table, key],
          value: value === undefined ? undefined : await cipher.encrypt(table, key, value),
        });
    if (encrypted.length === 0) return;
    // Strict: what the relay is told has arrived must survive a power cut.
    const transaction = database.transaction('records', 'readwrite', { durability: 'strict' });
    for (const { key, value } of encrypted)
      void (value === undefined ? transaction.store.delete(key) : transaction.store.put(value, key)).catch(
        () => undefined,
      );
    await transaction.done;
    onCommitted();
  }

  /** Stored rows, still encrypted. With a limit, as many more as there are writes that could hide one of them. */
  async #readRange(
    table: string,
    range: Range,
    { isDescending = false, limit }: ListOptions,
    writeCount: number,
  ): Promise<[string, Uint8Array][]> {
    const keyRange = IDBKeyRange.bound([table, range.lower], [table, range.upper], range.isLowerOpen, true);
    const store = this.#dependencies.database.transaction('records').store;
    if (!isDescending || limit === undefined) {
      const count = limit === undefined ? undefined : limit + writeCount;
      const [keys, values] = await Promise.all([store.getAllKeys(keyRange, count), store.getAll(keyRange, count)]);
      return keys.map((key, index) => [key[1], values[index] ?? new Uint8Array()]);
    }
    const rows: [string, Uint8Array][] = [];
    for (let cursor = await store.openCursor(keyRange, 'prev'); cursor !== null; cursor = await cursor.continue()) {
      rows.push([cursor.key[1], cursor.value]);
      if (rows.length >= limit + writeCount) break;
    }
    return rows;
  }

  /** What this transaction has written is plain; what was stored is not. */
  async #valueOf(table: string, key: string, value: Uint8Array | undefined): Promise<Uint8Array> {
    const isOwn = this.#writes.get(table)?.has(key) === true;
    const bytes = value ?? new Uint8Array();
    return isOwn ? bytes.slice() : this.#dependencies.cipher.decrypt(table, key, bytes);
  }

  #writesOf(table: string): Writes {
    const writes = this.#writes.get(table) ?? new Map<string, Uint8Array | undefined>();
    this.#writes.set(table, writes);
    return writes;
  }

  #ensureOpen(): void {
    if (!this.#isOpen) throw new Error('the transaction has ended');
  }
}

/** From `lower` (without it, when open) up to but not including `upper`. */
interface Range {
  readonly lower: string;
  readonly isLowerOpen: boolean;
  readonly upper: string;
}

/** Undefined when nothing can be in it. */
function toRange({ prefix = '', after, before }: ListOptions): Range | undefined {
  const isLowerOpen = after !== undefined && after >= prefix;
  const lower = isLowerOpen ? after : prefix;
  const end = prefix + LAST_CHARACTER;
  const upper = before !== undefined && before < end ? before : end;
  return lower < upper ? { lower, isLowerOpen, upper } : undefined;
}

const isWithin = (key: string, { lower, isLowerOpen, upper }: Range): boolean =>
  (isLowerOpen ? key > lower : key >= lower) && key < upper;
