import { ChannelOrder } from './channel-order.ts';
import type { RedisArgument, RedisConnection, RedisReply, RedisScript } from './connection.ts';
import type { Command, RedisLink } from './links/link.ts';
import { PendingCommands, type Waiter } from './pending-commands.ts';
import { errorCodeOf, toStorageError, unavailable, wasNeverSent } from './storage-error.ts';

export interface ResilientConnectionOptions {
  /** A command that is not answered by then fails. */
  readonly commandTimeoutMs?: number | undefined;
  /** After so long without a connection, commands fail at once instead of waiting for it. */
  readonly patienceMs?: number | undefined;
  readonly onTrouble?: ((reason: Error) => void) | undefined;
}

const SWEEPS_PER_TIMEOUT = 10;
const SCAN_COUNT = '500';
const REFUSALS = new Set(['WRONGPASS', 'NOAUTH']);

/** What all links have in common: a short absence of Redis (restart, failover) is waited for, a longer one fails at once, and
 * no caller ever waits longer than the deadline. A command that was given up before it was written is never run later. */
export class ResilientConnection implements RedisConnection {
  readonly #link: RedisLink;
  readonly #commandTimeoutMs: number;
  readonly #patienceMs: number;
  readonly #pending = new PendingCommands();
  readonly #channels = new ChannelOrder();
  readonly #resubscribedListeners = new Set<() => void>();
  readonly #sweeper: NodeJS.Timeout;
  #nowMs = performance.now();
  #lostAtMs: number | undefined = performance.now();
  #lastTrouble: Error | undefined;
  #isClosed = false;
  #hasDeferred = false;
  #firstReady = Promise.withResolvers<undefined>();

  constructor(link: RedisLink, options: ResilientConnectionOptions = {}) {
    this.#link = link;
    this.#commandTimeoutMs = options.commandTimeoutMs ?? 5_000;
    this.#patienceMs = options.patienceMs ?? this.#commandTimeoutMs;
    this.#sweeper = setInterval(() => this.#sweep(), this.#commandTimeoutMs / SWEEPS_PER_TIMEOUT);
    this.#sweeper.unref();
    this.#firstReady.promise.catch(() => undefined);
    link.start({
      onReady: () => this.#onReady(),
      onLost: (reason) => this.#onLost(reason, options.onTrouble),
      onTrouble: (reason) => this.#onTrouble(reason, options.onTrouble),
      onResubscribed: () => this.#resubscribedListeners.forEach((listener) => listener()),
    });
  }

  /** Waits for the first connection. @throws VantError STORAGE_UNAVAILABLE with what hindered it. */
  async whenReady(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.#firstReady.reject(this.#awayError()), timeoutMs);
    await this.#firstReady.promise.finally(() => clearTimeout(timer));
  }

  execute(key: string, command: readonly RedisArgument[]): Promise<RedisReply> {
    return this.#ask(() => this.#link.send(key, toWire(command))) as Promise<RedisReply>;
  }

  pipeline(key: string, commands: readonly (readonly RedisArgument[])[]): Promise<RedisReply[]> {
    return this.#ask(() => Promise.all(commands.map((command) => this.#link.send(key, toWire(command))))) as Promise<
      RedisReply[]
    >;
  }

  transaction(key: string, commands: readonly (readonly RedisArgument[])[]): Promise<RedisReply[]> {
    return this.#ask(async () => {
      const replies = await this.#link.sendTransaction(key, commands.map(toWire));
      const failure = replies.find((reply) => reply instanceof Error);
      if (failure !== undefined) throw failure;
      return replies;
    }) as Promise<RedisReply[]>;
  }

  async evaluate(
    script: RedisScript,
    keys: readonly [string, ...string[]],
    args: readonly RedisArgument[],
  ): Promise<RedisReply> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.execute(keys[0], ['EVALSHA', script.sha1, ...rest]);
    } catch (error) {
      if (errorCodeOf(error) !== 'NOSCRIPT') throw error;
      return await this.execute(keys[0], ['EVAL', script.source, ...rest]);
    }
  }

  subscribe(channel: string, listener: (message: Buffer) => void): Promise<void> {
    return this.#channels.run(channel, async () => {
      try {
        await this.#ask(() => this.#link.subscribe(channel, listener));
      } catch (error) {
        // The caller was told that there is no subscription; it must not come to stand later.
        void this.#link.unsubscribe(channel).catch(() => undefined);
        throw error;
      }
    });
  }

  unsubscribe(channel: string): Promise<void> {
    return this.#channels.run(channel, async () => {
      const unsubscribe = () => this.#link.unsubscribe(channel);
      // Where the connection is lost, the subscription is lost with it, and is not renewed: that is what was asked for.
      // Otherwise the deadline holds: the next subscription of the channel waits for the answer.
      await (this.isReady() ? this.#ask(unsubscribe) : unsubscribe()).catch(() => undefined);
    });
  }

  async publish(channel: string, message: RedisArgument): Promise<number> {
    return (await this.execute(channel, ['SPUBLISH', channel, message])) as number;
  }

  async *scan(match: string): AsyncIterable<string> {
    const primaries = await this.#ask(() => this.#link.primaries());
    for (const send of primaries) {
      let cursor = '0';
      do {
        const command = ['SCAN', cursor, 'MATCH', match, 'COUNT', SCAN_COUNT];
        const [next, keys] = (await this.#ask(() => send(command))) as [Buffer, Buffer[]];
        for (const key of keys) yield key.toString();
        cursor = next.toString();
      } while (cursor !== '0');
    }
  }

  /** Asks every primary node the same: for checks at start and for gauges. */
  async executeOnPrimaries(command: readonly RedisArgument[]): Promise<RedisReply[]> {
    const primaries = await this.#ask(() => this.#link.primaries());
    return Promise.all(primaries.map((send) => this.#ask(() => send(toWire(command))) as Promise<RedisReply>));
  }

  onResubscribed(listener: () => void): void {
    this.#resubscribedListeners.add(listener);
  }

  isReady(): boolean {
    return !this.#isClosed && this.#link.isReady();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#sweeper);
    await this.#link.close();
    this.#pending.expire(Infinity, () => unavailable('The connection to Redis was closed.'));
  }

  /** The hot path: one promise, one list node, no timer. */
  #ask<T>(send: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = () => {
        try {
          send().then(
            (reply) => {
              this.#pending.remove(waiter);
              resolve(reply);
            },
            (error: unknown) => this.#fail(waiter, run, error),
          );
        } catch (error) {
          this.#fail(waiter, run, error);
        }
      };
      const isReady = this.isReady();
      const waiter = this.#pending.add(reject, isReady ? undefined : run, isReady ? this.#nowMs : performance.now());
      if (isReady) run();
      else if (this.#isHopeless()) this.#fail(waiter, run, this.#awayError());
    });
  }

  #fail(waiter: Waiter, run: () => void, error: unknown): void {
    if (wasNeverSent(error) && !waiter.isDone && !this.#isClosed) {
      // One node of a cluster is away, or the loss is being noticed just now: the sweep or the next connection tries again.
      waiter.run = run;
      this.#hasDeferred = true;
      return;
    }
    this.#pending.remove(waiter);
    waiter.reject(toStorageError(error));
    // The server was made a replica under us.
    if (errorCodeOf(error) === 'READONLY') this.#link.restart(error as Error);
  }

  #isHopeless(): boolean {
    return this.#isClosed || (this.#lostAtMs !== undefined && performance.now() - this.#lostAtMs > this.#patienceMs);
  }

  #awayError(): Error {
    if (this.#isClosed) return unavailable('The connection to Redis was closed.');
    const reason = this.#lastTrouble === undefined ? '' : ` (${this.#lastTrouble.message})`;
    return unavailable(`Redis cannot be reached${reason}.`, this.#lastTrouble);
  }

  /** One timer for all commands. Its tick is also their clock, so that one may wait up to a tenth less than the deadline. */
  #sweep(): void {
    const nowMs = performance.now();
    const wasHeldUp = nowMs - this.#nowMs > (2 * this.#commandTimeoutMs) / SWEEPS_PER_TIMEOUT;
    this.#nowMs = nowMs;
    // The process stood still (suspended, or a long computation): replies may lie unread. They are read before the next tick.
    if (wasHeldUp) return;
    const unanswered = this.#pending.expire(nowMs - this.#commandTimeoutMs, (wasSent) =>
      wasSent ? unavailable(`Redis has not answered for ${this.#commandTimeoutMs} ms.`) : this.#awayError(),
    );
    if (unanswered > 0) this.#link.restart(new Error(`Redis left ${unanswered} commands unanswered.`));
    if (this.#hasDeferred && this.isReady()) this.#flush();
  }

  #flush(): void {
    this.#hasDeferred = false;
    this.#pending.flush();
  }

  #onReady(): void {
    this.#lostAtMs = undefined;
    this.#lastTrouble = undefined;
    this.#firstReady.resolve(undefined);
    this.#flush();
  }

  #onLost(reason: Error, report?: (reason: Error) => void): void {
    this.#lostAtMs = performance.now();
    this.#onTrouble(reason, report);
  }

  #onTrouble(reason: Error, report?: (reason: Error) => void): void {
    this.#lastTrouble = reason;
    report?.(reason);
    // Waiting does not make a password right.
    if (REFUSALS.has(errorCodeOf(reason) ?? '')) this.#firstReady.reject(this.#awayError());
  }
}

/** The library takes strings and Buffers; a view costs nothing, and most commands need none. */
function toWire(command: readonly RedisArgument[]): Command {
  for (const argument of command) {
    if (typeof argument !== 'string' && !Buffer.isBuffer(argument)) return command.map(toBuffer);
  }
  return command;
}

function toBuffer(argument: RedisArgument): RedisArgument {
  if (typeof argument === 'string' || Buffer.isBuffer(argument)) return argument;
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
}
