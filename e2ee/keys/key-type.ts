// The type byte in front of every key, and what is said of keys that are not what they should be.
import { failure, type LibSignalErrorBase } from '../errors.ts';
import { toHex } from '../primitives/bytes.ts';

export function requireKeyType(key: Uint8Array, expected: number, what: 'key' | 'KEM key'): void {
  if (key.length === 0) throw failure('no key type identifier');
  if (key[0] !== expected) throw failure(`bad ${what} type <0x${toHex(key.subarray(0, 1))}>`);
}

/** Of a Curve25519 key; Djb is Daniel J. Bernstein. */
export function badKeyLength(key: Uint8Array): LibSignalErrorBase {
  return failure(`bad key length <${key.length}> for key with type <Djb>`);
}
