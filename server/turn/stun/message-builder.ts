/** Writes STUN messages. */
import { computeFingerprint, computeIntegrity, INTEGRITY, type IntegrityKind } from './integrity.ts';
import {
  ATTRIBUTE,
  FAMILY_CODE,
  HEADER_BYTES,
  MAGIC_COOKIE,
  type AddressFamily,
  type MessageClass,
} from './stun-constants.ts';
import { padding } from './stun-message.ts';
import { encodeXorAddress } from './transport-address.ts';

const INITIAL_BYTES = 256;

export class MessageBuilder {
  readonly #transactionId: Uint8Array;
  #bytes: Buffer = Buffer.alloc(INITIAL_BYTES);
  #end = HEADER_BYTES;

  /** @param transactionId 12 bytes */
  constructor(method: number, messageClass: MessageClass, transactionId: Uint8Array) {
    const type =
      (method & 0x000f) |
      ((method & 0x0070) << 1) |
      ((method & 0x0f80) << 2) |
      ((messageClass & 1) << 4) |
      ((messageClass & 2) << 7);
    this.#transactionId = transactionId;
    this.#bytes.writeUInt16BE(type, 0);
    this.#bytes.writeUInt32BE(MAGIC_COOKIE, 4);
    this.#bytes.set(transactionId, 8);
  }

  bytes(type: number, value: Uint8Array): this {
    const end = this.#end + 4 + value.length + padding(value.length);
    this.#reserve(end);
    this.#bytes.writeUInt16BE(type, this.#end);
    this.#bytes.writeUInt16BE(value.length, this.#end + 2);
    this.#bytes.set(value, this.#end + 4);
    this.#end = end;
    this.#bytes.writeUInt16BE(end - HEADER_BYTES, 2);
    return this;
  }

  text(type: number, value: string): this {
    return this.bytes(type, Buffer.from(value));
  }

  uint32(type: number, value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return this.bytes(type, bytes);
  }

  /** @throws RangeError for what is no address. */
  address(type: number, address: string, port: number): this {
    return this.bytes(type, encodeXorAddress(address, port, this.#transactionId));
  }

  /** Without a reason phrase: nobody reads it, and an answer must not be larger than its request. */
  error(code: number): this {
    return this.bytes(ATTRIBUTE.ERROR_CODE, Uint8Array.of(0, 0, Math.floor(code / 100), code % 100));
  }

  /** ADDRESS-ERROR-CODE (RFC 8656, section 18.12): why the second family of a dual allocation was not to be had. */
  addressError(family: AddressFamily, code: number): this {
    const value = Uint8Array.of(FAMILY_CODE[family], 0, Math.floor(code / 100), code % 100);
    return this.bytes(ATTRIBUTE.ADDRESS_ERROR_CODE, value);
  }

  unknownAttributes(types: readonly number[]): this {
    return this.bytes(
      ATTRIBUTE.UNKNOWN_ATTRIBUTES,
      Uint8Array.from(types.flatMap((type) => [type >>> 8, type & 0xff])),
    );
  }

  integrity(kind: IntegrityKind, key: Uint8Array): this {
    const { attribute, bytes } = INTEGRITY[kind];
    return this.bytes(attribute, computeIntegrity(this.#bytes, this.#end, bytes, kind, key));
  }

  fingerprint(): this {
    return this.uint32(ATTRIBUTE.FINGERPRINT, computeFingerprint(this.#bytes, this.#end));
  }

  /** The message, in memory of its own size. */
  build(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  #reserve(end: number): void {
    if (end <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(end, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}
