/** Answers test calls, each with a process and an account of its own (docs/decisions/0018). */
import { VantError } from '../../../wire/errors.ts';
import type { AccountId } from '../../../wire/ids.ts';
import type { Echo } from '../../../wire/schemas.ts';
import type { Actor } from '../../accounts/actor.ts';
import type { RateLimiter } from '../../limits/rate-limiter.ts';
import { EchoCall, type EchoRooms } from './echo-call.ts';

const BUSY_RETRY_MS = 60_000;

interface EchoLimits {
  readonly isOn: boolean;
  readonly maxCalls: number;
  readonly maxCallMs: number;
}

export interface EchoOptions extends EchoRooms {
  /** File of the program that answers; undefined where only the server runs. */
  readonly program: string | undefined;
  readonly trustRoot: string;
  readonly limits: () => EchoLimits;
  readonly callsPerAccount: RateLimiter;
}

export class EchoService {
  readonly #options: EchoOptions;
  /** By caller. */
  readonly #calls = new Map<AccountId, EchoCall>();
  /** Processes that still run, or whose account is still there. */
  readonly #ending = new Set<Promise<unknown>>();
  #server: NodeJS.EventEmitter | undefined;

  constructor(options: EchoOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#options.program !== undefined && this.#options.limits().isOn;
  }

  /** @param server of HTTP, which the processes are to reach */
  start(server: NodeJS.EventEmitter): void {
    this.#server = server;
  }

  /** One test call for each member: the one before ends. @throws VantError ECHO_UNAVAILABLE, ECHO_BUSY, RATE_LIMITED */
  async open(actor: Actor): Promise<Echo> {
    const { program, trustRoot, callsPerAccount } = this.#options;
    if (!this.isOn || program === undefined || this.#server === undefined) throw new VantError('ECHO_UNAVAILABLE');
    await callsPerAccount.take(actor.accountId);
    this.#calls.get(actor.accountId)?.kill();
    this.#calls.delete(actor.accountId);
    const { maxCalls, maxCallMs } = this.#options.limits();
    if (this.#ending.size >= maxCalls + 1 || this.#calls.size >= maxCalls) {
      throw new VantError('ECHO_BUSY', undefined, { retryAfterMs: BUSY_RETRY_MS });
    }
    const call = new EchoCall(this.#options, { program, server: this.#server, trustRoot, maxCallMs });
    this.#calls.set(actor.accountId, call);
    this.#follow(actor.accountId, call);
    try {
      return await call.start(actor);
    } catch (error) {
      call.kill();
      throw error;
    }
  }

  /** Until when this member's test call lasts at most. */
  endOf(accountId: AccountId): number | undefined {
    return this.#calls.get(accountId)?.endsAt;
  }

  async stop(): Promise<void> {
    for (const call of this.#calls.values()) call.kill();
    await Promise.all(this.#ending);
  }

  #follow(caller: AccountId, call: EchoCall): void {
    const { log } = this.#options;
    const ended: Promise<unknown> = call
      .ended()
      // The janitor removes the account when its time is over.
      .catch((err: unknown) => log.warn({ err }, 'The account of a test call was not removed'))
      .finally(() => {
        this.#ending.delete(ended);
        if (this.#calls.get(caller) === call) this.#calls.delete(caller);
      });
    this.#ending.add(ended);
  }
}
