/** Waits on the ports of a TURN server for whoever comes first. A thread takes as much memory as the whole chat for a small team; a
 * server over which nobody has called yet can do without. The first packet is not answered (it comes again), and the first connection
 * is reset. Clients never meet this: the thread is started before they are given credentials. */
import type { Socket as DatagramSocket } from 'node:dgram';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import { bindDatagramSocket } from '../net/datagram-socket.ts';
import type { ListenAddress, ListenFailure } from '../net/turn-server.ts';

export class PortSentinel {
  readonly #datagrams: DatagramSocket[] = [];
  readonly #servers: Server[] = [];

  /** @param wake called once. @returns those ports that could not be had. */
  async watch(addresses: readonly ListenAddress[], wake: () => void): Promise<ListenFailure[]> {
    const failures: ListenFailure[] = [];
    for (const wish of addresses) {
      try {
        if (wish.transport === 'udp') await this.#watchDatagrams(wish, wake);
        else await this.#watchConnections(wish, wake);
      } catch (error) {
        failures.push({ ...wish, code: (error as NodeJS.ErrnoException).code ?? 'UNKNOWN' });
      }
    }
    return failures;
  }

  /** Gives the ports free. */
  async close(): Promise<void> {
    const closed = [
      ...this.#datagrams.splice(0).map((socket) => new Promise<void>((done) => void socket.close(done))),
      ...this.#servers.splice(0).map((server) => new Promise<void>((done) => void server.close(() => done()))),
    ];
    await Promise.all(closed);
  }

  async #watchDatagrams({ address, port }: ListenAddress, wake: () => void): Promise<void> {
    const socket = await bindDatagramSocket(isIPv6(address) ? 6 : 4, address, port);
    socket.once('message', wake).on('error', () => undefined);
    this.#datagrams.push(socket);
  }

  async #watchConnections({ address, port }: ListenAddress, wake: () => void): Promise<void> {
    const server = createServer((socket: Socket) => {
      // A client that is cut off comes again; whom it finds then is the real server.
      socket.resetAndDestroy();
      wake();
    });
    const bound = Promise.withResolvers<undefined>();
    server.once('error', bound.reject);
    server.listen({ host: address, port, ipv6Only: isIPv6(address) }, () => bound.resolve(undefined));
    await bound.promise;
    this.#servers.push(server);
  }
}
