/** One WebSocket connection of one device: frames in, frames out, and when it must end. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { ERRORS, VantError, type ErrorCode } from '../../wire/errors.ts';
import type { ClientFrame, SendRequest, SendResponse } from '../../wire/generated/frames.ts';
import type { Actor } from '../accounts/actor.ts';
import { toDeviceText } from '../devices/device-address.ts';
import { decodeClientFrame } from './decode-client-frame.ts';
import { Delivery, type DeliveryQueues, type DeliverySink } from './delivery.ts';
import { encodeDelivery, encodeFrame, encodeSendResponse } from './frames.ts';
import { FloodGuard } from './flood-guard.ts';
import { SubmissionOrder } from './submission-order.ts';
import type { WriteBatch } from './write-batch.ts';

/** Requests of one connection under way at the same time; more wait in the socket until some are answered. */
const MAX_REQUESTS_UNDER_WAY = 64;
/** What may wait in memory for a device that does not read. Deliveries are bounded by the window; answers are small. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

const BINARY = { binary: true };

type SendResult = NonNullable<SendResponse['result']>;

/** How a device is reached. */
export interface DeviceLink {
  readonly socket: WebSocket;
  /** What lies under the WebSocket: TCP or TLS. */
  readonly stream: Duplex;
  readonly clientAddress: string;
}

/** What a connection asks of the node. */
export interface ConnectionOwner {
  readonly queues: DeliveryQueues;
  readonly writes: WriteBatch;
  now(): number;
  submit(connection: DeviceConnection, request: SendRequest): Promise<SendResult>;
  closed(connection: DeviceConnection): void;
  storageFailed(connection: DeviceConnection, error: unknown): void;
  delivered(): void;
}

export class DeviceConnection implements DeliverySink {
  readonly device: string;
  readonly clientAddress: string;
  /** Undefined on a connection that only sends. */
  readonly delivery: Delivery | undefined;
  /** Rises with each connection of the device, over all nodes. Set once it is known. */
  epoch = 0;
  /** When the window became full, as long as it is. */
  windowFullSince: number | undefined;
  readonly connectedAt: number;
  lastHeardAt: number;
  /** The delivery that has waited longest, since when it has been seen to be that, and whether the push bridge knows. */
  oldestDelivery: { readonly id: number; readonly since: number; isTold: boolean } | undefined;
  readonly order = new SubmissionOrder();

  readonly #actor: Actor;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #owner: ConnectionOwner;
  readonly #floodGuard = new FloodGuard();
  #requestsUnderWay = 0;

  constructor(actor: Actor, link: DeviceLink, isReceiving: boolean, owner: ConnectionOwner) {
    const { socket, clientAddress } = link;
    this.device = toDeviceText(actor);
    this.clientAddress = clientAddress;
    this.delivery = isReceiving ? new Delivery(actor, owner.queues, this) : undefined;
    this.connectedAt = owner.now();
    this.lastHeardAt = this.connectedAt;
    this.#actor = actor;
    this.#socket = socket;
    this.#stream = link.stream;
    this.#owner = owner;
    socket.on('message', (data: Buffer, isBinary) => this.#receive(data, isBinary));
    socket.on('close', () => this.#ended());
    // Protocol errors of the peer (RFC 6455, 7.1.7): ws has closed with the right code; nothing is left to do here.
    socket.on('error', () => undefined);
  }

  get actor(): Actor {
    return this.#actor;
  }

  /** Requests that are not answered yet: shutdown waits for them. */
  get isBusy(): boolean {
    return this.#requestsUnderWay > 0;
  }

  send(frame: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      // A close frame would only join the queue.
      this.#socket.terminate();
      return;
    }
    this.#owner.writes.hold(this.#stream);
    this.#socket.send(frame, BINARY);
  }

  close(code: ErrorCode, detail?: string): void {
    const text = detail === undefined ? code : `${code}: ${detail}`;
    // RFC 6455, 5.5: a reason has at most 123 bytes.
    this.#socket.close(ERRORS[code].closeCode ?? 1011, text.slice(0, 120));
  }

  terminate(): void {
    this.#socket.terminate();
  }

  deliver(deliveryId: number, envelope: Uint8Array): void {
    this.#owner.delivered();
    this.send(encodeDelivery(deliveryId, envelope));
    if (this.windowFullSince === undefined && this.delivery?.isWindowFull) this.windowFullSince = this.#owner.now();
  }

  deliverEphemeral(envelope: Uint8Array): void {
    this.send(encodeDelivery(0, envelope));
  }

  queueDrained(): void {
    this.send(encodeFrame({ $case: 'queueDrained', value: {} }));
  }

  storageFailed(error: unknown): void {
    this.#owner.storageFailed(this, error);
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.lastHeardAt = this.#owner.now();
    let frame: ClientFrame;
    try {
      if (!isBinary) throw new RangeError('a text message');
      frame = decodeClientFrame(data);
    } catch {
      this.close('MALFORMED_FRAME');
      return;
    }
    switch (frame.body?.$case) {
      case 'send':
        void this.#submit(frame.body.value);
        break;
      case 'ack':
        this.#acknowledge(frame.body.value.deliveryIds);
        break;
      case 'keepalive':
        this.send(encodeFrame({ $case: 'keepalive', value: {} }));
        this.#countNoise(1);
        break;
      case undefined:
        this.close('MALFORMED_FRAME', 'an empty frame');
    }
  }

  async #submit(request: SendRequest): Promise<void> {
    if (++this.#requestsUnderWay === MAX_REQUESTS_UNDER_WAY) this.#socket.pause();
    try {
      this.#answer(request.requestId, await this.#owner.submit(this, request));
    } catch (error) {
      this.#refuse(request.requestId, error);
    } finally {
      if (--this.#requestsUnderWay < MAX_REQUESTS_UNDER_WAY && this.#socket.isPaused) this.#socket.resume();
    }
  }

  #answer(requestId: number, result: SendResult): void {
    this.send(encodeSendResponse(requestId, result));
  }

  #refuse(requestId: number, error: unknown): void {
    const known = error instanceof VantError ? error : new VantError('INTERNAL', undefined, { cause: error });
    const value = { code: known.code, message: known.message, retryAfterMs: known.retryAfterMs ?? 0 };
    this.#answer(requestId, { $case: 'error', value });
    this.#countNoise(1);
  }

  #acknowledge(deliveryIds: readonly number[]): void {
    const unknown = this.delivery?.acknowledge(deliveryIds) ?? deliveryIds.length;
    if (!this.delivery?.isWindowFull) this.windowFullSince = undefined;
    // An acknowledgement of nothing is noise, too.
    if (unknown > 0 || deliveryIds.length === 0) this.#countNoise(Math.max(1, unknown));
  }

  #countNoise(points: number): void {
    if (this.#floodGuard.count(this.#owner.now(), points)) this.close('RATE_LIMITED');
  }

  #ended(): void {
    this.delivery?.close();
    this.#owner.closed(this);
  }
}
