/** Deletes messages when their time is over, as long as the program runs; what was over before goes at the start. */
import type { ClientPorts } from '../ports.ts';
import { nextExpiry } from './expiry.ts';
import { removeExpired } from './remove-message.ts';

/** Timers of browsers and Node overflow at 24 days; and after a sleep the clock is looked at again. */
const MAX_WAIT_MS = 60 * 60 * 1000;
/** The store failed. */
const RETRY_MS = 5000;

export class ExpiryKeeper {
  readonly #ports: Pick<ClientPorts, 'storage' | 'clock'>;
  readonly #onError: (error: unknown) => void;
  #cancelTimer: () => void = () => undefined;
  #running: Promise<void> | undefined;
  #isAsked = false;
  #isStopped = false;

  constructor(ports: Pick<ClientPorts, 'storage' | 'clock'>, onError: (error: unknown) => void) {
    this.#ports = ports;
    this.#onError = onError;
  }

  /** Looks now, and whenever the next one is over. Cheap to call too often. */
  wake(): void {
    if (this.#isStopped) return;
    this.#isAsked = true;
    this.#running ??= this.#run()
      .catch((error: unknown) => {
        this.#onError(error);
        this.#schedule(RETRY_MS);
      })
      .finally(() => {
        this.#running = undefined;
        if (this.#isAsked) this.wake();
      });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer();
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#isAsked = false;
    const { storage, clock } = this.#ports;
    while (await storage.transaction((tx) => removeExpired(tx, clock.now())));
    const next = await storage.transaction((tx) => nextExpiry(tx));
    if (next !== undefined) this.#schedule(next - clock.now());
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer();
    if (this.#isStopped) return;
    this.#cancelTimer = this.#ports.clock.setTimer(Math.min(Math.max(delayMs, 0), MAX_WAIT_MS), () => this.wake());
  }
}
