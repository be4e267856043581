/** Small work on bytes that every room of the client needs. */
import { getTextEncoding } from '@bufbuild/protobuf/wire';
import type { Bytes } from './ports.ts';

export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Looks at every byte whatever the outcome, because keys are compared with it. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}

/** A view into a frame becomes bytes with a buffer of their own. */
export function copyBytes(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}

export function encodeUtf8(text: string): Bytes {
  return getTextEncoding().encodeUtf8(text);
}

export function decodeUtf8(bytes: Uint8Array): string {
  return getTextEncoding().decodeUtf8(bytes);
}
