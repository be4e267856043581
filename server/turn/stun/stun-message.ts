/** Reads STUN messages (RFC 8489, section 5). Nothing is copied: integrity and fingerprint are computed over the bytes as they came,
 * because re-encoding loses the padding that the sender chose. */
import { decodeXorAddress, type TransportAddress } from './transport-address.ts';
import {
  ATTRIBUTE,
  FIRST_OPTIONAL_ATTRIBUTE,
  HEADER_BYTES,
  MAGIC_COOKIE,
  type MessageClass,
} from './stun-constants.ts';

/** No message of STUN or TURN needs more; what has more is made to cost time. */
const MAX_ATTRIBUTES = 64;

interface AttributePlace {
  readonly type: number;
  /** Of the value, within the message. */
  readonly start: number;
  readonly length: number;
}

export class StunMessage {
  readonly bytes: Uint8Array;
  readonly method: number;
  readonly class: MessageClass;
  readonly transactionId: Uint8Array;
  readonly #places: readonly AttributePlace[];

  constructor(bytes: Uint8Array, places: readonly AttributePlace[]) {
    const type = readUint16(bytes, 0);
    this.bytes = bytes;
    // The two class bits lie between those of the method.
    this.class = (((type & 0x0100) >>> 7) | ((type & 0x0010) >>> 4)) as MessageClass;
    this.method = (type & 0x000f) | ((type & 0x00e0) >>> 1) | ((type & 0x3e00) >>> 2);
    this.transactionId = bytes.subarray(8, HEADER_BYTES);
    this.#places = places;
  }

  /** The value of the first attribute of a type: later ones do not count (section 14). */
  find(type: number): Uint8Array | undefined {
    const place = this.#places.find((candidate) => candidate.type === type);
    return place && this.bytes.subarray(place.start, place.start + place.length);
  }

  has(type: number): boolean {
    return this.#places.some((place) => place.type === type);
  }

  /** Where the header of an attribute begins: what integrity covers ends there. */
  findOffset(type: number): number | undefined {
    const place = this.#places.find((candidate) => candidate.type === type);
    return place && place.start - 4;
  }

  findText(type: number): string | undefined {
    const value = this.find(type);
    return value && Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8');
  }

  findUint32(type: number): number | undefined {
    const value = this.find(type);
    if (value?.length !== 4) return undefined;
    return readUint16(value, 0) * 0x10000 + readUint16(value, 2);
  }

  findAddress(type: number): TransportAddress | undefined {
    const value = this.find(type);
    return value && decodeXorAddress(value, this.transactionId);
  }

  /** Every address of a type; undefined for one that is malformed. */
  findAddresses(type: number): (TransportAddress | undefined)[] {
    return this.#places
      .filter((place) => place.type === type)
      .map(({ start, length }) => decodeXorAddress(this.bytes.subarray(start, start + length), this.transactionId));
  }

  /** @returns the number of an ERROR-CODE. */
  findErrorCode(): number | undefined {
    const value = this.find(ATTRIBUTE.ERROR_CODE);
    return value && value.length >= 4 ? ((value[2] ?? 0) & 0x07) * 100 + (value[3] ?? 0) : undefined;
  }

  /** Types that must be understood, and are not among the known ones. */
  findUnknown(known: ReadonlySet<number>): number[] {
    return this.#places
      .filter(({ type }) => type < FIRST_OPTIONAL_ATTRIBUTE && !known.has(type))
      .map(({ type }) => type);
  }
}

export function isStunMessage(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && ((bytes[0] ?? 0) & 0xc0) === 0 && readUint32(bytes, 4) === MAGIC_COOKIE;
}

/** @param bytes one whole message. @returns undefined for what is no STUN message. */
export function parseStunMessage(bytes: Uint8Array): StunMessage | undefined {
  if (!isStunMessage(bytes)) return undefined;
  const length = readUint16(bytes, 2);
  if (length % 4 !== 0 || HEADER_BYTES + length !== bytes.length) return undefined;
  const places = findPlaces(bytes);
  return places && new StunMessage(bytes, places);
}

function findPlaces(bytes: Uint8Array): AttributePlace[] | undefined {
  const places: AttributePlace[] = [];
  let count = 0;
  let last = 0;
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const type = readUint16(bytes, at);
    const length = readUint16(bytes, at + 2);
    const start = at + 4;
    at = start + length + padding(length);
    // The length of the message is a multiple of four, so there is always room for type and length.
    if (at > bytes.length || ++count > MAX_ATTRIBUTES || last === ATTRIBUTE.FINGERPRINT) return undefined;
    if (mayFollow(type, last)) {
      places.push({ type, start, length });
      last = ORDERED.has(type) ? type : last;
    }
  }
  return places;
}

/** These close a message in this order; what stands behind them otherwise is not protected, and so ignored (section 14.5). */
const ORDERED = new Set<number>([
  ATTRIBUTE.MESSAGE_INTEGRITY,
  ATTRIBUTE.MESSAGE_INTEGRITY_SHA256,
  ATTRIBUTE.FINGERPRINT,
]);

function mayFollow(type: number, last: number): boolean {
  if (last === 0 || type === ATTRIBUTE.FINGERPRINT) return true;
  return last === ATTRIBUTE.MESSAGE_INTEGRITY && type === ATTRIBUTE.MESSAGE_INTEGRITY_SHA256;
}

export const padding = (length: number): number => -length & 3;

export function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return readUint16(bytes, at) * 0x10000 + readUint16(bytes, at + 2);
}
