/** `vant doctor` for the admin pages: the same checks, run by the server itself. */
import type { AdminCheckup } from '../../wire/admin-schemas.ts';
import type { Check } from '../doctor/check.ts';

/** Checks ask other machines: whoever presses the button again gets what was found a moment ago. */
const FRESH_MS = 15_000;

interface Collaborators {
  /** Loads the checks; an idle server holds none of them. */
  readonly createChecks: () => Promise<readonly Check[]>;
  readonly now: () => number;
}

export class Checkup {
  readonly #with: Collaborators;
  #running: Promise<AdminCheckup> | undefined;
  #last: AdminCheckup | undefined;

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
  }

  /** One at a time, however many ask. */
  async run(): Promise<AdminCheckup> {
    const { now } = this.#with;
    if (this.#last !== undefined && now() - this.#last.at < FRESH_MS) return this.#last;
    this.#running ??= this.#examine().finally(() => (this.#running = undefined));
    return await this.#running;
  }

  async #examine(): Promise<AdminCheckup> {
    const { createChecks, now } = this.#with;
    const { examine } = await import('../doctor/examine.ts');
    const checks = await Promise.all((await createChecks()).map(examine));
    return (this.#last = { at: now(), checks });
  }
}
