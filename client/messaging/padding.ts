/** Padding of plaintext before encryption (docs/protocol.md, "Inside an envelope"): x ‖ 0x80 ‖ 0x00…, to a length that
 * says little about x. */
import { concatBytes } from '../bytes.ts';
import type { Bytes } from '../ports.ts';

const MIN_PADDED_BYTES = 160;
const BOUNDARY = 0x80;

/** Padmé (PETS 2019): round up to a multiple of 2^(E−S), so that a size tells O(log log L) bits, for at most 12 %. */
export function paddedLength(length: number): number {
  if (length <= MIN_PADDED_BYTES) return MIN_PADDED_BYTES;
  const exponent = Math.floor(Math.log2(length));
  const significantBits = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - significantBits);
  return Math.ceil(length / step) * step;
}

export function pad(plaintext: Uint8Array): Bytes {
  const length = plaintext.length + 1;
  return concatBytes(plaintext, Uint8Array.of(BOUNDARY), new Uint8Array(paddedLength(length) - length));
}

/** @throws RangeError when the padding is not there. */
export function unpad(padded: Uint8Array): Uint8Array {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end--;
  if (end < 0 || padded[end] !== BOUNDARY) throw new RangeError('not padded');
  return padded.subarray(0, end);
}
