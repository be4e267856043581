import { describe, expect, test } from 'vitest';
import { bucketFloorMs, LatencyHistogram, percentileOf } from '../../../server/observability/latency-histogram.ts';

const bucketOf = (ms: number): number => {
  const histogram = new LatencyHistogram();
  histogram.add(ms);
  return [...histogram.take().keys()][0]!;
};

describe('LatencyHistogram', () => {
  test('every duration falls into a bucket that is not more than an eighth below it', () => {
    for (const ms of [0, 1, 7, 8, 9, 15, 16, 17, 100, 999, 1000, 65_535, 65_536, 1_000_000, 2 ** 22]) {
      const floor = bucketFloorMs(bucketOf(ms));
      expect(floor, `${ms} ms`).toBeLessThanOrEqual(ms);
      expect(ms - floor, `${ms} ms`).toBeLessThanOrEqual(ms / 8);
    }
  });

  test('buckets rise with durations; what is beyond either end counts at the end', () => {
    const buckets = Array.from({ length: 5000 }, (_, ms) => bucketOf(ms));
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    expect(bucketOf(-5)).toBe(0);
    expect(bucketOf(2 ** 23 - 1)).toBe(bucketOf(2 ** 31));
    expect(bucketOf(2 ** 31)).toBe(bucketOf(2 ** 40));
  });

  test('percentiles; what was taken is counted no more', () => {
    const histogram = new LatencyHistogram();
    for (let ms = 1; ms <= 100; ms++) histogram.add(ms <= 98 ? 2 : 5);
    const counts = histogram.take();
    expect([0.5, 0.98, 0.99, 1].map((share) => percentileOf(counts, share))).toEqual([2, 2, 5, 5]);
    expect(percentileOf(histogram.take(), 0.5)).toBeUndefined();
  });
});
