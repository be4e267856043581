/** Typing indicators, on both sides: told rarely, and ended by themselves when nobody says so. */
import type { ClockPort } from '../ports.ts';

/** Told a moment after the first key: what is pasted and sent at once needs no word, which would be a message before the message. */
export const TYPING_DELAY_MS = 250;
/** While someone goes on typing, the others are told this often. */
export const TYPING_REPEAT_MS = 10_000;
/** Without another key it has stopped. */
export const TYPING_IDLE_MS = 5000;
/** Longer than the repetition: the indicator of someone who has gone offline goes away. */
export const TYPING_SHOWN_MS = 15_000;

interface Outgoing {
  /** Undefined until it was told. */
  toldAt: number | undefined;
  cancelIdle: () => void;
  readonly cancelTell: () => void;
}

/** What this device tells. */
export class TypingTeller {
  readonly #clock: ClockPort;
  readonly #tell: (conversation: string, isStarted: boolean) => void;
  readonly #active = new Map<string, Outgoing>();

  constructor(clock: ClockPort, tell: (conversation: string, isStarted: boolean) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** To be called with every key. */
  started(conversation: string): void {
    const now = this.#clock.now();
    const cancelIdle = this.#clock.setTimer(TYPING_IDLE_MS, () => this.stopped(conversation));
    const known = this.#active.get(conversation);
    if (known === undefined) {
      const cancelTell = this.#clock.setTimer(TYPING_DELAY_MS, () => this.#tellStart(conversation));
      this.#active.set(conversation, { toldAt: undefined, cancelIdle, cancelTell });
      return;
    }
    known.cancelIdle();
    known.cancelIdle = cancelIdle;
    // The clock may step back.
    const isDue = known.toldAt !== undefined && Math.abs(now - known.toldAt) >= TYPING_REPEAT_MS;
    if (isDue) this.#tellStart(conversation);
  }

  #tellStart(conversation: string): void {
    const typing = this.#active.get(conversation);
    if (typing === undefined) return;
    typing.toldAt = this.#clock.now();
    this.#tell(conversation, true);
  }

  stopped(conversation: string): void {
    if (this.forget(conversation)) this.#tell(conversation, false);
  }

  /** The message is sent: that says as much. Gives whether the others believe that one types. */
  forget(conversation: string): boolean {
    const typing = this.#active.get(conversation);
    typing?.cancelIdle();
    typing?.cancelTell();
    this.#active.delete(conversation);
    return typing?.toldAt !== undefined;
  }

  stopAll(): void {
    for (const conversation of this.#active.keys()) this.forget(conversation);
  }
}

/** What others tell this device. `name` says who and where. */
export class TypingWatcher<T> {
  readonly #clock: ClockPort;
  readonly #show: (typing: T, isStarted: boolean) => void;
  readonly #shown = new Map<string, () => void>();

  constructor(clock: ClockPort, show: (typing: T, isStarted: boolean) => void) {
    this.#clock = clock;
    this.#show = show;
  }

  started(name: string, typing: T): void {
    this.#shown.get(name)?.();
    const isShown = this.#shown.has(name);
    this.#shown.set(
      name,
      this.#clock.setTimer(TYPING_SHOWN_MS, () => this.stopped(name, typing)),
    );
    if (!isShown) this.#show(typing, true);
  }

  stopped(name: string, typing: T): void {
    this.#shown.get(name)?.();
    if (this.#shown.delete(name)) this.#show(typing, false);
  }

  stopAll(): void {
    for (const cancel of this.#shown.values()) cancel();
    this.#shown.clear();
  }
}
