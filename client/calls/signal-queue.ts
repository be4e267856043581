/** Brings the messages of one call to the other side in their order, again and again while there is no connection. */
import type { CallMessage } from '../../wire/generated/content.ts';
import type { ClockPort } from '../ports.ts';

const RETRY_MS = 1000;

export type CallBody = NonNullable<CallMessage['body']>;

export class SignalQueue {
  readonly #send: (body: CallBody) => Promise<boolean>;
  readonly #clock: ClockPort;
  #waiting: CallBody[] = [];
  #isSending = false;
  #isClosed = false;
  #cancelRetry: () => void = () => undefined;

  constructor(send: (body: CallBody) => Promise<boolean>, clock: ClockPort) {
    this.#send = send;
    this.#clock = clock;
  }

  push(body: CallBody): void {
    if (this.#isClosed) return;
    const last = this.#waiting.at(-1);
    // What is being sent stays as it is; candidates that wait behind it go in one message.
    const mayJoin = this.#waiting.length > (this.#isSending ? 1 : 0);
    if (body.$case === 'candidates' && last?.$case === 'candidates' && mayJoin) {
      last.value.candidates.push(...body.value.candidates);
    } else {
      this.#waiting.push(body);
    }
    void this.#drain();
  }

  /** Sends one last message, without those that still wait. */
  close(last?: CallBody): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelRetry();
    this.#waiting = [];
    if (last !== undefined) void this.#send(last).catch(() => false);
  }

  async #drain(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    this.#cancelRetry();
    try {
      for (let body = this.#waiting[0]; body !== undefined; body = this.#waiting[0]) {
        if (!(await this.#send(body).catch(() => false))) {
          this.#retryLater();
          return;
        }
        this.#waiting.shift();
      }
    } finally {
      this.#isSending = false;
    }
  }

  #retryLater(): void {
    if (!this.#isClosed) this.#cancelRetry = this.#clock.setTimer(RETRY_MS, () => void this.#drain());
  }
}
