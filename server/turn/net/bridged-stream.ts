/** A stream whose socket another thread has: the main thread accepts and decrypts (the port it shares with HTTPS), the TURN thread
 * serves. Chunks cross over a MessagePort; each is acknowledged when the socket has taken it, so that a slow reader is noticed. */
import { Duplex } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';

type BridgeMessage =
  { readonly type: 'chunk'; readonly bytes: Uint8Array } | { readonly type: 'taken' } | { readonly type: 'end' };

/** The end of the thread that serves. */
export function createBridgedStream(port: MessagePort): Duplex {
  let taken: (() => void) | undefined;
  const stream = new Duplex({
    read: () => undefined,
    write(bytes: Uint8Array, _encoding, done) {
      taken = done;
      port.postMessage({ type: 'chunk', bytes } satisfies BridgeMessage);
    },
    destroy(error, done) {
      port.postMessage({ type: 'end' } satisfies BridgeMessage);
      port.close();
      done(error);
    },
  });
  port.on('message', (message: BridgeMessage) => {
    if (message.type === 'chunk') {
      stream.push(message.bytes);
      port.postMessage({ type: 'taken' } satisfies BridgeMessage);
    } else if (message.type === 'taken') taken?.();
    else stream.destroy();
  });
  port.on('close', () => stream.destroy());
  return stream;
}

/** The end of the thread that has the socket. */
export function bridgeSocket(socket: Duplex, port: MessagePort): void {
  const pass = (bytes: Uint8Array) => {
    // One chunk at a time: what the other thread has not taken stays in the kernel.
    socket.pause();
    port.postMessage({ type: 'chunk', bytes } satisfies BridgeMessage);
  };
  port.on('message', (message: BridgeMessage) => {
    if (message.type === 'taken') socket.resume();
    else if (message.type === 'end') socket.destroy();
    else socket.write(message.bytes, () => port.postMessage({ type: 'taken' } satisfies BridgeMessage));
  });
  port.on('close', () => socket.destroy());
  socket.on('data', pass);
  socket.on('error', () => socket.destroy());
  socket.once('end', () => socket.destroy());
  socket.once('close', () => {
    port.postMessage({ type: 'end' } satisfies BridgeMessage);
    port.close();
  });
}
