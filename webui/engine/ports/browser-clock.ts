import type { ClockPort } from '../../../client/ports.ts';

/** In pages and in workers. */
export const browserClock: ClockPort = {
  now: () => Date.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
