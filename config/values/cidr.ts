import { isIPv4, isIPv6 } from 'node:net';
import { ValueError, quote, type ValueType } from './value-type.ts';

const EXPECTED = 'an address or a network, such as 127.0.0.1, 10.0.0.0/8 or fd00::/8';

/** One IP address, or a network in CIDR notation (RFC 4632). Kept as text: the web server's proxy check takes that. */
export function cidr(): ValueType<string> {
  return {
    kind: 'address or network',
    expected: EXPECTED,
    schema: { type: 'string', pattern: '^[0-9a-fA-F:.]+(/[0-9]{1,3})?$' },
    parse: parseCidr,
    format: String,
    toJson: (value) => value,
  };
}

function parseCidr(text: string): string {
  const [address = '', prefix, ...more] = text.split('/');
  const bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : 0;
  if (bits === 0 || more.length > 0 || address.includes('%')) {
    throw new ValueError(`${quote(text)} is not an address or network`, suggest(text));
  }
  if (prefix === undefined) return address;
  if (!/^[0-9]{1,3}$/.test(prefix) || Number(prefix) > bits) {
    throw new ValueError(`/${prefix} is not a prefix length`, `It goes from /0 to /${bits} here.`);
  }
  const network = maskAddress(address, bits, Number(prefix));
  if (network !== toNumber(address, bits)) {
    throw new ValueError(
      `${quote(text)} names a host inside a network`,
      `Write ${address} for that host alone, or clear the bits after the first ${prefix}.`,
    );
  }
  return text;
}

function maskAddress(address: string, bits: 32 | 128, prefix: number): bigint {
  const hostBits = BigInt(bits - prefix);
  return (toNumber(address, bits) >> hostBits) << hostBits;
}

function toNumber(address: string, bits: 32 | 128): bigint {
  if (bits === 32) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const groups = expandIPv6(address);
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(Number.parseInt(group, 16)), 0n);
}

/** The URL parser already knows how to write `::ffff:10.0.0.1` in hexadecimal groups. */
function expandIPv6(address: string): string[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  return [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
}

function suggest(text: string): string {
  return text === '*' || text === 'all'
    ? 'Name the proxies one by one: who is trusted can claim any client address.'
    : `Write ${EXPECTED}. Host names are not looked up here.`;
}
