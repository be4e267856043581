// HKDF-SHA-256 under its public name and order of arguments.
import type { Bytes } from './primitives/bytes.ts';
import { hkdf as derive } from './primitives/hkdf.ts';

export function hkdf(outputLength: number, keyMaterial: Bytes, label: Bytes, salt: Bytes | null): Bytes {
  return derive(keyMaterial, salt, label, outputLength);
}
