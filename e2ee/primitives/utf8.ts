// UTF-8 both ways, strict. TextEncoder and TextDecoder are host globals; the engine depends on none but WebCrypto.
import type { Bytes } from './bytes.ts';

export function encodeUtf8(text: string): Bytes {
  const out: number[] = [];
  for (const character of text) {
    const point = scalarValue(character);
    if (point < 0x80) out.push(point);
    else if (point < 0x800) out.push(0xc0 | (point >> 6), tail(point));
    else if (point < 0x10000) out.push(0xe0 | (point >> 12), tail(point >> 6), tail(point));
    else out.push(0xf0 | (point >> 18), tail(point >> 12), tail(point >> 6), tail(point));
  }
  return Uint8Array.from(out);
}

/** Null when the bytes are not UTF-8: overlong forms, surrogates and values above U+10FFFF included (RFC 3629). */
export function decodeUtf8(bytes: Uint8Array): string | null {
  let out = '';
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i] ?? 0;
    const length = sequenceLength(lead);
    if (length === 0 || i + length > bytes.length) return null;
    let point = length === 1 ? lead : lead & (0x7f >> length);
    for (let j = 1; j < length; j++) {
      const next = bytes[i + j] ?? 0;
      if ((next & 0xc0) !== 0x80) return null;
      point = (point << 6) | (next & 0x3f);
    }
    if (point < (MINIMUM[length] ?? 0) || point > 0x10ffff || isSurrogate(point)) return null;
    out += String.fromCodePoint(point);
    i += length;
  }
  return out;
}

/** The smallest code point that may be written with so many bytes. */
const MINIMUM = [0, 0, 0x80, 0x800, 0x10000];
const REPLACEMENT = 0xfffd;

const tail = (point: number): number => 0x80 | (point & 0x3f);
const isSurrogate = (point: number): boolean => point >= 0xd800 && point <= 0xdfff;

function scalarValue(character: string): number {
  const point = character.codePointAt(0) ?? REPLACEMENT;
  return isSurrogate(point) ? REPLACEMENT : point;
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}
