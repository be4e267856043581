import { backoffMs } from './backoff.ts';

interface Pause {
  failures: number;
  until: number;
}

/** A push service that fails is left alone for a while, for all devices: longer each time, and at least as long as it asks for. */
export class ServicePauses {
  readonly #pauses = new Map<string, Pause>();
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Undefined when it may be tried. */
  untilOf(service: string, now: number): number | undefined {
    const until = this.#pauses.get(service)?.until ?? 0;
    return until > now ? until : undefined;
  }

  /** @returns when to try again. */
  failed(service: string, now: number, askedMs = 0): number {
    const pause = this.#pauses.get(service) ?? { failures: 0, until: 0 };
    // Many requests under way fail together: that is one failure.
    if (pause.until <= now) {
      pause.until = now + backoffMs(pause.failures, this.#random);
      pause.failures++;
    }
    pause.until = Math.max(pause.until, now + askedMs);
    this.#pauses.set(service, pause);
    return pause.until;
  }

  worked(service: string): void {
    this.#pauses.delete(service);
  }
}
