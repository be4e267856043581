import { describe, expect, it } from 'vitest';
import { toRange } from '../../../webui/engine/ports/key-range.ts';
import { applyWrites, type ListQuery } from '../../../webui/engine/ports/list-query.ts';

type Rows = readonly { readonly key: string; readonly value: Uint8Array }[];

const value = (number: number): Uint8Array => Uint8Array.of(number);
const keysOf = (rows: Rows | undefined): string | undefined => rows?.map(({ key }) => key).join('');

function query(options: Parameters<typeof toRange>[0], isDescending = false, limit?: number): ListQuery {
  const range = toRange(options);
  if (range === undefined) throw new Error('nothing is in this range');
  return { range, isDescending, limit };
}

function answer(
  { range: { lower, isLowerOpen, upper }, isDescending, limit }: ListQuery,
  keys: Iterable<string>,
): Rows {
  const found = [...keys].filter((key) => (isLowerOpen ? key > lower : key >= lower) && key < upper).sort();
  if (isDescending) found.reverse();
  return found.slice(0, limit).map((key) => ({ key, value: value(1) }));
}

describe('an answer that is kept', () => {
  const complete = answer(query({}), 'bdf');
  it.each([
    ['takes what is new to its place', query({}), { e: value(2) }, 'bdef'],
    ['also from the end', query({}, true), { e: value(2) }, 'fedb'],
    ['loses what is deleted', query({}), { d: undefined }, 'bf'],
    ['stays when something else is written', query({ after: 'a', before: 'h' }), { a: value(2), x: undefined }, 'bdf'],
    ['grows up to its limit', query({}, false, 4), { a: value(2), c: value(2) }, 'abcd'],
    ['keeps out what is behind its last row', query({}, false, 3), { g: value(2), c: value(2) }, 'bcd'],
    ['does not know what follows one that it has lost', query({}, false, 3), { b: undefined }, undefined],
    ['does not miss one that it never had', query({}, false, 3), { g: undefined }, 'bdf'],
  ] as const)('%s', (_name, asked, writes, expected) => {
    const rows = asked.isDescending ? complete.toReversed() : complete;
    expect(keysOf(applyWrites(asked, rows, new Map(Object.entries(writes))))).toBe(expected);
  });

  it('has the new value of a row', () => {
    const rows = applyWrites(query({}, false, 3), complete, new Map([['f', value(9)]]));
    expect(rows?.at(-1)).toEqual({ key: 'f', value: value(9) });
  });

  it('is what the store would answer, after any writes', () => {
    let state = 7;
    const below = (limit: number): number => (state = (state * 48_271) % 0x7fffffff) % limit;
    const letter = (): string => 'abcdefghij'[below(10)] ?? '';
    for (let round = 0; round < 2000; round++) {
      const stored = new Set(Array.from({ length: below(9) }, letter));
      const bounds = {
        ...(below(2) === 0 ? { after: letter() } : {}),
        ...(below(2) === 0 ? { before: letter() } : {}),
      };
      if (toRange(bounds) === undefined) continue;
      const asked = query(bounds, below(2) === 0, below(3) === 0 ? undefined : 1 + below(5));
      const writes = new Map(
        Array.from({ length: below(4) }, () => [letter(), below(2) === 0 ? undefined : value(1)] as const),
      );
      const kept = applyWrites(asked, answer(asked, stored), writes);
      for (const [key, written] of writes) {
        if (written === undefined) stored.delete(key);
        else stored.add(key);
      }
      if (kept !== undefined) expect(keysOf(kept)).toBe(keysOf(answer(asked, stored)));
    }
  });
});
