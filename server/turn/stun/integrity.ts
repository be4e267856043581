/** MESSAGE-INTEGRITY, MESSAGE-INTEGRITY-SHA256 and FINGERPRINT (RFC 8489, sections 14.5 to 14.7), over bytes as they came. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ATTRIBUTE, HEADER_BYTES } from './stun-constants.ts';
import { readUint32, type StunMessage } from './stun-message.ts';

const SHA1_BYTES = 20;
const SHA256_BYTES = 32;
/** A sender may cut the longer one down to this. */
const SHA256_MIN_BYTES = 16;
const FINGERPRINT_XOR = 0x5354554e;

export type IntegrityKind = 'sha1' | 'sha256';

export const INTEGRITY = {
  sha1: { attribute: ATTRIBUTE.MESSAGE_INTEGRITY, bytes: SHA1_BYTES },
  sha256: { attribute: ATTRIBUTE.MESSAGE_INTEGRITY_SHA256, bytes: SHA256_BYTES },
} as const;

/** The key of long-term credentials: MD5, because the protocol says so (section 9.2.2). */
export function toIntegrityKey(username: string, realm: string, password: string): Uint8Array {
  return createHash('md5').update(`${username}:${realm}:${password}`.normalize('NFC')).digest();
}

/** USERHASH (section 14.4): whom a request is from, without the name. */
export function toUserHash(username: string, realm: string): Uint8Array {
  return createHash('sha256').update(`${username}:${realm}`.normalize('NFC')).digest();
}

/** The stronger one counts when there are both (section 9.2.4). */
export function findIntegrityKind(message: StunMessage): IntegrityKind | undefined {
  if (message.has(ATTRIBUTE.MESSAGE_INTEGRITY_SHA256)) return 'sha256';
  return message.has(ATTRIBUTE.MESSAGE_INTEGRITY) ? 'sha1' : undefined;
}

/** Whether the message was made by someone who has the key. */
export function verifyIntegrity(message: StunMessage, kind: IntegrityKind, key: Uint8Array): boolean {
  const { attribute, bytes: fullBytes } = INTEGRITY[kind];
  const value = message.find(attribute);
  const offset = message.findOffset(attribute);
  if (value === undefined || offset === undefined) return false;
  const minBytes = kind === 'sha1' ? SHA1_BYTES : SHA256_MIN_BYTES;
  if (value.length < minBytes || value.length > fullBytes || value.length % 4 !== 0) return false;
  const expected = computeIntegrity(message.bytes, offset, value.length, kind, key);
  return timingSafeEqual(expected.subarray(0, value.length), value);
}

/** @param end where the attribute begins. @param valueBytes of the attribute: the header's length says as if it were the last. */
export function computeIntegrity(
  bytes: Uint8Array,
  end: number,
  valueBytes: number,
  kind: IntegrityKind,
  key: Uint8Array,
): Uint8Array {
  return createHmac(kind, key)
    .update(toHeaderStart(bytes, end + 4 + valueBytes))
    .update(bytes.subarray(4, end))
    .digest();
}

/** @param end where the attribute begins */
export function computeFingerprint(bytes: Uint8Array, end: number): number {
  const header = crc32(toHeaderStart(bytes, end + 8));
  return (crc32(bytes.subarray(4, end), header) ^ FINGERPRINT_XOR) >>> 0;
}

/** @returns undefined without a FINGERPRINT. */
export function verifyFingerprint(message: StunMessage): boolean | undefined {
  const value = message.find(ATTRIBUTE.FINGERPRINT);
  const offset = message.findOffset(ATTRIBUTE.FINGERPRINT);
  if (value === undefined || offset === undefined) return undefined;
  return value.length === 4 && readUint32(value, 0) === computeFingerprint(message.bytes, offset);
}

/** Type and length, as if the message ended at `end`. */
function toHeaderStart(bytes: Uint8Array, end: number): Uint8Array {
  const length = end - HEADER_BYTES;
  return Uint8Array.of(bytes[0] ?? 0, bytes[1] ?? 0, length >>> 8, length & 0xff);
}
