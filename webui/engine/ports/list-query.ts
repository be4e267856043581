/** A question for rows of a table, and what its answer becomes by writes: so an answer that was read once need not be read again
 * after each of them. */
import type { StoredRow } from '../../../client/ports.ts';
import { isWithin, type Range } from './key-range.ts';

export interface ListQuery {
  readonly range: Range;
  readonly isDescending: boolean;
  readonly limit: number | undefined;
}

/** By key; undefined means deleted. */
export type Writes = ReadonlyMap<string, Uint8Array | undefined>;

/** The answer after the writes, or undefined when that takes rows that it does not have. @param rows the answer before */
export function applyWrites(
  query: ListQuery,
  rows: readonly StoredRow[],
  writes: Writes,
): readonly StoredRow[] | undefined {
  const relevant = [...writes].filter(([key]) => isWithin(key, query.range));
  if (relevant.length === 0) return rows;
  const { isDescending, limit } = query;
  // What lies behind the last row is not known.
  const isCut = limit !== undefined && rows.length >= limit;
  const isBefore = (a: string, b: string): boolean => (isDescending ? a > b : a < b);
  const last = rows.at(-1)?.key ?? '';
  const next = new Map(rows.map((row) => [row.key, row]));
  for (const [key, value] of relevant) {
    if (value === undefined) {
      if (next.delete(key) && isCut) return undefined;
    } else if (!isCut || !isBefore(last, key)) next.set(key, { key, value });
  }
  return [...next.values()].sort((a, b) => (isBefore(a.key, b.key) ? -1 : 1)).slice(0, limit);
}
