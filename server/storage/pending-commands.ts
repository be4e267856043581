/** Whoever waits for an answer, in the order of asking: a doubly linked list, so that a command costs two pointers instead
 * of a timer. One sweep from the old end finds all that have waited too long. */
export interface Waiter {
  readonly reject: (reason: unknown) => void;
  /** Runs the command once Redis is there; undefined when it was written already. */
  run: (() => void) | undefined;
  readonly sinceMs: number;
  previous: Waiter | undefined;
  next: Waiter | undefined;
  isDone: boolean;
}

export class PendingCommands {
  #oldest: Waiter | undefined;
  #newest: Waiter | undefined;

  add(reject: (reason: unknown) => void, run: (() => void) | undefined, nowMs: number): Waiter {
    const waiter: Waiter = { reject, run, sinceMs: nowMs, previous: this.#newest, next: undefined, isDone: false };
    if (this.#newest === undefined) this.#oldest = waiter;
    else this.#newest.next = waiter;
    this.#newest = waiter;
    return waiter;
  }

  remove(waiter: Waiter): void {
    if (waiter.isDone) return;
    waiter.isDone = true;
    if (waiter.previous === undefined) this.#oldest = waiter.next;
    else waiter.previous.next = waiter.next;
    if (waiter.next === undefined) this.#newest = waiter.previous;
    else waiter.next.previous = waiter.previous;
  }

  /** Rejects all that wait since before `untilMs`. @returns how many of them had been written to Redis. */
  expire(untilMs: number, reasonOf: (wasSent: boolean) => unknown): number {
    let sent = 0;
    while (this.#oldest !== undefined && this.#oldest.sinceMs <= untilMs) {
      const waiter = this.#oldest;
      this.remove(waiter);
      const wasSent = waiter.run === undefined;
      if (wasSent) sent++;
      waiter.reject(reasonOf(wasSent));
    }
    return sent;
  }

  /** Runs, in order, what waited for a connection. */
  flush(): void {
    for (let waiter = this.#oldest; waiter !== undefined; waiter = waiter.next) {
      const { run } = waiter;
      waiter.run = undefined;
      run?.();
    }
  }

  get isEmpty(): boolean {
    return this.#oldest === undefined;
  }
}
