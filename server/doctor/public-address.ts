/** The address that people type, taken apart. */
import { lookup, resolve4, resolve6 } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface PublicAddress {
  readonly url: URL;
  /** Without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
  readonly isHttps: boolean;
  /** A name or address of this machine alone. */
  readonly isLocal: boolean;
}

export interface Resolved {
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
  /** DNS knows nothing; the file of the machine does. */
  readonly isFromHostsFile: boolean;
}

export function parsePublicAddress(publicUrl: string): PublicAddress {
  const url = new URL(publicUrl);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isHttps = url.protocol === 'https:';
  const isLocal = host === 'localhost' || host.startsWith('127.') || host === '::1';
  return { url, host, port: url.port === '' ? (isHttps ? 443 : 80) : Number(url.port), isHttps, isLocal };
}

/** From DNS itself where it answers: Debian writes the own name into /etc/hosts with an address that nobody else reaches. */
export async function resolveAddress(host: string): Promise<Resolved> {
  const family = isIP(host);
  if (family !== 0) {
    return { ipv4: family === 4 ? [host] : [], ipv6: family === 6 ? [host] : [], isFromHostsFile: false };
  }
  const empty = (): string[] => [];
  const [ipv4, ipv6] = await Promise.all([resolve4(host).catch(empty), resolve6(host).catch(empty)]);
  if (ipv4.length + ipv6.length > 0) return { ipv4, ipv6, isFromHostsFile: false };
  const known = await lookup(host, { all: true }).catch(() => []);
  const ofFamily = (wanted: number) => known.filter((each) => each.family === wanted).map(({ address }) => address);
  return { ipv4: ofFamily(4), ipv6: ofFamily(6), isFromHostsFile: true };
}

/** Addresses that this machine has itself. Behind NAT or a proxy elsewhere the public ones are not among them. */
export const listOwnAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));
