/** One kind of record under one name, typed. */
import type { ListOptions, StorageTransaction } from '../ports.ts';
import { decodeJson, encodeJson } from './json-codec.ts';

export interface Table<T> {
  get(tx: StorageTransaction, key: string): Promise<T | undefined>;
  put(tx: StorageTransaction, key: string, value: T): Promise<void>;
  delete(tx: StorageTransaction, key: string): Promise<void>;
  list(tx: StorageTransaction, options?: ListOptions): Promise<{ key: string; value: T }[]>;
}

/** Its module is loaded when somebody needs it, and is to be erased in any case. */
export const CONNECTION_REPORTS_TABLE = 'connection-reports';

/** Every table that there is, so that erasing a store forgets none. */
const names = new Set<string>([CONNECTION_REPORTS_TABLE]);

const ERASED_AT_ONCE = 500;

/** What is read was written by this program under the same name, so its type is taken for granted. */
export function defineTable<T>(name: string): Table<T> {
  names.add(name);
  return {
    async get(tx, key) {
      const bytes = await tx.get(name, key);
      return bytes === undefined ? undefined : (decodeJson(bytes) as T);
    },
    put: (tx, key, value) => tx.put(name, key, encodeJson(value)),
    delete: (tx, key) => tx.delete(name, key),
    async list(tx, options) {
      const rows = await tx.list(name, options);
      return rows.map(({ key, value }) => ({ key, value: decodeJson(value) as T }));
    },
  };
}

/** Deletes everything, keys and all. */
export async function eraseTables(tx: StorageTransaction): Promise<void> {
  for (const name of names) {
    for (;;) {
      const rows = await tx.list(name, { limit: ERASED_AT_ONCE });
      for (const { key } of rows) await tx.delete(name, key);
      if (rows.length < ERASED_AT_ONCE) break;
    }
  }
}

/** Numbers in keys have a fixed width, so that their order as text is their order. */
export function orderedKey(value: number): string {
  return value.toString().padStart(16, '0');
}
