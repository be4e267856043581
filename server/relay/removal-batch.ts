/** How long an acknowledged envelope may stay in its queue. A crash meanwhile delivers it again, as a crash just before the
 * acknowledgement would: devices drop what they have. */
const DELAY_MS = 10;

export interface Removing {
  removeAcknowledged(): void;
}

export interface Removals {
  /** Sees to it that `removeAcknowledged` is called soon. Not to be called again before that. */
  add(delivery: Removing): void;
}

/** Removes acknowledged envelopes of all connections together, a moment later. Each removal alone would be a command of its
 * own and a sync of the disk, for which the next submission would have to wait. */
export class RemovalBatch implements Removals {
  #waiting: Removing[] = [];

  add(delivery: Removing): void {
    if (this.#waiting.push(delivery) > 1) return;
    setTimeout(() => {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const each of waiting) each.removeAcknowledged();
    }, DELAY_MS);
  }
}
