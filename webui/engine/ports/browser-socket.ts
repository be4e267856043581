/** The client's WebSocket, as a browser has it. */
import { ERRORS } from '../../../wire/errors.ts';
import { WEBSOCKET_BEARER_PREFIX } from '../../../wire/limits.ts';
import { ROUTE_ADDRESSES } from '../../../wire/route-addresses.ts';
import type { SocketPort } from '../../../client/ports.ts';

const NORMAL_CLOSURE = 1000;
const UNSUPPORTED_DATA = 1003;
const ABNORMAL_CLOSURE = 1006;
const PROBE_TIMEOUT_MS = 10_000;

/** What a page may close with by itself (the WebSocket interface, "close"). */
const isOwnCode = (code: number): boolean => code === NORMAL_CLOSURE || (code >= 3000 && code <= 4999);

export const browserSocket: SocketPort = {
  open(url, protocols, handlers) {
    const socket = new WebSocket(url, [...protocols]);
    socket.binaryType = 'arraybuffer';
    let wasOpen = false;
    let isClosed = false;
    const finish = (code: number): void => {
      if (isClosed) return;
      isClosed = true;
      handlers.onClose(code);
    };
    socket.addEventListener('open', () => {
      wasOpen = true;
      handlers.onOpen();
    });
    socket.addEventListener('message', ({ data }) => {
      if (isClosed) return;
      if (data instanceof ArrayBuffer) handlers.onMessage(new Uint8Array(data));
      else socket.close(UNSUPPORTED_DATA);
    });
    socket.addEventListener('close', ({ code }) => {
      if (wasOpen) finish(code);
      else void explainRefusal(url, protocols).then(finish);
    });
    return {
      send: (bytes) => socket.send(new Uint8Array(bytes)),
      close: (code) => socket.close(code !== undefined && isOwnCode(code) ? code : NORMAL_CLOSURE),
    };
  },
};

/** A browser does not say with which HTTP status an upgrade was refused. Whether this device was removed, after which
 * trying again is in vain, an ordinary request tells. */
async function explainRefusal(url: string, protocols: readonly string[]): Promise<number> {
  const bearer = protocols.find((protocol) => protocol.startsWith(WEBSOCKET_BEARER_PREFIX));
  const target = new URL(ROUTE_ADDRESSES.listDevices.path, url.replace(/^ws/, 'http'));
  try {
    const response = await fetch(target, {
      headers: { authorization: `Bearer ${bearer?.slice(WEBSOCKET_BEARER_PREFIX.length) ?? ''}` },
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      cache: 'no-store',
    });
    return response.status === ERRORS.UNAUTHORIZED.status
      ? (ERRORS.UNAUTHORIZED.closeCode ?? ABNORMAL_CLOSURE)
      : ABNORMAL_CLOSURE;
  } catch {
    return ABNORMAL_CLOSURE;
  }
}
