/** One transaction of the client: reads as they come, writes kept until all of them are stored at once. */
import type { ListOptions, StorageTransaction, StoredRow } from '../../../client/ports.ts';
import type { RecordCipher } from '../vault/record-cipher.ts';
import { StoreChangedError, REVISION_KEY, type Database, type Revision } from './database.ts';
import { isWithin, readRange, toRange, type Range } from './key-range.ts';
import type { RecordCache } from './record-cache.ts';

/** By key; undefined means deleted. */
type Writes = Map<string, Uint8Array | undefined>;

export interface TransactionDependencies {
  readonly database: Database;
  readonly cipher: RecordCipher;
  readonly cache: RecordCache;
  /** Of the store, when the transaction began. */
  readonly revision: Revision;
}

export class BufferedTransaction implements StorageTransaction {
  readonly #dependencies: TransactionDependencies;
  readonly #writes = new Map<string, Writes>();
  #isOpen = true;

  constructor(dependencies: TransactionDependencies) {
    this.#dependencies = dependencies;
  }

  async get(table: string, key: string): Promise<Uint8Array | undefined> {
    this.#ensureOpen();
    const writes = this.#writes.get(table);
    if (writes?.has(key) === true) return writes.get(key)?.slice();
    const { database, cipher, cache } = this.#dependencies;
    const known = cache.get(table, key);
    if (known !== undefined) return known.value?.slice();
    const stored = await database.get('records', [table, key]);
    const value = stored === undefined ? undefined : await cipher.decrypt(table, key, stored);
    cache.set(table, key, value);
    return value?.slice();
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
    const { isDescending = false, limit } = options;
    const writes = [...(this.#writes.get(table) ?? [])].filter(([key]) => isWithin(key, range));
    // As many more as there are writes that could hide one of them.
    const stored = await this.#readStored(table, range, isDescending, limit && limit + writes.length);
    if (writes.length === 0) return stored.map(copyRow);
    const rows = new Map<string, Uint8Array | undefined>([...stored.map(toEntry), ...writes]);
    const found = [...rows].flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
    const direction = isDescending ? -1 : 1;
    return found
      .sort((a, b) => (a.key < b.key ? -direction : direction))
      .slice(0, limit)
      .map(copyRow);
  }

  /** Nothing can be read or written after this. */
  end(): void {
    this.#isOpen = false;
  }

  /** Stores all writes or none. @returns whether there were any. @throws StoreChangedError, and DOMException when there is no
   * room, or the database is closed */
  async commit(): Promise<boolean> {
    const { database, cache, revision } = this.#dependencies;
    if (this.#writes.size === 0) return false;
    const encrypted = await this.#encryptWrites();
    // Strict: what the relay is told has arrived must survive a power cut.
    const transaction = database.transaction(['records', 'meta'], 'readwrite', { durability: 'strict' });
    const [records, meta] = [transaction.objectStore('records'), transaction.objectStore('meta')];
    // Failures of single requests abort the transaction, and `done` tells.
    const ignore = (request: Promise<unknown>): void => void request.catch(() => undefined);
    let hasChanged = false;
    ignore(
      meta.get(REVISION_KEY).then((stored) => {
        hasChanged = stored?.count !== revision.count || stored.epoch !== revision.epoch;
        if (hasChanged) transaction.abort();
      }),
    );
    for (const { key, value } of encrypted) ignore(value === undefined ? records.delete(key) : records.put(value, key));
    ignore(meta.put({ ...revision, count: revision.count + 1 }, REVISION_KEY));
    await transaction.done.catch((error: unknown) => {
      throw hasChanged ? new StoreChangedError() : error;
    });
    for (const [table, writes] of this.#writes) cache.apply(table, writes);
    cache.advance(revision.count + 1);
    return true;
  }

  async #encryptWrites(): Promise<{ key: [string, string]; value: Uint8Array | undefined }[]> {
    const { cipher } = this.#dependencies;
    const writes = [...this.#writes].flatMap(([table, ofTable]) =>
      [...ofTable].map(([key, value]) => ({ table, key, value })),
    );
    return Promise.all(
      writes.map(async ({ table, key, value }) => ({
        key: [table, key] as [string, string],
        value: value === undefined ? undefined : await cipher.encrypt(table, key, value),
      })),
    );
  }

  async #readStored(
    table: string,
    range: Range,
    isDescending: boolean,
    limit: number | undefined,
  ): Promise<readonly StoredRow[]> {
    const { database, cipher, cache } = this.#dependencies;
    const query = { range, isDescending, limit };
    const known = cache.list(table, query);
    if (known !== undefined) return known;
    const stored = await readRange(database, table, range, isDescending, limit);
    const rows = await Promise.all(
      stored.map(async ({ key, value }) => ({ key, value: await cipher.decrypt(table, key, value) })),
    );
    cache.setList(table, query, rows);
    return rows;
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

const copyRow = ({ key, value }: StoredRow): StoredRow => ({ key, value: value.slice() });
const toEntry = ({ key, value }: StoredRow): [string, Uint8Array] => [key, value];
