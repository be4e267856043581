// HKDF-SHA-256 under its public name and order of arguments.
import { inOperation, invalidArgument } from './errors.ts';
import type { Bytes } from './primitives/bytes.ts';
import { hkdf as derive, MAX_HKDF_BYTES } from './primitives/hkdf.ts';

export function hkdf(outputLength: number, keyMaterial: Bytes, label: Bytes, salt: Bytes | null): Bytes {
  return inOperation('HKDF_DeriveSecrets', () => {
    if (outputLength > MAX_HKDF_BYTES) throw invalidArgument(`output too long (${outputLength})`);
    return derive(keyMaterial, salt, label, outputLength);
  });
}
