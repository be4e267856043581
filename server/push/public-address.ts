/** Which addresses a push may go to. Members choose the endpoints, so without this they could make the server send requests to
 * what stands beside it (SSRF): its Redis, a router, the metadata service of a cloud. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IANA's special-purpose registries (RFC 6890): what is not global unicast. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Of IPv6 only 2000::/3 is global unicast, and of that not these: Teredo and others, documentation, 6to4. */
const GLOBAL_V6 = '2000::/3';
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
/** Addresses that carry an IPv4 address in their last 32 bits (RFC 4291, 6052). */
const V4_INSIDE = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

export type AddressCheck = (address: string) => boolean;

/** @param allowed addresses and networks that are let through although they are private */
export function createAddressCheck(allowed: readonly string[]): AddressCheck {
  const isAllowed = toList(allowed);
  const isPrivateV4 = toList(NOT_PUBLIC_V4);
  const isGlobalV6 = toList([GLOBAL_V6]);
  const isSpecialV6 = toList(NOT_PUBLIC_V6);
  const check = (address: string): boolean => {
    if (isIPv4(address)) return isAllowed.check(address) || !isPrivateV4.check(address);
    if (!isIPv6(address) || address.includes('%')) return false;
    const inside = findV4Inside(address);
    if (inside !== undefined) return check(inside);
    if (isAllowed.check(address, 'ipv6')) return true;
    return isGlobalV6.check(address, 'ipv6') && !isSpecialV6.check(address, 'ipv6');
  };
  return check;
}

function toList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** The URL parser writes every address in one way, the last 32 bits in hexadecimal. */
function findV4Inside(address: string): string | undefined {
  const [, high, low] = V4_INSIDE.exec(new URL(`http://[${address}]`).hostname.slice(1, -1)) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const bits = Number.parseInt(high, 16) * 0x1_0000 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}
