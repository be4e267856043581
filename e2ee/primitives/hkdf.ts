// HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869).
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from './bytes.ts';

const HASH_BYTES = 32;
const MAX_OUTPUT_BYTES = 255 * HASH_BYTES;

export function hmacSha256(key: Uint8Array, message: Uint8Array): Bytes {
  return hmac(sha256, key, message);
}

/** As two calls of hmacSha256, but the key is absorbed once. */
export function hmacSha256Pair(key: Uint8Array, first: Uint8Array, second: Uint8Array): [Bytes, Bytes] {
  const keyed = hmac.create(sha256, key);
  const clone = keyed.clone();
  return [clone.update(first).digest(), keyed.update(second).digest()];
}

/**
 * HKDF. `salt` null means none, which RFC 5869 section 2.2 defines as 32 zero bytes.
 *
 * Written over noble's HMAC instead of noble's HKDF because skipped messages make this the hottest function of the engine:
 * the padded key is absorbed once per PRK, and for the zero salt once per program, instead of once per block.
 */
export function hkdf(ikm: Uint8Array, salt: Uint8Array | null, info: Uint8Array, length: number): Bytes {
  if (length > MAX_OUTPUT_BYTES) throw new RangeError('HKDF output is limited to 8160 bytes');
  const keyed = hmac.create(sha256, extract(salt, ikm));
  const blocks = Math.ceil(length / HASH_BYTES);
  const out = new Uint8Array(blocks * HASH_BYTES);
  for (let i = 0; i < blocks; i++) {
    // The last block may use up the keyed state itself.
    const block = i === blocks - 1 ? keyed : keyed._cloneInto(scratch);
    const offset = i * HASH_BYTES;
    if (i > 0) block.update(out.subarray(offset - HASH_BYTES, offset));
    block.update(info).update(Uint8Array.of(i + 1));
    block.digestInto(out.subarray(offset, offset + HASH_BYTES));
  }
  return out.length === length ? out : out.slice(0, length);
}

let zeroSalted: ReturnType<typeof hmac.create> | undefined;
/** Takes copies of keyed states; made anew for each copy they would be half of the engine's garbage. */
const scratch = /* @__PURE__ */ hmac.create(sha256, new Uint8Array(HASH_BYTES));

function extract(salt: Uint8Array | null, ikm: Uint8Array): Uint8Array {
  if (salt !== null) return hmac(sha256, salt, ikm);
  zeroSalted ??= hmac.create(sha256, new Uint8Array(HASH_BYTES));
  return zeroSalted._cloneInto(scratch).update(ikm).digest();
}
