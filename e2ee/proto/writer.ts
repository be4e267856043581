// Writes protocol buffers: the few wire types of the protocol, fields in the order of the calls (ascending, as libsignal).
//
// Written by hand rather than generated: MACs and signatures are over these exact bytes, presence is part of the format
// (a counter of 0 is written, an absent pre-key id is not), and the two halves cost 2 KB in a bundle instead of a runtime.
import type { Bytes } from '../primitives/bytes.ts';
import { encodeUtf8 } from '../primitives/utf8.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const INITIAL_BYTES = 256;
const MAX_VARINT_BYTES = 8;

export class ProtoWriter {
  private buffer: Bytes = new Uint8Array(INITIAL_BYTES);
  private length = 0;

  /** @param prefix bytes before the message: a version */
  constructor(...prefix: readonly number[]) {
    for (const byte of prefix) this.buffer[this.length++] = byte;
  }

  /** An unsigned integer up to 2^53; undefined is not written. */
  uint(tag: number, value: number | undefined): this {
    if (value === undefined) return this;
    this.reserve(2 * MAX_VARINT_BYTES);
    this.varint(tag * 8 + VARINT);
    this.varint(value);
    return this;
  }

  bytes(tag: number, value: Uint8Array | undefined): this {
    if (value === undefined) return this;
    this.reserve(2 * MAX_VARINT_BYTES + value.length);
    this.varint(tag * 8 + LENGTH_DELIMITED);
    this.varint(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
    return this;
  }

  text(tag: number, value: string | undefined): this {
    return value === undefined ? this : this.bytes(tag, encodeUtf8(value));
  }

  fixed64(tag: number, value: number): this {
    this.reserve(MAX_VARINT_BYTES + 8);
    this.varint(tag * 8 + FIXED64);
    new DataView(this.buffer.buffer).setBigUint64(this.length, BigInt(value), true);
    this.length += 8;
    return this;
  }

  repeated(tag: number, values: readonly Uint8Array[]): this {
    for (const value of values) this.bytes(tag, value);
    return this;
  }

  /** A message inside this one. */
  message(tag: number, inner: ProtoWriter | undefined): this {
    return this.bytes(tag, inner?.buffer.subarray(0, inner.length));
  }

  messages(tag: number, inners: readonly ProtoWriter[]): this {
    for (const inner of inners) this.message(tag, inner);
    return this;
  }

  finish(): Bytes {
    return this.buffer.slice(0, this.length);
  }

  private varint(value: number): void {
    this.length = writeVarint(this.buffer, this.length, value);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * this.buffer.length, this.length + more));
    larger.set(this.buffer);
    this.buffer = larger;
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
