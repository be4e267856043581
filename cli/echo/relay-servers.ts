/** From RFC 7065 to what libdatachannel takes: it speaks TURN over UDP only. */
import type { IceServer } from 'node-datachannel';
import type { TurnCredentials } from '../../wire/schemas.ts';

const DEFAULT_PORT = 3478;
const LOOPBACK = '127.0.0.1';

export function toRelayServers({ urls, username, password }: Omit<TurnCredentials, 'ttlSeconds'>): IceServer[] {
  const [server] = urls.flatMap((url) => {
    const parts = /^turn:(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(\w+))?$/.exec(url);
    if (parts === null || (parts[3] ?? 'udp') !== 'udp') return [];
    const hostname = (parts[1] ?? '').replace(/^\[|\]$/g, '');
    return [{ hostname, port: Number(parts[2] ?? DEFAULT_PORT), username, password, relayType: 'TurnUdp' as const }];
  });
  if (server === undefined) return [];
  // Many routers lead nobody from the inside to their outer address: the relay on this machine is reached from within it.
  return server.hostname === LOOPBACK ? [server] : [{ ...server, hostname: LOOPBACK }, server];
}
