/** Rate limits that hold across all nodes, at a price that a message can pay: a node takes tokens from the shared bucket
 * a few at a time, and spends them without asking again. Tokens that it does not spend within a second are lost, so the
 * limit is never exceeded, at worst not fully used. */
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
  readonly #store: RateStore;
  readonly #scope: string;
  readonly #now: () => number;
  readonly #leases = new Map<string, Lease>();
  #rate: Rate;

  constructor(scope: string, rate: Rate, store: RateStore, now: () => number) {
    this.#scope = scope;
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
    if (this.#rate === 'off' || this.tryTake(id)) return;
    const wanted = Math.max(1, Math.min(MAX_LEASE, Math.floor(this.#rate.count * LEASE_SHARE)));
    const { granted, retryAfterMs } = await this.#store.take(this.#scope, id, this.#rate, wanted);
    if (granted === 0) throw new VantError('RATE_LIMITED', undefined, { retryAfterMs: Math.max(1, retryAfterMs) });
    // A lease that another call has taken meanwhile is added to, not replaced: its tokens are paid for.
    const before = this.#leases.get(id);
    const left = before !== undefined && before.expiresAt >= this.#now() ? before.tokens : 0;
    this.#makeRoom();
    this.#leases.set(id, { tokens: left + granted - 1, expiresAt: this.#now() + LEASE_MS });
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
