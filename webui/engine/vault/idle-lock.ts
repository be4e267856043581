/** Locks after a time without input. */
import type { ClockPort } from '../../../client/ports.ts';

const MINUTE_MS = 60_000;

export class IdleLock {
  readonly #clock: ClockPort;
  readonly #onIdle: () => void;
  #idleMs: number | undefined;
  #lastActivityAt = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(clock: ClockPort, onIdle: () => void) {
    this.#clock = clock;
    this.#onIdle = onIdle;
  }

  /** Undefined: never. */
  setMinutes(minutes: number | undefined): void {
    this.#idleMs = minutes === undefined ? undefined : minutes * MINUTE_MS;
    this.#lastActivityAt = this.#clock.now();
    this.#schedule(this.#idleMs);
  }

  /** Cheap: the timer is not set anew, it looks at the time when it rings. */
  note(): void {
    if (this.#isOverdue()) this.#onIdle();
    else this.#lastActivityAt = this.#clock.now();
  }

  stop(): void {
    this.setMinutes(undefined);
  }

  /** A device that slept wakes up long after the time, and its timers may be late: input is no proof that someone was there. */
  #isOverdue(): boolean {
    return this.#idleMs !== undefined && this.#clock.now() - this.#lastActivityAt >= this.#idleMs;
  }

  #schedule(delayMs: number | undefined): void {
    this.#cancelTimer();
    if (delayMs === undefined) return;
    this.#cancelTimer = this.#clock.setTimer(delayMs, () => {
      if (this.#isOverdue()) this.#onIdle();
      else this.#schedule(this.#lastActivityAt + (this.#idleMs ?? 0) - this.#clock.now());
    });
  }
}
