import { createSocket, type Socket } from 'node:dgram';
import type { AddressFamily } from '../stun/stun-constants.ts';

/** Addresses are numbers already: without this each datagram would wait for the next tick, at a tenth of the cost of sending it. */
type Lookup = (host: string, options: unknown, done: (error: null, address: string, family: number) => void) => void;

/** A bound UDP socket. IPv6 ones are for IPv6 only: else `::ffff:127.0.0.1` would be a way to IPv4. @throws Error of the bind. */
export async function bindDatagramSocket(family: AddressFamily, address: string, port: number): Promise<Socket> {
  const lookup: Lookup = (host, _options, done) => done(null, host, family);
  const socket = createSocket({
    type: family === 4 ? 'udp4' : 'udp6',
    ipv6Only: family === 6,
    lookup: lookup,
  });
  const bound = Promise.withResolvers<undefined>();
  socket.once('listening', () => bound.resolve(undefined)).once('error', bound.reject);
  socket.bind({ address, port, exclusive: true });
  try {
    await bound.promise;
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.removeAllListeners('error').removeAllListeners('listening');
  return socket;
}
