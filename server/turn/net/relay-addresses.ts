/** Finds the address by which peers reach our relayed transport addresses, and the one of this machine that it stands for. */
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { TurnClient } from '../client/turn-client.ts';
import { isPublicAddress } from '../policy/peer-policy.ts';
import type { AddressFamily } from '../stun/stun-constants.ts';
import type { RelayAddress } from './turn-server.ts';

export interface AddressHints {
  /** Hosts that the listeners were given: addresses, 0.0.0.0 or ::. */
  readonly listenHosts: readonly string[];
  /** By the admin; they win. */
  readonly configured: readonly string[];
  /** Asked when this machine has no public address itself. */
  readonly stunServer: { readonly host: string; readonly port: number } | undefined;
  /** The name that clients know this server by. */
  readonly publicHost: string | undefined;
}

/** How an external address was found. */
export type AddressOrigin = 'configured' | 'interface' | 'stun' | 'dns' | 'private';

export interface FoundAddress extends RelayAddress {
  readonly origin: AddressOrigin;
}

export type FoundAddresses = { readonly [F in AddressFamily]?: FoundAddress };

const STUN_TIMEOUT_MS = 3_000;
/** Only for asking the routing table: nothing is sent there. */
const FAR_AWAY = { 4: '192.0.2.1', 6: '2001:db8::1' } as const;
const UNSPECIFIED = { 4: '0.0.0.0', 6: '::' } as const;
const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

export async function findRelayAddresses(hints: AddressHints): Promise<FoundAddresses> {
  const [four, six] = await Promise.all([findRelayAddress(4, hints), findRelayAddress(6, hints)]);
  return { ...(four && { 4: four }), ...(six && { 6: six }) };
}

async function findRelayAddress(family: AddressFamily, hints: AddressHints): Promise<FoundAddress | undefined> {
  const hosts = hints.listenHosts.filter((host) => familyOf(host) === family);
  const local = await findLocalAddress(family, hosts);
  if (local === undefined) return undefined;
  const configured = hints.configured.find((address) => familyOf(address) === family);
  if (configured !== undefined) return { local, external: configured, origin: 'configured' };
  if (isPublicAddress(local)) return { local, external: local, origin: 'interface' };
  const outside = isLoopback(local) ? undefined : await askOutside(family, hints);
  if (outside !== undefined) return { local, ...outside };
  // A private IPv6 address is of no use to anybody who could not be reached directly.
  return family === 6 ? undefined : { local, external: local, origin: 'private' };
}

const familyOf = (address: string): AddressFamily => (isIPv6(address) ? 6 : 4);

async function findLocalAddress(family: AddressFamily, hosts: readonly string[]): Promise<string | undefined> {
  const specific = hosts.filter((host) => host !== UNSPECIFIED[family]);
  // Reachable for others before reachable for this machine only.
  const chosen = specific.find((host) => !isLoopback(host)) ?? specific[0];
  if (hosts.length === 0 || chosen !== undefined) return chosen;
  return (await findRouteAddress(family)) ?? findInterfaceAddress(family) ?? (family === 4 ? '127.0.0.1' : undefined);
}

/** The address of this machine that the system would speak with to the internet. */
async function findRouteAddress(family: AddressFamily): Promise<string | undefined> {
  const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
  const connected = Promise.withResolvers<string | undefined>();
  socket.once('error', () => connected.resolve(undefined));
  socket.connect(9, FAR_AWAY[family], (error?: Error) => {
    connected.resolve(error === undefined ? socket.address().address : undefined);
  });
  try {
    return await connected.promise;
  } finally {
    socket.close();
  }
}

/** In a network without a way out there is no route to ask for. */
function findInterfaceAddress(family: AddressFamily): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  return all.find((each) => !each.internal && each.family === `IPv${family}` && !each.address.startsWith('fe80:'))
    ?.address;
}

async function askOutside(
  family: AddressFamily,
  { stunServer, publicHost }: AddressHints,
): Promise<Pick<FoundAddress, 'external' | 'origin'> | undefined> {
  const byStun = stunServer && (await askStunServer(family, stunServer));
  if (byStun !== undefined) return { external: byStun, origin: 'stun' };
  const byName = publicHost === undefined ? undefined : await resolveName(family, publicHost);
  return byName !== undefined && isPublicAddress(byName) ? { external: byName, origin: 'dns' } : undefined;
}

async function askStunServer(
  family: AddressFamily,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string | undefined> {
  const address = await resolveName(family, host);
  if (address === undefined) return undefined;
  const client = await TurnClient.connect({ transport: 'udp', address, port }, { timeoutMs: STUN_TIMEOUT_MS });
  try {
    return (await client.bind()).address;
  } catch {
    return undefined;
  } finally {
    client.close();
  }
}

async function resolveName(family: AddressFamily, host: string): Promise<string | undefined> {
  if (isIP(host) !== 0) return familyOf(host) === family ? host : undefined;
  try {
    return (await lookup(host, { family })).address;
  } catch {
    return undefined;
  }
}

/** All addresses of this machine. Link-local IPv6 ones need a zone, and nobody calls through them. */
export function listHostAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => address)
    .filter((address) => !address.toLowerCase().startsWith('fe80'));
}
