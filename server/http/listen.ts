/** The one place where the web server gets its socket: an address of its own, or one that systemd has opened. */
import type { FastifyInstance, FastifyListenOptions } from 'fastify';
import type { AddressInfo } from 'node:net';
import { findInheritedSocket } from '../lifecycle/inherited-sockets.ts';
import type { Log } from '../observability/log.ts';

/** After a restart everyone comes at once: what does not fit the kernel's queue waits a second for its second attempt. */
const LISTEN_BACKLOG = 4096;

interface Address {
  readonly host: string;
  readonly port: number;
}

export async function listen(http: FastifyInstance, { host, port }: Address, log: Log): Promise<void> {
  const fd = findInheritedSocket(process.env);
  // fastify hands its options on to node:net, which takes a descriptor before it looks at the port.
  const options: FastifyListenOptions & { fd?: number } = { host, port, backlog: LISTEN_BACKLOG };
  await http.listen(fd === undefined ? options : { ...options, fd });
  if (fd === undefined) return;
  const actual = http.server.address() as AddressInfo;
  if (actual.port !== port) {
    log.warn(
      `systemd listens on port ${actual.port} (vant.socket), and server.listen says ${port}: the former counts. Run "vant install" again to take over the latter`,
    );
  }
}
