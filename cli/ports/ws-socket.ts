/** The client's WebSocket over the ws package. */
import { WebSocket, type RawData } from 'ws';
import { ERRORS } from '../../wire/errors.ts';
import type { SocketPort } from '../../client/ports.ts';

const HANDSHAKE_TIMEOUT_MS = 15_000;
const ABNORMAL_CLOSE = 1006;
const UNAUTHORIZED_CLOSE = 4401;

export function createWsSocketPort(): SocketPort {
  return {
    open(url, protocols, handlers) {
      const socket = new WebSocket(url, [...protocols], {
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
        perMessageDeflate: false,
      });
      // An HTTP answer instead of a WebSocket: what it says is worth more than "abnormal".
      let refusedWith: number | undefined;
      socket.on('unexpected-response', (request, response) => {
        refusedWith = closeCodeOfStatus(response.statusCode);
        response.destroy();
        request.destroy();
        socket.terminate();
      });
      socket.on('open', () => handlers.onOpen());
      socket.on('message', (data, isBinary) => {
        if (isBinary) handlers.onMessage(toBytes(data));
        else socket.close(4400);
      });
      // 'close' follows every error.
      socket.on('error', () => undefined);
      socket.on('close', (code) => handlers.onClose(refusedWith ?? code));
      return {
        send: (bytes) => socket.send(bytes),
        close: (code) => socket.close(code),
      };
    },
  };
}

function closeCodeOfStatus(status: number | undefined): number {
  return status === ERRORS.UNAUTHORIZED.status ? UNAUTHORIZED_CLOSE : ABNORMAL_CLOSE;
}

function toBytes(data: RawData): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Array.isArray(data) ? Uint8Array.from(Buffer.concat(data)) : Uint8Array.from(data);
}
