/** XOR-MAPPED-ADDRESS and its kin (RFC 8489, section 14.2). */
import { formatIpAddress, parseIpAddress } from './ip-address.ts';
import { FAMILY_CODE, MAGIC_COOKIE, type AddressFamily } from './stun-constants.ts';

export interface TransportAddress {
  readonly family: AddressFamily;
  /** Text, as node:dgram gives it. */
  readonly address: string;
  readonly port: number;
}

const COOKIE_BYTES = [
  MAGIC_COOKIE >>> 24,
  (MAGIC_COOKIE >>> 16) & 0xff,
  (MAGIC_COOKIE >>> 8) & 0xff,
  MAGIC_COOKIE & 0xff,
];

/** What the address bytes are combined with: the cookie, and for IPv6 the transaction id behind it. */
function mask(index: number, transactionId: Uint8Array): number {
  return index < 4 ? (COOKIE_BYTES[index] ?? 0) : (transactionId[index - 4] ?? 0);
}

/** @returns the value of an attribute. @throws RangeError for what is no address. */
export function encodeXorAddress(address: string, port: number, transactionId: Uint8Array): Uint8Array {
  const bytes = parseIpAddress(address);
  if (bytes === undefined) throw new RangeError('not an IP address');
  const value = new Uint8Array(4 + bytes.length);
  const xorPort = port ^ (MAGIC_COOKIE >>> 16);
  value[1] = bytes.length === 4 ? FAMILY_CODE[4] : FAMILY_CODE[6];
  value[2] = xorPort >>> 8;
  value[3] = xorPort & 0xff;
  for (let i = 0; i < bytes.length; i++) value[4 + i] = (bytes[i] ?? 0) ^ mask(i, transactionId);
  return value;
}

/** @returns undefined when length and family do not fit each other. */
export function decodeXorAddress(value: Uint8Array, transactionId: Uint8Array): TransportAddress | undefined {
  const family = value[1] === FAMILY_CODE[4] ? 4 : value[1] === FAMILY_CODE[6] ? 6 : undefined;
  if (family === undefined || value.length !== (family === 4 ? 8 : 20)) return undefined;
  // Not slice: of a Buffer that is a view, and the message must stay as it came.
  const bytes = Uint8Array.from(value.subarray(4));
  for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) ^ mask(i, transactionId);
  const port = (((value[2] ?? 0) << 8) | (value[3] ?? 0)) ^ (MAGIC_COOKIE >>> 16);
  return { family, address: formatIpAddress(bytes), port };
}
