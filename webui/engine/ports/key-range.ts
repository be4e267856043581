/** The rows of one table between two keys. */
import type { ListOptions, StoredRow } from '../../../client/ports.ts';
import type { Database } from './database.ts';

/** Greater than every character that keys are made of. */
const LAST_CHARACTER = '\x7f';

/** From `lower` (without it, when open) up to but not including `upper`. */
export interface Range {
  readonly lower: string;
  readonly isLowerOpen: boolean;
  readonly upper: string;
}

/** Undefined when nothing can be in it. */
export function toRange({ prefix = '', after, before }: ListOptions): Range | undefined {
  const isLowerOpen = after !== undefined && after >= prefix;
  const lower = isLowerOpen ? after : prefix;
  const end = prefix + LAST_CHARACTER;
  const upper = before !== undefined && before < end ? before : end;
  return lower < upper ? { lower, isLowerOpen, upper } : undefined;
}

export const isWithin = (key: string, { lower, isLowerOpen, upper }: Range): boolean =>
  (isLowerOpen ? key > lower : key >= lower) && key < upper;

/** As they are stored, encrypted. */
export async function readRange(
  database: Database,
  table: string,
  range: Range,
  isDescending: boolean,
  limit: number | undefined,
): Promise<StoredRow[]> {
  const { store } = database.transaction('records');
  let keyRange = IDBKeyRange.bound([table, range.lower], [table, range.upper], range.isLowerOpen, true);
  if (isDescending && limit !== undefined) {
    // A cursor would take a round trip for each row: it only looks for where the last `limit` rows begin.
    const cursor = await store.openKeyCursor(keyRange, 'prev');
    const first = limit > 1 ? await cursor?.advance(limit - 1) : cursor;
    if (first) keyRange = IDBKeyRange.bound(first.key, [table, range.upper], false, true);
  }
  const count = isDescending ? undefined : limit;
  const [keys, values] = await Promise.all([store.getAllKeys(keyRange, count), store.getAll(keyRange, count)]);
  const rows = keys.flatMap(([, key], index) => {
    const value = values[index];
    return value === undefined ? [] : [{ key, value }];
  });
  return isDescending ? rows.reverse() : rows;
}
