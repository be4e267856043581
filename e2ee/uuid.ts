// UUIDs as the official API has them: strings outside, 16 bytes inside.
import { type Bytes, fromHex, toHex } from './primitives/bytes.ts';
import { bytes, converted, required } from './proto/message.ts';

export type Uuid = string;

export const UUID_BYTES = 16;

/** Lower case, with hyphens. */
export function stringifyUuid(raw: Uint8Array): Uuid {
  if (raw.length !== UUID_BYTES) throw new TypeError('a UUID has 16 bytes');
  const hex = toHex(raw);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const HYPHENATED = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

/** Null unless `text` is the hyphenated form of 36 characters. */
export function parseUuid(text: string): Bytes | null {
  return HYPHENATED.test(text) ? fromHex(text.replaceAll('-', '')) : null;
}

export function requireUuid(text: string): Bytes {
  const raw = parseUuid(text);
  if (raw === null) throw new TypeError(`invalid UUID: '${text}'`);
  return raw;
}

export function readUuid(raw: Bytes): Uuid {
  return stringifyUuid(required(raw.length === UUID_BYTES ? raw : null));
}

/** As a field of a protocol buffer. */
export const uuid = /* @__PURE__ */ converted(bytes, readUuid, requireUuid);
