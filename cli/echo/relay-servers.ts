/** From the addresses of relays (RFC 7065) to servers that are asked one after the other. */
import { lookup } from 'node:dns/promises';
import type { ServerAddress } from '../../server/turn/client/client-socket.ts';

const DEFAULT_PORTS = { turn: 3478, turns: 5349 } as const;
const LOOPBACK = '127.0.0.1';

interface RelayUrl extends Omit<ServerAddress, 'address'> {
  readonly host: string;
}

export async function findRelayServers(urls: readonly string[]): Promise<ServerAddress[]> {
  const parsed = urls.flatMap((url) => parseRelayUrl(url) ?? []);
  // Many routers lead nobody from the inside to their outer address: the relay on this machine is reached from within it.
  const inside = parsed.filter(({ transport }) => transport === 'udp').map((url) => ({ ...url, address: LOOPBACK }));
  const outside = await Promise.all(
    parsed.map(async ({ host, ...url }) => {
      const found = await lookup(host, { family: 4 }).catch(() => undefined);
      return found === undefined ? [] : [{ ...url, address: found.address }];
    }),
  );
  return [...inside, ...outside.flat()];
}

/** @returns undefined for what is no such address */
export function parseRelayUrl(url: string): RelayUrl | undefined {
  const parts = /^(turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?$/.exec(url);
  if (parts === null) return undefined;
  const [, scheme, name = '', port, transport = scheme === 'turns' ? 'tcp' : 'udp'] = parts;
  const host = name.replace(/^\[|\]$/g, '');
  if (scheme === 'turns') {
    return { transport: 'tls', host, port: Number(port ?? DEFAULT_PORTS.turns), serverName: host };
  }
  return { transport: transport === 'tcp' ? 'tcp' : 'udp', host, port: Number(port ?? DEFAULT_PORTS.turn) };
}
