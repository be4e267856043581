// Curve25519 in its Edwards form (RFC 7748, section 4.1; RFC 8032, section 5.1), over @noble/ed25519: the arithmetic that
// public keys and XEdDSA share.
import { mod, pow } from '@noble/curves/abstract/modular.js';
import { Point } from '@noble/ed25519';
import type { Bytes } from './bytes.ts';
import { hostCrypto } from './web-crypto.ts';

/** The order of the field, and that of the base point. */
export const { p: FIELD_ORDER, n: GROUP_ORDER } = Point.CURVE();
const BLIND_BYTES = 64;

export function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

/** @param value below 2^256 */
export function toLittleEndian(value: bigint): Bytes {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

export function toScalar(value: bigint): bigint {
  return mod(value, GROUP_ORDER);
}

/**
 * The base point times a secret scalar, which is not 0. The scalar is split at random into two whose products are added, so
 * that repeated runs do not repeat their timing (BigInt has no constant time). The result does not depend on the split, so
 * the randomness is always the host's; a host without any gets no protection of this kind.
 */
export function multiplyBase(scalar: bigint): Point {
  const host = hostCrypto();
  if (host === undefined) return Point.BASE.multiply(scalar);
  const blind = toScalar(littleEndian(host.getRandomValues(new Uint8Array(BLIND_BYTES))));
  return Point.BASE.multiply(blind).add(Point.BASE.multiply(toScalar(scalar - blind)));
}

/** By Fermat: the time does not depend on the value as Euclid's does. Of 0 it gives 0. */
export function invertField(value: bigint): bigint {
  return pow(value, FIELD_ORDER - 2n, FIELD_ORDER);
}

/** The birational map, y = (u - 1) / (u + 1); null where it has no value. The sign of x is not told by u. */
export function toEdwardsY(u: bigint): bigint | null {
  const denominator = mod(u + 1n, FIELD_ORDER);
  return denominator === 0n ? null : mod((u - 1n) * invertField(denominator), FIELD_ORDER);
}
