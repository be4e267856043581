import { describe, expect, it } from 'vitest';
import { IdleLock } from '../../../webui/engine/vault/idle-lock.ts';
import { createFakeClock } from '../client/fakes.ts';

const MINUTE_MS = 60_000;

function setUp(minutes: number | undefined) {
  const clock = createFakeClock();
  let locks = 0;
  const idle = new IdleLock(clock, () => locks++);
  idle.setMinutes(minutes);
  return { clock, idle, lockCount: () => locks };
}

describe('the idle lock', () => {
  it('locks after the time, and not a moment before', async () => {
    const { clock, lockCount } = setUp(5);
    await clock.advance(5 * MINUTE_MS - 1);
    expect(lockCount()).toBe(0);
    await clock.advance(1);
    expect(lockCount()).toBe(1);
  });

  it('counts from the last input', async () => {
    const { clock, idle, lockCount } = setUp(5);
    await clock.advance(4 * MINUTE_MS);
    idle.note();
    await clock.advance(4 * MINUTE_MS);
    idle.note();
    await clock.advance(5 * MINUTE_MS - 1);
    expect(lockCount()).toBe(0);
    await clock.advance(1);
    expect(lockCount()).toBe(1);
  });

  it('locks at the first input after a sleep in which no timer rang', () => {
    const { clock, idle, lockCount } = setUp(5);
    clock.set(clock.now() + 8 * 60 * MINUTE_MS);
    idle.note();
    expect(lockCount()).toBe(1);
  });

  it('never locks without a time, or after it was stopped', async () => {
    const without = setUp(undefined);
    await without.clock.advance(1000 * MINUTE_MS);
    without.idle.note();
    expect(without.lockCount()).toBe(0);
    const stopped = setUp(5);
    stopped.idle.stop();
    await stopped.clock.advance(1000 * MINUTE_MS);
    expect(stopped.lockCount()).toBe(0);
  });
});
