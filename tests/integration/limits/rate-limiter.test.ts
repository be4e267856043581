import { describe, expect, test } from 'vitest';
import { RateLimiter } from '../../../server/limits/rate-limiter.ts';
import type { Rate, RateStore } from '../../../server/limits/rate-store.ts';

type Limited = Exclude<Rate, 'off'>;

/** The bucket of take-tokens.lua, with the test's clock. */
class SimulatedRateStore implements RateStore {
  now = 0;
  asked = 0;
  #tokens: number | undefined;
  #at = 0;

  async take(_scope: string, _id: string, { count, perMs }: Limited, wanted: number) {
    this.asked++;
    const refilled = ((this.now - this.#at) * count) / perMs;
    const tokens = Math.min(count, (this.#tokens ?? count) + refilled);
    const granted = Math.min(Math.floor(tokens), wanted);
    this.#tokens = tokens - granted;
    this.#at = this.now;
    return { granted, retryAfterMs: Math.ceil((Math.max(0, 1 - this.#tokens) * perMs) / count) };
  }
}

function create(rate: Limited) {
  const store = new SimulatedRateStore();
  return { store, limiter: new RateLimiter('test', rate, store, () => store.now) };
}

const rates: Limited[] = [
  { count: 600, perMs: 10_000 },
  { count: 300, perMs: 600_000 },
  { count: 30, perMs: 3_600_000 },
  { count: 1, perMs: 1_000 },
];

describe('rate limiter', () => {
  test.each(rates)('whoever stays below $count in $perMs ms is never refused', async (rate) => {
    const { store, limiter } = create(rate);
    const intervalMs = (rate.perMs / rate.count) * 1.001;
    for (let i = 0; i < 3 * rate.count + 50; i++) {
      await limiter.take('a');
      store.now += intervalMs;
    }
  });

  test.each(rates)('of many at once $count are let through, and not one more', async (rate) => {
    const { limiter } = create(rate);
    const results = await Promise.allSettled(Array.from({ length: rate.count + 50 }, () => limiter.take('a')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(rate.count);
    const refusal = results.find((result) => result.status === 'rejected')!.reason as { retryAfterMs: number };
    expect(refusal).toMatchObject({ code: 'RATE_LIMITED' });
    expect(refusal.retryAfterMs).toBeLessThanOrEqual(Math.ceil(rate.perMs / rate.count));
  });

  test('a fast rate is leased: most tokens cost no question', async () => {
    const { store, limiter } = create({ count: 600, perMs: 10_000 });
    for (let i = 0; i < 600; i++) await limiter.take('a');
    expect(store.asked).toBeLessThanOrEqual(21);
  });

  test('off is off, and a change holds at once', async () => {
    const { store, limiter } = create({ count: 1, perMs: 60_000 });
    await limiter.take('a');
    await expect(limiter.take('a')).rejects.toThrow();
    limiter.rate = 'off';
    const before = store.asked;
    for (let i = 0; i < 100; i++) await limiter.take('a');
    expect([limiter.tryTake('a'), store.asked]).toEqual([true, before]);
  });
});
