/** Waiting, by the injected clock. */
import type { ClockPort } from '../ports.ts';

export function sleep(clock: ClockPort, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.setTimer(delayMs, resolve));
}
