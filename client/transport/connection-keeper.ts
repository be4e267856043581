/** Keeps a connection: opens it, opens it again after it ended, and knows when not to (docs/protocol.md, "Close codes"). */
import type { ErrorCode } from '../../wire/errors.ts';
import type { Delivery, PreKeysLow, Welcome } from '../../wire/generated/frames.ts';
import type { ClientPorts } from '../ports.ts';
import { backoffMs } from './backoff.ts';
import { Connection, errorOfCloseCode } from './connection.ts';

/** A connection that held this long was a good one: the next failure starts a new series. */
const STABLE_MS = 10_000;
/** After these, coming back by oneself does harm or is in vain. */
const FINAL_ERRORS: readonly (ErrorCode | undefined)[] = ['UNAUTHORIZED', 'CONNECTED_ELSEWHERE'];

export type ConnectionState =
  | { readonly status: 'connecting' }
  | { readonly status: 'connected'; readonly isReceiving: boolean }
  | { readonly status: 'waiting'; readonly retryInMs: number; readonly closeCode: number }
  | { readonly status: 'stopped'; readonly reason: ErrorCode | undefined };

export interface KeeperHandlers {
  /** Whether the next connection takes deliveries. */
  chooseReceiving(): Promise<boolean>;
  target(isReceiving: boolean): { url: string; protocols: readonly string[] };
  onState(state: ConnectionState): void;
  onConnected(connection: Connection, welcome: Welcome): void;
  onDelivery(delivery: Delivery, connection: Connection): void;
  onQueueDrained(): void;
  onPreKeysLow(low: PreKeysLow): void;
  onPushAddressDropped(reason: string): void;
}

export class ConnectionKeeper {
  readonly #ports: Pick<ClientPorts, 'socket' | 'clock' | 'random' | 'log'>;
  readonly #handlers: KeeperHandlers;
  #connection: Connection | undefined;
  #isStopped = true;
  #isHurried = false;
  #attempt = 0;
  #connectedAt: number | undefined;
  #floorMs = 0;
  #cancelWait: () => void = () => undefined;
  #state: ConnectionState = { status: 'stopped', reason: undefined };
  #isReceiving = false;

  constructor(ports: Pick<ClientPorts, 'socket' | 'clock' | 'random' | 'log'>, handlers: KeeperHandlers) {
    this.#ports = ports;
    this.#handlers = handlers;
  }

  get connection(): Connection | undefined {
    return this.#connection?.isOpen === true ? this.#connection : undefined;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get isReceiving(): boolean {
    return this.#isReceiving;
  }

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    void this.#open();
  }

  /** Opens again at once: another role was chosen, or the network came back. */
  reconnect(): void {
    if (this.#isStopped) return;
    this.#isHurried = true;
    if (this.#connection !== undefined) this.#connection.close();
    else this.#cancelWait();
  }

  /** The network may be back, or have changed under an open connection: waits no longer, and asks an open one for a sign of
   * life. After `stopped`, it starts again. */
  hurry({ isOtherNetwork = false }: { readonly isOtherNetwork?: boolean } = {}): void {
    if (this.#isStopped) this.start();
    // Of a connection through a network that is gone nothing will come, not even its end; a call cannot wait for the silence.
    else if (isOtherNetwork) this.reconnect();
    else if (this.#connection?.isOpen === true) this.#connection.probe();
    else if (this.#state.status === 'waiting') this.reconnect();
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#cancelWait();
    this.#connection?.close();
    this.#setState({ status: 'stopped', reason: undefined });
  }

  async #open(): Promise<void> {
    this.#setState({ status: 'connecting' });
    this.#isReceiving = await this.#handlers.chooseReceiving();
    if (this.#hasStopped()) return;
    this.#connectedAt = undefined;
    const connection = new Connection(this.#ports, this.#handlers.target(this.#isReceiving), {
      onDelivery: (delivery, source) => this.#handlers.onDelivery(delivery, source),
      onQueueDrained: () => this.#handlers.onQueueDrained(),
      onPreKeysLow: (low) => this.#handlers.onPreKeysLow(low),
      onPushAddressDropped: (reason) => this.#handlers.onPushAddressDropped(reason),
      onDraining: (reconnectAfterMs) => (this.#floorMs = reconnectAfterMs),
      onClose: (code) => this.#onClose(code),
    });
    this.#connection = connection;
    const welcome = await connection.opened().catch(() => undefined);
    if (welcome === undefined || !connection.isOpen) return;
    this.#connectedAt = this.#ports.clock.now();
    this.#setState({ status: 'connected', isReceiving: this.#isReceiving });
    this.#handlers.onConnected(connection, welcome);
  }

  #onClose(code: number): void {
    this.#connection = undefined;
    if (this.#isStopped) return;
    const error = errorOfCloseCode(code);
    this.#ports.log.write('info', 'connection.closed', { code, error });
    if (FINAL_ERRORS.includes(error)) {
      this.#isStopped = true;
      this.#setState({ status: 'stopped', reason: error });
      return;
    }
    const wasStable = this.#connectedAt !== undefined && this.#ports.clock.now() - this.#connectedAt > STABLE_MS;
    if (wasStable) this.#attempt = 0;
    const retryInMs = this.#isHurried ? 0 : backoffMs(this.#attempt++, this.#ports.random, this.#floorMs);
    this.#isHurried = false;
    this.#floorMs = 0;
    this.#setState({ status: 'waiting', retryInMs, closeCode: code });
    this.#wait(retryInMs);
  }

  #wait(delayMs: number): void {
    const proceed = (): void => {
      this.#cancelWait = () => undefined;
      if (!this.#isStopped) void this.#open();
    };
    const cancelTimer = this.#ports.clock.setTimer(delayMs, proceed);
    this.#cancelWait = () => {
      cancelTimer();
      proceed();
    };
  }

  /** A method, because the compiler does not know that awaiting may change the field. */
  #hasStopped(): boolean {
    return this.#isStopped;
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.#handlers.onState(state);
  }
}
