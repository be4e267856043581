/** Counts what a well-behaved device does not send (refused requests, unknown acknowledgements, needless keepalives) and
 * forgives it slowly. Local to a connection: whoever floods is disconnected, and then meets the limit on connecting. */

const CAPACITY = 200;
const FORGIVEN_PER_SECOND = 20;

export class FloodGuard {
  #points = 0;
  #lastAt = 0;

  /** @returns true when it is too much. */
  count(now: number, points = 1): boolean {
    const forgiven = ((now - this.#lastAt) / 1000) * FORGIVEN_PER_SECOND;
    this.#points = Math.max(0, this.#points - Math.max(0, forgiven)) + points;
    this.#lastAt = now;
    return this.#points > CAPACITY;
  }
}
