/** Runs the TURN server in a thread of its own, so that neither makes the other wait: audio is late after twenty milliseconds, and
 * storing messages takes longer now and then. A thread that dies is started again; the chat does not notice. */
import type { Duplex } from 'node:stream';
import { MessageChannel, type Worker } from 'node:worker_threads';
import { Counters } from '../core/counters.ts';
import type { TurnEvent } from '../core/ports.ts';
import { bridgeSocket } from '../net/bridged-stream.ts';
import type { RemoteEnd } from '../net/stream-clients.ts';
import type { HandedOver } from '../net/turn-server.ts';
import { startWorker } from './start-worker.ts';
import type { FromWorker, ToWorker, TurnSettings, TurnState, TurnStatus } from './worker-messages.ts';

export interface SupervisorOptions {
  readonly settings: TurnSettings;
  readonly state: TurnState;
  /** Of an earlier process: what its `stop` gave. */
  readonly handedOver?: readonly HandedOver[];
  readonly onEvent: (event: TurnEvent) => void;
  /** Whenever addresses have changed, the first time included. */
  readonly onStatus: (status: TurnStatus) => void;
  /** @param restartMs until the next attempt */
  readonly onCrash: (error: Error, restartMs: number) => void;
}

const FIRST_RESTART_MS = 250;
const MAX_RESTART_MS = 30_000;
/** A thread that has lived for this long starts counting anew. */
const STABLE_MS = 60_000;

const NOTHING: TurnStatus = { listening: [], failures: [], relayAddresses: {} };

export class TurnSupervisor {
  readonly #options: SupervisorOptions;
  /** One memory for all threads, one after the other: counters go on where they were. */
  readonly #counters = new Counters();
  #state: TurnState;
  #handedOver: readonly HandedOver[];
  #worker: Worker | undefined;
  #status: TurnStatus | undefined;
  #ready = Promise.withResolvers<TurnStatus>();
  #restartMs = FIRST_RESTART_MS;
  #restartTimer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#handedOver = options.handedOver ?? [];
  }

  get counters(): ReturnType<Counters['read']> {
    return this.#counters.read();
  }

  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** @returns what the thread listens on, once it does. */
  async start(): Promise<TurnStatus> {
    if (this.#worker === undefined && this.#restartTimer === undefined && !this.#isStopped) this.#spawn();
    return this.#status ?? (await this.#ready.promise);
  }

  setState(state: TurnState): void {
    this.#state = state;
    this.#post({ type: 'state', state });
  }

  /** Hands over a stream that was accepted, and decrypted, here. */
  serve(stream: Duplex, remote: RemoteEnd, isSecure: boolean): void {
    if (this.#worker === undefined) {
      stream.destroy();
      return;
    }
    const { port1, port2 } = new MessageChannel();
    this.#worker.postMessage({ type: 'stream', port: port2, remote, isSecure } satisfies ToWorker, [port2]);
    bridgeSocket(stream, port1);
  }

  /** @returns the allocations that there were, for another process to go on with. */
  async stop(): Promise<readonly HandedOver[]> {
    this.#isStopped = true;
    clearTimeout(this.#restartTimer);
    this.#ready.resolve(NOTHING);
    const worker = this.#worker;
    if (worker === undefined) return this.#handedOver;
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    this.#post({ type: 'stop' });
    const timer = setTimeout(() => void worker.terminate(), 2_000);
    await exited;
    clearTimeout(timer);
    return this.#handedOver;
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #spawn(): void {
    this.#restartTimer = undefined;
    const { settings } = this.#options;
    const [counters, handedOver] = [this.#counters.memory, this.#handedOver];
    this.#handedOver = [];
    const worker = startWorker({ settings, state: this.#state, counters, handedOver });
    const startedAtMs = performance.now();
    this.#worker = worker;
    let failure: Error | undefined;
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'event') this.#options.onEvent(message.event);
      else if (message.type === 'handover') {
        this.#handedOver = message.handedOver;
        failure = message.failure === undefined ? failure : new Error(message.failure);
      } else {
        this.#status = message.status;
        this.#ready.resolve(message.status);
        this.#options.onStatus(message.status);
      }
    });
    worker.on('error', (error: Error) => (failure = error));
    worker.once('exit', (code) => {
      this.#worker = undefined;
      if (!this.#isStopped) this.#restart(failure ?? new Error(`the thread ended with ${code}`), startedAtMs);
    });
  }

  #restart(error: Error, startedAtMs: number): void {
    // Those that live on are counted again.
    this.#counters.set('allocations', 0);
    if (performance.now() - startedAtMs > STABLE_MS) this.#restartMs = FIRST_RESTART_MS;
    this.#options.onCrash(error, this.#restartMs);
    this.#status = undefined;
    this.#ready = Promise.withResolvers();
    this.#restartTimer = setTimeout(() => this.#spawn(), this.#restartMs);
    this.#restartMs = Math.min(2 * this.#restartMs, MAX_RESTART_MS);
  }
}
