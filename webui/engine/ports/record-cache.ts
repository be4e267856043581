/** Records that were read lately, decrypted: a transaction of the client reads a dozen of them, and a round trip to the
 * database for each is what would make a message slow. Valid as long as the count of the store's revision is the one it was filled at. */
import type { StoredRow } from '../../../client/ports.ts';
import { applyWrites, type ListQuery, type Writes } from './list-query.ts';

/** Enough for the sessions of a few hundred devices and what is on the screen. */
const MAX_BYTES = 8 * 1024 * 1024;
/** What an entry costs beside its bytes. */
const ENTRY_BYTES = 200;

interface Entry {
  /** One value, or none. */
  readonly value?: Uint8Array | undefined;
  readonly list?: List;
  readonly bytes: number;
}

interface List {
  readonly table: string;
  readonly query: ListQuery;
  readonly rows: readonly StoredRow[];
}

export class RecordCache {
  /** Oldest use first. */
  readonly #entries = new Map<string, Entry>();
  /** By table, the names of the lists that a write to it may change. */
  readonly #lists = new Map<string, Set<string>>();
  #bytes = 0;
  #count: number | undefined;

  /** Drops everything when another tab has written since. */
  validate(count: number): void {
    if (this.#count !== count) this.clear();
    this.#count = count;
  }

  /** This tab has committed, and told with `apply`. */
  advance(count: number): void {
    this.#count = count;
  }

  clear(): void {
    this.#entries.clear();
    this.#lists.clear();
    this.#bytes = 0;
    this.#count = undefined;
  }

  /** Undefined when it is not known; `value` is undefined when it is known that there is none. */
  get(table: string, key: string): { readonly value: Uint8Array | undefined } | undefined {
    const entry = this.#use(nameOfValue(table, key));
    return entry === undefined ? undefined : { value: entry.value };
  }

  set(table: string, key: string, value: Uint8Array | undefined): void {
    this.#put(nameOfValue(table, key), { value, bytes: ENTRY_BYTES + (value?.length ?? 0) });
  }

  list(table: string, query: ListQuery): readonly StoredRow[] | undefined {
    return this.#use(nameOfList(table, query))?.list?.rows;
  }

  setList(table: string, query: ListQuery, rows: readonly StoredRow[]): void {
    const bytes = rows.reduce((sum, { key, value }) => sum + key.length + value.length + ENTRY_BYTES, ENTRY_BYTES);
    this.#put(nameOfList(table, query), { list: { table, query, rows }, bytes });
  }

  /** What this tab has committed. */
  apply(table: string, writes: Writes): void {
    for (const name of [...(this.#lists.get(table) ?? [])]) this.#applyToList(name, writes);
    for (const [key, value] of writes) this.set(table, key, value);
  }

  #applyToList(name: string, writes: Writes): void {
    const list = this.#entries.get(name)?.list;
    if (list === undefined) return;
    const rows = applyWrites(list.query, list.rows, writes);
    if (rows === undefined) this.#remove(name);
    else if (rows !== list.rows) this.setList(list.table, list.query, rows);
  }

  #use(name: string): Entry | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    return entry;
  }

  #put(name: string, entry: Entry): void {
    this.#remove(name);
    if (entry.bytes > MAX_BYTES / 8) return;
    this.#entries.set(name, entry);
    this.#bytes += entry.bytes;
    if (entry.list !== undefined) this.#namesOf(entry.list).add(name);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= MAX_BYTES) break;
      this.#remove(oldest);
    }
  }

  #remove(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#bytes -= entry.bytes;
    this.#entries.delete(name);
    if (entry.list !== undefined) this.#namesOf(entry.list).delete(name);
  }

  #namesOf({ table }: List): Set<string> {
    const names = this.#lists.get(table) ?? new Set();
    this.#lists.set(table, names);
    return names;
  }
}

/** Tables, keys and queries in JSON hold no line feed. */
const nameOfValue = (table: string, key: string): string => `value\n${table}\n${key}`;
const nameOfList = (table: string, query: ListQuery): string => `list\n${table}\n${JSON.stringify(query)}`;
