/** Rate limits that hold across all nodes, at a price that a message can pay: a node takes tokens from the shared bucket
 * a few at a time, and spends them without asking again. Tokens that it does not spend within a second are lost, so the
 * limit is never exceeded, at worst not fully used; and because it takes no more than come back within that second, whoever
 * stays below the rate is never refused. */
import { VantError } from '../../wire/errors.ts';
import type { Rate, RateStore } from './rate-store.ts';

const LEASE_MS = 1_000;
/** Share of the bucket that a node takes at once, and the most. */
const LEASE_SHARE = 0.05;
const MAX_LEASE = 64;
/** Beyond this many remembered leases, spent and old ones are dropped. */
const MAX_LEASES = 20_000;

interface Lease {
  tokens: number;
  readonly expiresAt: number;
}

export class RateLimiter {
  readonly scope: string;
  readonly #store: RateStore;
  readonly #now: () => number;
  readonly #leases = new Map<string, Lease>();
  readonly #pending = new Map<string, ReturnType<RateStore['take']>>();
  #rate: Rate;

  constructor(scope: string, rate: Rate, store: RateStore, now: () => number) {
    this.scope = scope;
    this.#rate = rate;
    this.#store = store;
    this.#now = now;
  }

  /** Takes effect at once; what nodes have leased already is spent under the old rate. */
  set rate(rate: Rate) {
    this.#rate = rate;
  }

  /** Spends a token that is at hand. @returns false when the store must be asked: call `take`. */
  tryTake(id: string): boolean {
    if (this.#rate === 'off') return true;
    const lease = this.#leases.get(id);
    if (lease === undefined || lease.tokens <= 0 || lease.expiresAt < this.#now()) return false;
    lease.tokens--;
    return true;
  }

  /** @throws VantError RATE_LIMITED with retryAfterMs. */
  async take(id: string): Promise<void> {
    // Whoever comes while the store is asked waits for that answer: asking for each would lease the whole bucket at once.
    while (this.#rate !== 'off' && !this.tryTake(id)) {
      const lease = this.#pending.get(id) ?? this.#lease(id, this.#rate);
      const { granted, retryAfterMs } = await lease;
      if (granted === 0) throw new VantError('RATE_LIMITED', undefined, { retryAfterMs: Math.max(1, retryAfterMs) });
    }
  }

  #lease(id: string, rate: Exclude<Rate, 'off'>): ReturnType<RateStore['take']> {
    const refill = (rate.count / rate.perMs) * LEASE_MS;
    const wanted = Math.max(1, Math.floor(Math.min(MAX_LEASE, rate.count * LEASE_SHARE, refill)));
    const lease = this.#store.take(this.scope, id, rate, wanted);
    this.#pending.set(id, lease);
    const done = (granted: number) => {
      this.#pending.delete(id);
      this.#makeRoom();
      this.#leases.set(id, { tokens: granted, expiresAt: this.#now() + LEASE_MS });
    };
    lease.then(
      ({ granted }) => done(granted),
      () => this.#pending.delete(id),
    );
    return lease;
  }

  #makeRoom(): void {
    if (this.#leases.size < MAX_LEASES) return;
    const now = this.#now();
    for (const [id, lease] of this.#leases) {
      if (lease.tokens <= 0 || lease.expiresAt < now) this.#leases.delete(id);
    }
    if (this.#leases.size >= MAX_LEASES) this.#leases.clear();
  }
}
