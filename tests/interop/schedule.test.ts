// Thousands of rounds under random schedules, our engine on one end or both, the native library on the other.
// VANT_SEED replays one seed, VANT_ACTIONS makes the schedules longer.
import { describe, expect, test } from 'vitest';
import * as ours from '../../e2ee/index.ts';
import { runSchedule } from '../support/e2ee/schedule.ts';
import { native } from './native.ts';

const actions = Number(process.env['VANT_ACTIONS'] ?? 1500);
const chosen = process.env['VANT_SEED'];
const seeds = chosen === undefined ? [1, 2, 3, 4, 5, 6] : [Number(chosen)];

describe.each([
  ['ours with native', ours, native],
  ['native with ours', native, ours],
  ['ours with ours', ours, ours],
] as const)('%s', (_, alice, bob) => {
  test.each(seeds)('seed %i', { timeout: 120_000 }, async (seed) => {
    const result = await runSchedule(alice, bob, seed, actions);
    expect(result.delivered).toBeGreaterThan(actions / 4);
    expect(result.refused).toBeGreaterThan(0);
  });
});
