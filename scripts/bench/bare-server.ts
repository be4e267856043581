/** What both bare programs are: a `ws` server that knows each connection by the account id in its credentials. */
import { createServer } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { WEBSOCKET_BEARER_PREFIX, WEBSOCKET_SUBPROTOCOL } from '../../wire/limits.ts';
import { accountIdToBytes, parseAccountId } from '../../wire/ids.ts';
import { parseFrame, type BareFrame } from './bare-frames.ts';

/** Thousands may connect at once. */
const BACKLOG = 4096;
const MAX_FRAME_BYTES = 1024 * 1024;

export interface BareConnection {
  readonly socket: WebSocket;
  /** The 16 bytes of the account id as a text, one character for each. */
  readonly account: string;
  nextDeliveryId: number;
  /** Delivered and not acknowledged: delivery id to entry id in Redis. */
  readonly entries: Map<number, Buffer>;
}

/** What is done with a frame. */
type FrameHandler = (from: BareConnection, frame: BareFrame) => void;

export class BareServer {
  readonly #connections = new Map<string, BareConnection>();

  constructor(handle: FrameHandler) {
    const webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      handleProtocols: () => WEBSOCKET_SUBPROTOCOL,
    });
    const server = createServer();
    server.on('upgrade', (request, stream, head) => {
      webSockets.handleUpgrade(request, stream, head, (socket) => {
        this.#accept(socket, toAccount(request.headers['sec-websocket-protocol'] ?? ''), handle);
      });
    });
    server.listen({ host: '127.0.0.1', port: 0, backlog: BACKLOG }, () => {
      const address = server.address();
      if (typeof address === 'object') console.log(`listening on ${address?.port ?? 0}`);
    });
  }

  /** A method, so that what a connection keeps holds on to nothing of its request. */
  #accept(socket: WebSocket, account: string, handle: FrameHandler): void {
    const connection: BareConnection = { socket, account, nextDeliveryId: 1, entries: new Map() };
    this.#connections.set(account, connection);
    socket.on('message', (data: Buffer) => handle(connection, parseFrame(data)));
    socket.on('close', () => this.#connections.delete(account));
  }

  find(recipient: string): BareConnection | undefined {
    return this.#connections.get(recipient);
  }
}

function toAccount(protocols: string): string {
  const credentials = protocols.split(WEBSOCKET_BEARER_PREFIX)[1] ?? '';
  return Buffer.from(accountIdToBytes(parseAccountId(credentials.slice(0, 36)))).toString('latin1');
}
