/** Records that were read lately, decrypted: a transaction of the client reads a dozen of them, and a round trip to the
 * database for each is what would make a message slow. Valid as long as the count of the store's revision is the one it was filled at. */
import type { StoredRow } from '../../../client/ports.ts';

/** Enough for the sessions of a few hundred devices and what is on the screen. */
const MAX_BYTES = 8 * 1024 * 1024;
/** What an entry costs beside its bytes. */
const ENTRY_BYTES = 200;

interface Entry {
  readonly table: string;
  /** One value, or none; or the rows of a list. */
  readonly content: Uint8Array | undefined | readonly StoredRow[];
  readonly bytes: number;
}

export class RecordCache {
  /** Oldest use first. */
  readonly #entries = new Map<string, Entry>();
  /** By table, the names of the lists that a write to it makes invalid. */
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
    return entry === undefined ? undefined : { value: entry.content as Uint8Array | undefined };
  }

  set(table: string, key: string, value: Uint8Array | undefined): void {
    this.#put(nameOfValue(table, key), { table, content: value, bytes: ENTRY_BYTES + (value?.length ?? 0) });
  }

  list(table: string, query: string): readonly StoredRow[] | undefined {
    return this.#use(nameOfList(table, query))?.content as readonly StoredRow[] | undefined;
  }

  setList(table: string, query: string, rows: readonly StoredRow[]): void {
    const name = nameOfList(table, query);
    const bytes = rows.reduce((sum, { key, value }) => sum + key.length + value.length + ENTRY_BYTES, ENTRY_BYTES);
    this.#put(name, { table, content: rows, bytes });
    const names = this.#lists.get(table) ?? new Set();
    this.#lists.set(table, names.add(name));
  }

  /** What this tab has committed. */
  apply(table: string, writes: ReadonlyMap<string, Uint8Array | undefined>): void {
    for (const name of this.#lists.get(table) ?? []) this.#remove(name);
    this.#lists.delete(table);
    for (const [key, value] of writes) this.set(table, key, value);
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
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= MAX_BYTES) break;
      this.#remove(oldest);
    }
  }

  #remove(name: string): void {
    this.#bytes -= this.#entries.get(name)?.bytes ?? 0;
    this.#entries.delete(name);
  }
}

/** Tables, keys and queries hold no line feed. */
const nameOfValue = (table: string, key: string): string => `value\n${table}\n${key}`;
const nameOfList = (table: string, query: string): string => `list\n${table}\n${query}`;
