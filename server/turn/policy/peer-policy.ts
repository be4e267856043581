/** Whom clients may reach through us. A relay inside a network is a way around its firewall: so everything is denied that is not the
 * public internet, in every way in which it can be written (IANA's special-purpose registries; IPv4 inside of IPv6). */
import { parseIpAddress } from '../stun/ip-address.ts';

interface Network {
  readonly bytes: Uint8Array;
  readonly prefixBits: number;
}

/** Cannot be peers at all; nobody can allow them. IPv4 written as IPv6 is for nothing but going around the rules for IPv4. */
const IMPOSSIBLE = ['0.0.0.0/8', '224.0.0.0/4', '255.255.255.255/32', '::/128', '::ffff:0:0/96', 'ff00::/8'] as const;

const DENIED = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Link-local, and with it the metadata address of clouds: 169.254.169.254.
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
  // All of IPv6 but 2000::/3, the only part that is given to the internet: with it loopback, unique local (and the metadata address
  // fd00:ec2::254), link-local, NAT64, and IPv4 in IPv6 in its other ways.
  '::/3',
  '4000::/2',
  '8000::/1',
  // Teredo, ORCHID, benchmarking.
  '2001::/23',
  '2001:db8::/32',
  // 6to4.
  '2002::/16',
  '3fff::/20',
] as const;

export interface PeerPolicyOptions {
  /** Addresses and networks in CIDR notation that may be reached although they are denied by default. */
  readonly allow: readonly string[];
  /** Further ones that may not. They win. */
  readonly deny: readonly string[];
  /** Addresses of this machine: its other services are no peers, whatever their address. */
  readonly hostAddresses?: () => readonly string[];
}

/** @throws RangeError for what is no network. */
export function createPeerPolicy({ allow, deny, hostAddresses }: PeerPolicyOptions): (address: string) => boolean {
  const impossible = IMPOSSIBLE.map(parseNetwork);
  const denied = DENIED.map(parseNetwork);
  const allowedExplicitly = allow.map(parseNetwork);
  const deniedExplicitly = deny.map(parseNetwork);
  return (address) => {
    const bytes = parseIpAddress(address);
    if (bytes === undefined) return false;
    const isIn = (networks: readonly Network[]) => networks.some((network) => contains(network, bytes));
    if (isIn(impossible) || isIn(deniedExplicitly)) return false;
    if (isIn(allowedExplicitly)) return true;
    return !isIn(denied) && hostAddresses?.().includes(address) !== true;
  };
}

/** Whether the address is reached from the internet, as far as it tells itself. */
export const isPublicAddress = createPeerPolicy({ allow: [], deny: [] });

function parseNetwork(text: string): Network {
  const [address = '', prefix] = text.split('/');
  const bytes = parseIpAddress(address);
  if (bytes === undefined) throw new RangeError(`${text} is no network`);
  return { bytes, prefixBits: prefix === undefined ? 8 * bytes.length : Number(prefix) };
}

function contains({ bytes, prefixBits }: Network, address: Uint8Array): boolean {
  if (bytes.length !== address.length) return false;
  const whole = prefixBits >>> 3;
  for (let i = 0; i < whole; i++) if (bytes[i] !== address[i]) return false;
  const rest = prefixBits & 7;
  return rest === 0 || ((bytes[whole] ?? 0) ^ (address[whole] ?? 0)) >>> (8 - rest) === 0;
}
