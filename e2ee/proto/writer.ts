// Writes the wire types of protocol buffers that the protocol has, in the order of the calls.
import type { Bytes } from '../primitives/bytes.ts';
import { WireType } from './fields.ts';

/** Growing costs more than all the rest of writing. */
const INITIAL_BYTES = 1024;
/** A larger buffer is not kept: it was needed for thousands of skipped keys, or by mistake. */
const MAX_SPARE_BYTES = 64 * 1024;
const MAX_VARINT_BYTES = 8;
const NESTED_LENGTH_BYTES = 4;
const MAX_NESTED_BYTES = 2 ** (7 * NESTED_LENGTH_BYTES);

/** The buffer of the last writer that finished, cleared: writing a session allocates only its result. */
let spare: Bytes | undefined;

export class ProtoWriter {
  #buffer: Bytes = spare ?? new Uint8Array(INITIAL_BYTES);
  #length = 0;

  /** @param prefix bytes before the message: a version */
  constructor(...prefix: readonly number[]) {
    // Writers can be inside each other.
    spare = undefined;
    for (const byte of prefix) this.#buffer[this.#length++] = byte;
  }

  /** An unsigned integer up to 2^53. */
  uint(tag: number, value: number): void {
    this.#key(tag, WireType.Varint, MAX_VARINT_BYTES);
    this.#varint(value);
  }

  bytes(tag: number, value: Uint8Array): void {
    this.#key(tag, WireType.LengthDelimited, MAX_VARINT_BYTES + value.length);
    this.#varint(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  fixed64(tag: number, value: number): void {
    this.#key(tag, WireType.Fixed64, 8);
    new DataView(this.#buffer.buffer).setBigUint64(this.#length, BigInt(value), true);
    this.#length += 8;
  }

  /**
   * A message inside this one, written in place. Its length takes four bytes whatever it is, so nothing has to be moved:
   * for storage, not for messages that others encode too.
   */
  nested(tag: number, write: () => void): void {
    this.#key(tag, WireType.LengthDelimited, NESTED_LENGTH_BYTES);
    const start = this.#length + NESTED_LENGTH_BYTES;
    this.#length = start;
    write();
    const length = this.#length - start;
    if (length >= MAX_NESTED_BYTES) throw new RangeError(`a nested message of ${length} bytes`);
    for (let i = 0; i < NESTED_LENGTH_BYTES; i++) {
      const more = i < NESTED_LENGTH_BYTES - 1 ? 0x80 : 0;
      this.#buffer[start - NESTED_LENGTH_BYTES + i] = ((length >> (7 * i)) & 0x7f) | more;
    }
  }

  /** The writer cannot be used after it. */
  finish(): Bytes {
    const written = this.#buffer.slice(0, this.#length);
    if (this.#buffer.length <= MAX_SPARE_BYTES) spare = this.#buffer.fill(0, 0, this.#length);
    return written;
  }

  /** Tag and wire type, and room for `more` bytes after them. */
  #key(tag: number, wireType: number, more: number): void {
    const end = this.#length + MAX_VARINT_BYTES + more;
    if (end > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(2 * this.#buffer.length, end));
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#varint(tag * 8 + wireType);
  }

  #varint(value: number): void {
    this.#length = writeVarint(this.#buffer, this.#length, value);
  }
}

/** Base 128, little end first. */
export function varint(value: number): Bytes {
  const out = new Uint8Array(MAX_VARINT_BYTES);
  return out.slice(0, writeVarint(out, 0, value));
}

/** Arithmetic instead of shifts: values go past 32 bits. @returns the offset after it */
function writeVarint(into: Bytes, offset: number, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not an unsigned integer: ${value}`);
  let [rest, at] = [value, offset];
  while (rest >= 0x80) {
    into[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  into[at++] = rest;
  return at;
}
