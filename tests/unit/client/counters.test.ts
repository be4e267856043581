import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextTimestamp, takeKeyIds } from '../../../client/storage/counters.ts';
import { createMemoryStorage } from './memory-storage.ts';

describe('timestamps of messages', () => {
  it('are unique and rise, whatever the clock does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(2_000_000_000_000), { minLength: 2, maxLength: 20 }), async (clock) => {
        const storage = createMemoryStorage();
        const given: number[] = [];
        for (const now of clock) given.push(await storage.transaction((tx) => nextTimestamp(tx, now)));
        for (const [index, timestamp] of given.entries()) {
          expect(timestamp).toBeGreaterThan(given[index - 1] ?? -1);
          expect(timestamp).toBeGreaterThanOrEqual(clock[index]!);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are not used up by a transaction that fails', async () => {
    const storage = createMemoryStorage();
    await storage
      .transaction(async (tx) => {
        await nextTimestamp(tx, 1000);
        throw new Error('no');
      })
      .catch(() => undefined);
    expect(await storage.transaction((tx) => nextTimestamp(tx, 1000))).toBe(1000);
  });
});

describe('key ids', () => {
  it('go up by the number taken, and start over within 24 bits', async () => {
    const storage = createMemoryStorage();
    expect(await storage.transaction((tx) => takeKeyIds(tx, 100))).toBe(1);
    expect(await storage.transaction((tx) => takeKeyIds(tx, 0xffffff - 100))).toBe(101);
    expect(await storage.transaction((tx) => takeKeyIds(tx, 1))).toBe(1);
  });
});
