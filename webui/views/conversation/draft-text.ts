/** What is being written: its text, and the mentions in it, which move along with every change. */
import type { TextRange } from '../../../client/conversations/text-range.ts';

/** The ranges after `before` has become `after`: those that were touched are gone. */
export function moveRanges(ranges: readonly TextRange[], before: string, after: string): TextRange[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let tail = 0;
  const longest = Math.min(before.length, after.length) - start;
  while (tail < longest && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const end = before.length - tail;
  const shift = after.length - before.length;
  return ranges.flatMap((range) => {
    if (range.start + range.length <= start) return [range];
    if (range.start >= end) return [{ ...range, start: range.start + shift }];
    return [];
  });
}
