// Keys of messages that have not arrived yet, as an immutable value. Both ratchets keep them.
//
// 32-byte keys lie packed in one array in ascending order of their index, and the indexes are runs: 2,000 skipped keys are
// two objects, load as a view of the stored bytes, and cost hardly more than themselves.
import { type Bytes, concatBytes, copyBytes, EMPTY } from './primitives/bytes.ts';
import { Cursor } from './proto/cursor.ts';
import { bytes, converted } from './proto/message.ts';
import { varint } from './proto/writer.ts';
import { invalidProtobuf } from './errors.ts';

export const SKIPPED_KEY_BYTES = 32;

interface Run {
  readonly start: number;
  readonly count: number;
}

export interface SkippedKeys {
  readonly runs: readonly Run[];
  readonly keys: Bytes;
}

export const NO_SKIPPED_KEYS: SkippedKeys = { runs: [], keys: EMPTY };

export function countSkippedKeys(skipped: SkippedKeys): number {
  return skipped.keys.length / SKIPPED_KEY_BYTES;
}

/** The key of `index` and what remains without it, or null if it is not there. */
export function takeSkippedKey(skipped: SkippedKeys, index: number): { key: Bytes; rest: SkippedKeys } | null {
  let position = 0;
  for (const [i, run] of skipped.runs.entries()) {
    if (index >= run.start && index < run.start + run.count) {
      const offset = (position + index - run.start) * SKIPPED_KEY_BYTES;
      const key = copyBytes(skipped.keys.subarray(offset, offset + SKIPPED_KEY_BYTES));
      const runs = [...skipped.runs.slice(0, i), ...split(run, index), ...skipped.runs.slice(i + 1)];
      return { key, rest: { runs, keys: cut(skipped.keys, offset) } };
    }
    position += run.count;
  }
  return null;
}

/** Appends the packed keys of `start`, `start` + 1, …; then the oldest go until `limit` are left. */
export function appendSkippedKeys(skipped: SkippedKeys, start: number, keys: Bytes, limit: number): SkippedKeys {
  const count = keys.length / SKIPPED_KEY_BYTES;
  if (count === 0) return skipped;
  const last = skipped.runs.at(-1);
  const joins = last !== undefined && last.start + last.count === start;
  const runs = joins
    ? [...skipped.runs.slice(0, -1), { start: last.start, count: last.count + count }]
    : [...skipped.runs, { start, count }];
  const joined = { runs, keys: concatBytes(skipped.keys, keys) };
  return dropOldest(joined, countSkippedKeys(joined) - limit);
}

/** Without the keys of indexes below `horizon`. */
export function dropSkippedBelow(skipped: SkippedKeys, horizon: number): SkippedKeys {
  let excess = 0;
  for (const run of skipped.runs) excess += Math.max(0, Math.min(run.count, horizon - run.start));
  return dropOldest(skipped, excess);
}

function dropOldest(skipped: SkippedKeys, excess: number): SkippedKeys {
  if (excess <= 0) return skipped;
  const runs: Run[] = [];
  let toDrop = excess;
  for (const run of skipped.runs) {
    const dropped = Math.min(run.count, toDrop);
    toDrop -= dropped;
    if (dropped < run.count) runs.push({ start: run.start + dropped, count: run.count - dropped });
  }
  return { runs, keys: skipped.keys.slice(excess * SKIPPED_KEY_BYTES) };
}

function split(run: Run, index: number): readonly Run[] {
  const before = { start: run.start, count: index - run.start };
  const after = { start: index + 1, count: run.start + run.count - index - 1 };
  return [before, after].filter((part) => part.count > 0);
}

function cut(keys: Bytes, offset: number): Bytes {
  return concatBytes(keys.subarray(0, offset), keys.subarray(offset + SKIPPED_KEY_BYTES));
}

/** Number of runs, then each run as its distance from the end of the one before and its length, then the keys. */
export function encodeSkippedKeys(skipped: SkippedKeys): Bytes | undefined {
  if (skipped.runs.length === 0) return undefined;
  const head = [varint(skipped.runs.length)];
  let end = 0;
  for (const run of skipped.runs) {
    head.push(varint(run.start - end), varint(run.count));
    end = run.start + run.count;
  }
  return concatBytes(...head, skipped.keys);
}

export function decodeSkippedKeys(encoded: Bytes | undefined): SkippedKeys {
  if (encoded === undefined) return NO_SKIPPED_KEYS;
  const cursor = new Cursor(encoded);
  const runs: Run[] = [];
  let end = 0;
  let total = 0;
  for (let left = cursor.number(); left > 0; left--) {
    const start = end + cursor.number();
    const count = cursor.number();
    runs.push({ start, count });
    end = start + count;
    total += count;
  }
  const keys = cursor.rest();
  if (keys.length !== total * SKIPPED_KEY_BYTES) throw invalidProtobuf();
  return { runs, keys };
}

/** As a field of a protocol buffer; absent where there are none. */
export const skippedKeys = /* @__PURE__ */ converted(bytes, decodeSkippedKeys, encodeSkippedKeys);
