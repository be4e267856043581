import type { Rate } from '../limits/rate-store.ts';

/** A rate within one process: the one node that pushes needs no shared count. */
export class TokenBucket {
  #tokens = Infinity;
  #at = 0;
  readonly #rate: () => Rate;

  constructor(rate: () => Rate) {
    this.#rate = rate;
  }

  /** How many may be spent now. */
  available(now: number): number {
    const rate = this.#rate();
    if (rate === 'off') return Infinity;
    const elapsed = Math.max(0, now - this.#at);
    this.#at = now;
    this.#tokens = Math.min(rate.count, this.#tokens + (elapsed * rate.count) / rate.perMs);
    return Math.floor(this.#tokens);
  }

  /** Negative gives back. */
  spend(count: number): void {
    this.#tokens -= count;
  }

  /** When there is one, if there is none now. */
  nextAt(now: number): number {
    const rate = this.#rate();
    if (rate === 'off' || this.#tokens >= 1) return now;
    return now + Math.ceil(((1 - this.#tokens) * rate.perMs) / rate.count);
  }
}
