/** A WebSocket client that costs next to nothing, so that the generator leaves the cores to the programs under test: frames
 * come ready-made from the caller, and are told to it in place. It knows only what our servers send (RFC 6455: unmasked,
 * unfragmented, binary); anything else ends the connection with a reason. */
import { connect, type Socket } from 'node:net';
import { WEBSOCKET_BEARER_PREFIX, WEBSOCKET_SUBPROTOCOL } from '../../wire/limits.ts';
import { CONNECT_PATH } from '../../wire/route-addresses.ts';
import type { Target } from './jobs.ts';

export interface SocketEvents {
  opened(socket: RawWebSocket): void;
  /** `data` is valid during the call only. */
  frame(socket: RawWebSocket, data: Buffer, start: number, end: number): void;
  ended(reason: string): void;
}

const EMPTY: Buffer = Buffer.alloc(0);
const BINARY_FRAME = 0x82;
const CLOSE_FRAME = 0x88;
/** Sockets that were written to in this turn of the event loop: one system call for each, however many frames. */
let dirty: Socket[] = [];

export class RawWebSocket {
  readonly #socket: Socket;
  readonly #events: SocketEvents;
  #isOpen = false;
  #rest = EMPTY;

  constructor(target: Target, credentials: string, events: SocketEvents) {
    this.#events = events;
    this.#socket = connect({ ...target, noDelay: true });
    this.#socket.on('connect', () => this.#socket.write(toUpgradeRequest(target, credentials)));
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on('error', (error) => events.ended(error.message));
    this.#socket.on('close', () => events.ended('the connection was closed'));
  }

  /** Writes whole frames; the bytes must stay as they are until they have been sent. */
  write(frames: Buffer): void {
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      if (dirty.length === 0) setImmediate(flush);
      dirty.push(this.#socket);
    }
    this.#socket.write(frames);
  }

  destroy(): void {
    this.#socket.removeAllListeners('close').destroy();
  }

  #receive(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const start = this.#isOpen ? 0 : this.#readUpgrade(data);
    const end = this.#isOpen ? this.#readFrames(data, start) : start;
    this.#rest = end === data.length ? EMPTY : data.subarray(end);
  }

  /** @returns where the first frame begins. */
  #readUpgrade(data: Buffer): number {
    const end = data.indexOf('\r\n\r\n');
    if (end < 0) return 0;
    const status = data.toString('latin1', 0, data.indexOf('\r\n'));
    if (!status.startsWith('HTTP/1.1 101')) {
      this.#events.ended(`refused with ${status}`);
      return data.length;
    }
    this.#isOpen = true;
    this.#events.opened(this);
    return end + 4;
  }

  /** @returns the end of the last whole frame. */
  #readFrames(data: Buffer, from: number): number {
    let at = from;
    while (data.length - at >= 2) {
      const short = data[at + 1]!;
      if (short === 127) throw new RangeError('a frame beyond 64 KiB');
      const headerLength = short === 126 ? 4 : 2;
      if (data.length - at < headerLength) break;
      const start = at + headerLength;
      const end = start + (short === 126 ? data.readUInt16BE(at + 2) : short);
      if (end > data.length) break;
      if (data[at] === BINARY_FRAME) this.#events.frame(this, data, start, end);
      else this.#events.ended(toReason(data, at, start, end));
      at = end;
    }
    return at;
  }
}

function flush(): void {
  const sockets = dirty;
  dirty = [];
  for (const socket of sockets) socket.uncork();
}

function toReason(data: Buffer, at: number, start: number, end: number): string {
  if (data[at] !== CLOSE_FRAME) return `an unexpected frame (first byte ${data[at]!})`;
  return `closed with ${data.readUInt16BE(start)} ${data.toString('utf8', start + 2, end)}`;
}

function toUpgradeRequest({ host, port }: Target, credentials: string): string {
  return [
    `GET ${CONNECT_PATH} HTTP/1.1`,
    `Host: ${host}:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    // A nonce against caching proxies; there is none between here and there.
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    `Sec-WebSocket-Protocol: ${WEBSOCKET_SUBPROTOCOL}, ${WEBSOCKET_BEARER_PREFIX}${credentials}`,
    '\r\n',
  ].join('\r\n');
}
