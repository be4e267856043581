/** One WebSocket connection: frames in and out, answers matched to requests, keepalive, deadlines. */
import { ERRORS, type ErrorCode } from '../../wire/errors.ts';
import {
  ClientFrame,
  type Delivery,
  type PreKeysLow,
  type SendRequest,
  type SendResponse,
  ServerFrame,
  type Welcome,
} from '../../wire/generated/frames.ts';
import { ClientError } from '../errors.ts';
import type { ClockPort, Socket, SocketPort } from '../ports.ts';

const WELCOME_TIMEOUT_MS = 15_000;
const ANSWER_TIMEOUT_MS = 20_000;
/** A relay that is there answers a keepalive at once. */
const PROBE_TIMEOUT_MS = 5_000;
/** Ours, for a relay that went silent; from the range that RFC 6455 leaves to applications. */
const CLOSE_SILENT = 4000;
/** Silence from the relay for this many keepalive intervals means that it is gone: it answers each of ours. */
const SILENT_INTERVALS = 2;

export interface ConnectionHandlers {
  onDelivery(delivery: Delivery, connection: Connection): void;
  onQueueDrained(): void;
  onPreKeysLow(low: PreKeysLow): void;
  onPushAddressDropped(reason: string): void;
  onDraining(reconnectAfterMs: number): void;
  onClose(code: number): void;
}

interface PendingAnswer {
  resolve(response: SendResponse): void;
  reject(error: Error): void;
  cancelTimer(): void;
}

export class Connection {
  readonly #socket: Socket;
  readonly #clock: ClockPort;
  readonly #handlers: ConnectionHandlers;
  readonly #answers = new Map<number, PendingAnswer>();
  #welcome: Welcome | undefined;
  #onWelcome: ((welcome: Welcome) => void) | undefined;
  #onFailure: ((error: Error) => void) | undefined;
  #nextRequestId = 1;
  #isOpen = true;
  #closeCode: number | undefined;
  #cancelTimer: () => void = () => undefined;
  #cancelProbe: () => void = () => undefined;
  #lastSentAt = 0;
  #lastReceivedAt = 0;

  constructor(
    ports: { socket: SocketPort; clock: ClockPort },
    target: { url: string; protocols: readonly string[] },
    handlers: ConnectionHandlers,
  ) {
    this.#clock = ports.clock;
    this.#handlers = handlers;
    this.#socket = ports.socket.open(target.url, target.protocols, {
      onOpen: () => undefined,
      onMessage: (bytes) => this.#receive(bytes),
      onClose: (code) => this.#finish(code),
    });
  }

  /** Resolves with the first frame; rejects with UNREACHABLE when the connection ends before. */
  opened(): Promise<Welcome> {
    if (!this.#isOpen) return Promise.reject(new ClientError('UNREACHABLE', 'The connection has ended.'));
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.setTimer(WELCOME_TIMEOUT_MS, () => this.close(CLOSE_SILENT));
      this.#onWelcome = (welcome) => {
        cancel();
        resolve(welcome);
      };
      this.#onFailure = (error) => {
        cancel();
        reject(error);
      };
    });
  }

  get isOpen(): boolean {
    return this.#isOpen && this.#welcome !== undefined;
  }

  get welcome(): Welcome | undefined {
    return this.#welcome;
  }

  /** Why it ended, once it has. */
  get closeCode(): number | undefined {
    return this.#closeCode;
  }

  /** Rejects with UNANSWERED when no answer came: the relay may have taken the message or not. */
  send(request: Omit<SendRequest, 'requestId'>): Promise<SendResponse> {
    if (!this.isOpen) return Promise.reject(new ClientError('UNREACHABLE', 'The connection is closed.'));
    const requestId = this.#nextRequestId++;
    return new Promise((resolve, reject) => {
      const cancelTimer = this.#clock.setTimer(ANSWER_TIMEOUT_MS, () => this.close(CLOSE_SILENT));
      this.#answers.set(requestId, { resolve, reject, cancelTimer });
      this.#write({ body: { $case: 'send', value: { ...request, requestId } } });
    });
  }

  /** Does nothing after the connection has ended: the relay then delivers again. */
  acknowledge(deliveryIds: number[]): void {
    if (this.isOpen) this.#write({ body: { $case: 'ack', value: { deliveryIds } } });
  }

  /** Ends the connection unless the relay gives a sign of life soon. */
  probe(): void {
    if (!this.isOpen) return;
    const askedAt = this.#clock.now();
    this.#cancelProbe();
    this.#cancelProbe = this.#clock.setTimer(PROBE_TIMEOUT_MS, () => {
      if (this.#lastReceivedAt < askedAt) this.close(CLOSE_SILENT);
    });
    this.#write({ body: { $case: 'keepalive', value: {} } });
  }

  close(code = 1000): void {
    if (!this.#isOpen) return;
    this.#socket.close(code);
    // The other side may be gone: what waits here must not wait for its close frame.
    this.#finish(code);
  }

  #write(frame: ClientFrame): void {
    this.#lastSentAt = this.#clock.now();
    this.#socket.send(ClientFrame.encode(frame).finish());
  }

  #receive(bytes: Uint8Array): void {
    if (!this.#isOpen) return;
    this.#lastReceivedAt = this.#clock.now();
    let frame: ServerFrame;
    try {
      frame = ServerFrame.decode(bytes);
    } catch {
      this.close(ERRORS.MALFORMED_FRAME.closeCode);
      return;
    }
    this.#dispatch(frame);
  }

  #dispatch({ body }: ServerFrame): void {
    switch (body?.$case) {
      case 'welcome':
        this.#greet(body.value);
        return;
      case 'sendResponse':
        this.#settle(body.value);
        return;
      case 'delivery':
        this.#handlers.onDelivery(body.value, this);
        return;
      case 'queueDrained':
        this.#handlers.onQueueDrained();
        return;
      case 'preKeysLow':
        this.#handlers.onPreKeysLow(body.value);
        return;
      case 'pushAddressDropped':
        this.#handlers.onPushAddressDropped(body.value.reason);
        return;
      case 'draining':
        this.#handlers.onDraining(body.value.reconnectAfterMs);
        return;
      case 'keepalive':
      case undefined:
        // A frame of a later protocol is not an error of this one.
        return;
    }
  }

  #greet(welcome: Welcome): void {
    this.#welcome = welcome;
    this.#scheduleKeepalive(Math.max(1, welcome.keepaliveSeconds) * 1000);
    this.#onWelcome?.(welcome);
  }

  #settle(response: SendResponse): void {
    const answer = this.#answers.get(response.requestId);
    this.#answers.delete(response.requestId);
    answer?.cancelTimer();
    answer?.resolve(response);
  }

  #scheduleKeepalive(intervalMs: number): void {
    this.#cancelTimer = this.#clock.setTimer(intervalMs / 2, () => {
      const now = this.#clock.now();
      if (now - this.#lastReceivedAt > (SILENT_INTERVALS + 0.5) * intervalMs) {
        this.close(CLOSE_SILENT);
        return;
      }
      // Half an interval early, so that a late timer does not make the relay wait.
      if (now - this.#lastSentAt >= intervalMs / 2) this.#write({ body: { $case: 'keepalive', value: {} } });
      this.#scheduleKeepalive(intervalMs);
    });
  }

  #finish(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#closeCode = code;
    this.#cancelTimer();
    this.#cancelProbe();
    this.#onFailure?.(new ClientError('UNREACHABLE', `The connection ended with code ${code}.`));
    for (const answer of this.#answers.values()) {
      answer.cancelTimer();
      answer.reject(new ClientError('UNANSWERED', `The connection ended with code ${code}.`));
    }
    this.#answers.clear();
    this.#handlers.onClose(code);
  }
}

/** The entry of the error table behind a close code. */
export function errorOfCloseCode(code: number): ErrorCode | undefined {
  return (Object.keys(ERRORS) as ErrorCode[]).find((name) => {
    const entry: { readonly closeCode?: number } = ERRORS[name];
    return entry.closeCode === code;
  });
}
