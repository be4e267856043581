import { isIPv6 } from 'node:net';
import type { ListenAddress } from '../turn/net/turn-server.ts';

const HTTPS_PORT = 443;
const TRANSPORTS = ['udp', 'tcp', 'tls'] as const;

interface Place {
  readonly host: string;
  readonly port: number;
}

/** What devices are given (RFC 7065), the fastest way first.
 * @param listening on whatever addresses of this machine
 * @param shared where HTTPS has it on its own port: the way that passes nearly every firewall */
export function toTurnUrls(publicHost: string, listening: readonly ListenAddress[], shared?: Place): string[] {
  const urls = TRANSPORTS.flatMap((transport) =>
    listening
      .filter((address) => address.transport === transport)
      .map(({ port }) => toUrl(transport, { host: publicHost, port })),
  );
  return [...new Set([...urls, ...(shared === undefined ? [] : [toUrl('tls', shared)])])];
}

/** Where TURN is reached beside HTTPS that is our own. @param publicUrl https */
export function toSharedPlace(publicUrl: string): Place {
  const { hostname, port } = new URL(publicUrl);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? HTTPS_PORT : Number(port) };
}

function toUrl(transport: ListenAddress['transport'], { host, port }: Place): string {
  const place = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return transport === 'tls' ? `turns:${place}?transport=tcp` : `turn:${place}?transport=${transport}`;
}
