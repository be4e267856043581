// UUIDs as the official API has them: strings outside, 16 bytes inside.
import { type Bytes, fromHex, toHex } from './primitives/bytes.ts';

export type Uuid = string;

export const UUID_BYTES = 16;

/** Lower case, with hyphens. */
export function stringifyUuid(bytes: Uint8Array): Uuid {
  if (bytes.length !== UUID_BYTES) throw new TypeError('a UUID has 16 bytes');
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const HYPHENATED = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

/** Null unless `text` is the hyphenated form of 36 characters. */
export function parseUuid(text: string): Bytes | null {
  return HYPHENATED.test(text) ? fromHex(text.replaceAll('-', '')) : null;
}

export function requireUuid(text: string): Bytes {
  const bytes = parseUuid(text);
  if (bytes === null) throw new TypeError(`invalid UUID: '${text}'`);
  return bytes;
}
