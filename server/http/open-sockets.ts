import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** What requests under way have at least. */
const LAST_ANSWERS_MS = 1_000;

/** The sockets of web servers, whatever they were used for. A server that closes waits for all of them: also for those over which a
 * request has begun and never ends (its own time limits stop when it closes), and for upgraded ones, of which it knows nothing more.
 * A client whose network is gone would keep it for as long as the kernel believes in that client: a quarter of an hour. */
export class OpenSockets {
  readonly #sockets = new Set<Socket>();
  #isOver = false;

  follow<S extends Server>(server: S): S {
    server.on('connection', (socket: Socket) => {
      if (this.#isOver) socket.destroy();
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    return server;
  }

  /** What is under way may come to its end until then. @param untilMs by `performance.now()` */
  endBy(untilMs: number): void {
    const ms = Math.max(LAST_ANSWERS_MS, untilMs - performance.now());
    setTimeout(() => {
      this.#isOver = true;
      for (const socket of this.#sockets) socket.destroy();
    }, ms).unref();
  }
}
