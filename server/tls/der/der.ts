/** The little of DER (ITU-T X.690) that certificates and requests for them need. */

const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  OBJECT_IDENTIFIER: 0x06,
  UTF8_STRING: 0x0c,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes]);
}

export function encode(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag), encodeLength(content.length), content]);
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => encode(TAG.SEQUENCE, ...items);
export const set = (...items: readonly Uint8Array[]): Buffer => encode(TAG.SET, ...items);
export const octetString = (bytes: Uint8Array): Buffer => encode(TAG.OCTET_STRING, bytes);
export const utf8String = (text: string): Buffer => encode(TAG.UTF8_STRING, Buffer.from(text));
export const boolean = (value: boolean): Buffer => encode(TAG.BOOLEAN, Buffer.of(value ? 0xff : 0));

/** @param unusedBits at the end of the last byte */
export const bitString = (bytes: Uint8Array, unusedBits = 0): Buffer =>
  encode(TAG.BIT_STRING, Buffer.of(unusedBits), bytes);

/** A number that is not negative, from its bytes. */
export function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const rest = start === -1 ? Buffer.of(0) : bytes.subarray(start);
  return encode(TAG.INTEGER, ...((rest[0] ?? 0) >= 0x80 ? [Buffer.of(0)] : []), rest);
}

/** @param text such as 2.5.29.17 */
export function objectIdentifier(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return encode(TAG.OBJECT_IDENTIFIER, Buffer.from([40 * first + second, ...rest.flatMap(toBase128)]));
}

function toBase128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

/** `YYYYMMDDHHMMSSZ`. RFC 5280 wants UTCTime before 2050. */
export function time(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
  const year = Number(text.slice(0, 4));
  const UTC_TIME = 0x17;
  return year < 2050 ? encode(UTC_TIME, Buffer.from(text.slice(2))) : encode(TAG.GENERALIZED_TIME, Buffer.from(text));
}

/** `[number]`, implicit. */
export const tagged = (number: number, content: Uint8Array): Buffer => encode(CONTEXT | number, content);
/** `[number]` around whole values. */
export const explicit = (number: number, ...items: readonly Uint8Array[]): Buffer =>
  encode(CONTEXT | CONSTRUCTED | number, ...items);

/** One value of DER with the values in it, where it is made of some. */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length. */
  readonly whole: Buffer;
}

/** The values that follow one another in `bytes`. @throws RangeError when they end too early. */
export function decodeAll(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes.readUInt8(at);
    const first = bytes.readUInt8(at + 1);
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
    const start = at + 2 + lengthBytes;
    const end = start + length;
    if (end > bytes.length) throw new RangeError('the value is longer than what holds it');
    values.push({ tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return values;
}
