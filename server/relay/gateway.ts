/** The door to the data plane: HTTP upgrades are checked and authenticated before anything is spent on a WebSocket. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { ERRORS, VantError } from '../../wire/errors.ts';
import { WEBSOCKET_BEARER_PREFIX, WEBSOCKET_SUBPROTOCOL } from '../../wire/limits.ts';
import { CONNECT_PATH } from '../../wire/route-addresses.ts';
import type { DeviceAuthenticator } from '../devices/device-authenticator.ts';
import type { Devices } from '../devices/devices.ts';
import type { ClientAddress } from '../http/client-address.ts';
import { toErrorBody, toVantError } from '../http/error-response.ts';
import { STATUS_CODES } from '../http/node-http.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { Log } from '../observability/log.ts';
import type { Relay } from './relay.ts';

interface Collaborators {
  readonly relay: Relay;
  readonly authenticator: DeviceAuthenticator;
  readonly devices: Devices;
  readonly clientAddress: ClientAddress;
  readonly connectsPerAddress: RateLimiter;
  readonly log: Log;
  readonly logAddress: (address: string) => string | undefined;
  /** The largest frame: one SendRequest with the largest content for the most devices. */
  readonly maxFrameBytes: number;
}

/** How long a peer may take to answer a close frame. */
const CLOSE_TIMEOUT_MS = 5_000;

export class Gateway {
  readonly #with: Collaborators;
  readonly #webSockets: WebSocketServer;

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
    this.#webSockets = new WebSocketServer(toWebSocketOptions(collaborators.maxFrameBytes));
  }

  /** For the server's `upgrade` event. */
  readonly handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // The peer may go at any moment; there is nobody to tell.
    const ignore = () => undefined;
    socket.on('error', ignore);
    this.#upgrade(request, socket, head, ignore).catch((thrown: unknown) => {
      const error = toVantError(thrown);
      if (error.code === 'INTERNAL') this.#with.log.error({ err: thrown }, 'An upgrade failed');
      refuse(socket, error);
    });
  };

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, ignore: () => void): Promise<void> {
    const { relay, authenticator, devices, clientAddress, connectsPerAddress, log } = this.#with;
    const url = URL.parse(request.url ?? '/', 'http://host');
    if (url?.pathname !== CONNECT_PATH) throw new VantError('NOT_FOUND');
    const address = clientAddress(request);
    await connectsPerAddress.take(address);
    relay.checkMayConnect(address);
    const actor = await authenticator.authenticate(findCredentials(request));
    const isReceiving = url.searchParams.get('deliver') !== 'false';
    if (socket.destroyed) return;
    // Others have come in while this one was looked up.
    relay.checkMayConnect(address);
    log.debug({ address: this.#with.logAddress(address), isReceiving }, 'A device connects');
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', ignore);
      relay.accept(actor, { socket: webSocket, stream: socket, clientAddress: address }, isReceiving);
    });
    devices.noteSeen(actor).catch((error: unknown) => log.debug({ err: error }, 'The day was not noted'));
  }
}

/** Some of these are younger than the typings of ws, so they go in as a value of their own. */
function toWebSocketOptions(maxFrameBytes: number) {
  return {
    noServer: true,
    clientTracking: false,
    // Ciphertext does not compress, and the compressor's memory would be the largest part of a connection.
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
    maxFragments: 64,
    maxBufferedChunks: 4096,
    maxPendingAutoPongs: 8,
    skipUTF8Validation: true,
    closeTimeout: CLOSE_TIMEOUT_MS,
    handleProtocols: () => WEBSOCKET_SUBPROTOCOL,
  };
}

/** @throws VantError BAD_REQUEST when our subprotocol is not offered. */
function findCredentials(request: IncomingMessage): string | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  if (!offered.includes(WEBSOCKET_SUBPROTOCOL)) {
    throw new VantError('BAD_REQUEST', `Offer the subprotocol ${WEBSOCKET_SUBPROTOCOL}.`);
  }
  const bearer = offered.find((protocol) => protocol.startsWith(WEBSOCKET_BEARER_PREFIX));
  return bearer?.slice(WEBSOCKET_BEARER_PREFIX.length);
}

function refuse(socket: Duplex, error: VantError): void {
  const { status } = ERRORS[error.code];
  const body = JSON.stringify(toErrorBody(error, randomUUID()));
  // Somebody who is gone never ends their side, and a server that stops would wait for it.
  socket.once('finish', () => socket.destroy());
  const retryAfter = error.retryAfterMs === undefined ? '' : `Retry-After: ${Math.ceil(error.retryAfterMs / 1000)}\r\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `${retryAfter}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
