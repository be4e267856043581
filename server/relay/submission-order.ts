/** Keeps the requests of one connection in order while some of them must wait (for a rate limit, for an account to be
 * loaded): a request overtakes none that came before it. When nothing waits, nothing is paid. */
export class SubmissionOrder {
  #last: Promise<unknown> | undefined;

  /** Runs `step` when the steps before it have ended; at once, and without a promise, when there are none. */
  run<T>(step: () => T | Promise<T>): T | Promise<T> {
    const result = this.#last === undefined ? step() : this.#last.then(step);
    if (!(result instanceof Promise)) return result;
    const last: Promise<void> = result.then(
      () => this.#ended(last),
      () => this.#ended(last),
    );
    this.#last = last;
    return result;
  }

  #ended(step: Promise<unknown>): void {
    if (this.#last === step) this.#last = undefined;
  }
}
