import type { IncomingMessage } from 'node:http';
import proxyAddress from '@fastify/proxy-addr';

/** Where a request comes from: the peer of the socket, or, when that is a trusted proxy, the client it names in
 * X-Forwarded-For. Nobody else's header is believed. */
export type ClientAddress = (request: IncomingMessage) => string;

/** @param trustedProxies addresses and CIDR ranges */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const isTrusted = proxyAddress.compile([...trustedProxies]);
  return (request) => proxyAddress(request, isTrusted);
}
