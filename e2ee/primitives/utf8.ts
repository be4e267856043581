// UTF-8 both ways, strict. The host's codecs, typed here because this room is compiled without the DOM.
import type { Bytes } from './bytes.ts';

interface HostText {
  readonly TextEncoder: new () => { encode(text: string): Bytes };
  readonly TextDecoder: new (
    label: 'utf-8',
    options: { readonly fatal: true; readonly ignoreBOM: true },
  ) => { decode(bytes: Uint8Array): string };
}
const { TextEncoder, TextDecoder } = globalThis as unknown as HostText;

/** Half a surrogate pair becomes U+FFFD. */
export function encodeUtf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** Null when the bytes are not UTF-8: overlong forms, surrogates and values above U+10FFFF included (RFC 3629). */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
