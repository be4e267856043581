import { describe, expect, it } from 'vitest';
import { BACKOFF_BASE_MS, BACKOFF_MAX_MS, backoffMs } from '../../../client/transport/backoff.ts';

const fixed = (byte: number) => ({ bytes: (count: number) => new Uint8Array(count).fill(byte) });

describe('backoff', () => {
  it('doubles its ceiling up to a minute', () => {
    const ceilings = [0, 1, 2, 7, 50].map((attempt) => Math.ceil(backoffMs(attempt, fixed(255)) / 10) * 10);
    expect(ceilings).toEqual([BACKOFF_BASE_MS, 1000, 2000, BACKOFF_MAX_MS, BACKOFF_MAX_MS]);
  });

  it('spreads over the whole time below the ceiling', () => {
    expect(backoffMs(3, fixed(0))).toBe(0);
    expect(backoffMs(3, fixed(128))).toBe(2007);
  });

  it('comes no sooner than the server asks', () => {
    expect(backoffMs(0, fixed(0), 5000)).toBe(5000);
  });
});
