/** A second way to the same server, from this machine only and without TLS, whatever the first one listens on. It is there while a
 * process of our own needs it. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { createServer } from '../../http/node-http.ts';

const LOOPBACK = '127.0.0.1';

export interface InnerDoor {
  readonly origin: string;
  close(): void;
}

export async function openInnerDoor(server: NodeJS.EventEmitter): Promise<InnerDoor> {
  const door: Server = createServer((request, response) => void server.emit('request', request, response));
  door.on('upgrade', (...upgrade: unknown[]) => void server.emit('upgrade', ...upgrade));
  door.listen(0, LOOPBACK);
  await once(door, 'listening');
  return {
    origin: `http://${LOOPBACK}:${(door.address() as AddressInfo).port}`,
    close() {
      door.close();
      door.closeAllConnections();
    },
  };
}
