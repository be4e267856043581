import { randomUUID } from 'node:crypto';
import type { Log } from '../observability/log.ts';
import type { WakeQueue } from './wake-queue.ts';

const TTL_MS = 12_000;
const RENEW_MS = 3_000;

interface Collaborators {
  readonly wakes: WakeQueue;
  /** There is no other node: nothing to be renewed, and nobody to be waited for. */
  readonly isAlone: boolean;
  readonly onAcquired: () => void;
  readonly log: Log;
}

/** One node pushes. When it dies another one takes over, a quarter of a minute later at most. */
export class PushLease {
  readonly token = randomUUID();
  readonly #with: Collaborators;
  #isHeld = false;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  async start(): Promise<void> {
    await this.#renew();
    this.#timer = setInterval(() => {
      if (!this.#with.isAlone || !this.#isHeld) this.#renewing ??= this.#renew();
    }, RENEW_MS).unref();
  }

  /** Another node has it: the store has said so. */
  lose(): void {
    this.#isHeld = false;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    if (!this.#isHeld) return;
    this.#isHeld = false;
    await this.#with.wakes.releaseLease(this.token).catch(() => undefined);
  }

  async #renew(): Promise<void> {
    const { wakes, isAlone, onAcquired, log } = this.#with;
    try {
      const outcome = await wakes.acquireLease(this.token, isAlone ? undefined : TTL_MS);
      const wasHeld = this.#isHeld;
      this.#isHeld = outcome !== undefined;
      if (this.#isHeld && (!wasHeld || outcome === 'new')) onAcquired();
    } catch (error) {
      // The store judges every claim by the lease, so going on does no harm.
      log.debug({ err: error }, 'The lease for pushing could not be renewed');
    } finally {
      this.#renewing = undefined;
    }
  }
}
