import { setTimeout as delay } from 'node:timers/promises';
import type { RewriterClock } from './embedded/aof-rewriter.ts';

/** Node's own timers; none of them keeps the process alive. */
export const systemClock: RewriterClock = {
  every(intervalMs, callback) {
    const timer = setInterval(callback, intervalMs);
    timer.unref();
    return () => clearInterval(timer);
  },
  async delay(delayMs) {
    await delay(delayMs);
  },
};
