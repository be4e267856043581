/** How many answers one source gets in a second before it has authenticated. Sources can be forged over UDP: whoever is named as one
 * must not be flooded by us, and counting must not take memory for each. */
import { randomInt } from 'node:crypto';
import { toSource } from './source.ts';

/** Sources share counters by chance; at a thousand active ones, one in eight shares. */
const COUNTERS = 8192;

export class ReplyBudget {
  readonly #perSecond: number;
  readonly #counts = new Uint32Array(COUNTERS);
  /** So that nobody can choose whom to share a counter with. */
  readonly #seed = randomInt(2 ** 31);

  /** @param perSecond 0 is no limit */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  take(address: string): boolean {
    if (this.#perSecond === 0) return true;
    const index = this.#hash(toSource(address));
    const count = (this.#counts[index] ?? 0) + 1;
    this.#counts[index] = count;
    return count <= this.#perSecond;
  }

  /** To be called once a second. */
  refill(): void {
    this.#counts.fill(0);
  }

  /** FNV-1a, 32 bits. */
  #hash(text: string): number {
    let hash = this.#seed;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return (hash >>> 16) % COUNTERS;
  }
}
