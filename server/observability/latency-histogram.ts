/** Counts durations in buckets that are an eighth of an octave wide: percentiles are right to 12 %, histograms of several nodes
 * and minutes are added bucket by bucket, and counting is an index and an addition. */

/** Below this every millisecond has a bucket of its own. */
const LINEAR = 8;
const PER_OCTAVE = 8;
/** 2^23 ms are more than two hours: all that is longer counts as that. */
const OCTAVES = 20;
const LONGEST_MS = 2 ** (3 + OCTAVES) - 1;
const BUCKETS = LINEAR + OCTAVES * PER_OCTAVE;

/** Bucket to count; what is not there is zero. */
export type BucketCounts = ReadonlyMap<number, number>;

export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);

  /** @param ms whole; clocks of two machines may differ, so it may be negative */
  add(ms: number): void {
    const index = toBucket(ms);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  /** What has been counted since the last time. */
  take(): BucketCounts {
    const taken = new Map<number, number>();
    this.#counts.forEach((count, index) => count > 0 && taken.set(index, count));
    this.#counts.fill(0);
    return taken;
  }
}

function toBucket(durationMs: number): number {
  if (durationMs < LINEAR) return Math.max(0, Math.trunc(durationMs));
  const ms = Math.min(durationMs, LONGEST_MS);
  const octave = 31 - Math.clz32(ms);
  return LINEAR + (octave - 3) * PER_OCTAVE + ((ms >>> (octave - 3)) & (PER_OCTAVE - 1));
}

/** The smallest duration that falls into the bucket. */
export function bucketFloorMs(index: number): number {
  if (index < LINEAR) return index;
  const octave = 3 + Math.floor((index - LINEAR) / PER_OCTAVE);
  return 2 ** octave + ((index - LINEAR) % PER_OCTAVE) * 2 ** (octave - 3);
}

/** @param share 0.5 for the median. @returns ms, or undefined where nothing was counted. */
export function percentileOf(counts: BucketCounts, share: number): number | undefined {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let left = Math.ceil(total * share);
  for (const [index, count] of [...counts].sort(([a], [b]) => a - b)) {
    left -= count;
    if (left <= 0) return bucketFloorMs(index);
  }
  return undefined;
}
