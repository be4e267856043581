/** Tells whoever asks under which address it is seen, and only that: for `vant doctor`, which asks through the proxy. */
import proxyAddress from '@fastify/proxy-addr';
import type { FastifyInstance } from 'fastify';

export const ADDRESS_PATH = '/health/address';

export interface SeenAddress {
  /** That counts as the client's. */
  readonly address: string;
  /** The other end of the connection. */
  readonly peer: string;
  readonly isForwarded: boolean;
  /** Whether what the peer says about others is believed. */
  readonly isPeerTrusted: boolean;
}

export function addSeenAddress(server: FastifyInstance, trustedProxies: readonly string[]): void {
  const isTrusted = proxyAddress.compile([...trustedProxies]);
  server.get(ADDRESS_PATH, async ({ raw }): Promise<SeenAddress> => {
    const peer = raw.socket.remoteAddress ?? '';
    return {
      address: proxyAddress(raw, isTrusted),
      peer,
      isForwarded: raw.headers['x-forwarded-for'] !== undefined,
      isPeerTrusted: peer !== '' && isTrusted(peer, 0),
    };
  });
}
