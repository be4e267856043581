import type { PushClock } from '../../../server/push/clock.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that passes when the test says so. */
export class ManualClock implements PushClock {
  #now = 1_700_000_000_000;
  readonly #timers = new Set<Timer>();

  now = (): number => this.#now;

  setTimer = (delayMs: number, callback: () => void): (() => void) => {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** Lets `ms` pass, in steps up to the next timer; `settled` is awaited before and after each. */
  async advance(ms: number, settled: () => Promise<void>, stepMs = 1): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const nextAt = Math.min(...[...this.#timers].map(({ at }) => at));
      if (nextAt > end) break;
      this.#now = Math.min(end, Math.max(this.#now, nextAt) + stepMs - 1);
      for (const timer of [...this.#timers].filter(({ at }) => at <= this.#now)) {
        this.#timers.delete(timer);
        timer.callback();
      }
    }
    this.#now = end;
  }
}
