import { isIPv6 } from 'node:net';
import type { ListenAddress } from '../turn/net/turn-server.ts';

const TRANSPORTS = ['udp', 'tcp', 'tls'] as const;

/** What devices are given (RFC 7065), the fastest way first. @param listening on whatever addresses of this machine */
export function toTurnUrls(publicHost: string, listening: readonly ListenAddress[]): string[] {
  const host = isIPv6(publicHost) ? `[${publicHost}]` : publicHost;
  const urls = TRANSPORTS.flatMap((transport) =>
    listening
      .filter((address) => address.transport === transport)
      .map(({ port }) =>
        transport === 'tls' ? `turns:${host}:${port}?transport=tcp` : `turn:${host}:${port}?transport=${transport}`,
      ),
  );
  return [...new Set(urls)];
}
