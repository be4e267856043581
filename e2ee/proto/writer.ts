// Writes protocol buffers: the few wire types of the protocol, fields in the order of the calls (ascending, as libsignal).
//
// Written by hand rather than generated: MACs and signatures are over these exact bytes, presence is part of the format
// (a counter of 0 is written, an absent pre-key id is not), and the two halves cost 2 KB in a bundle instead of a runtime.
import { type Bytes, concatBytes } from '../primitives/bytes.ts';
import { encodeUtf8 } from '../primitives/utf8.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

export class ProtoWriter {
  private readonly parts: Uint8Array[] = [];

  /** An unsigned integer up to 2^53; undefined is not written. */
  uint(tag: number, value: number | undefined): this {
    if (value !== undefined) this.parts.push(varint(tag * 8 + VARINT), varint(value));
    return this;
  }

  bytes(tag: number, value: Uint8Array | undefined): this {
    if (value !== undefined) this.parts.push(varint(tag * 8 + LENGTH_DELIMITED), varint(value.length), value);
    return this;
  }

  text(tag: number, value: string | undefined): this {
    return value === undefined ? this : this.bytes(tag, encodeUtf8(value));
  }

  fixed64(tag: number, value: number): this {
    const word = new Uint8Array(8);
    new DataView(word.buffer).setBigUint64(0, BigInt(value), true);
    this.parts.push(varint(tag * 8 + FIXED64), word);
    return this;
  }

  repeated(tag: number, values: readonly Uint8Array[]): this {
    for (const value of values) this.bytes(tag, value);
    return this;
  }

  /** The message, behind `prefix` (a version byte) if there is one. */
  finish(...prefix: readonly number[]): Bytes {
    return concatBytes(Uint8Array.from(prefix), ...this.parts);
  }
}

/** Base 128, little end first. Arithmetic instead of shifts: values go past 32 bits. */
export function varint(value: number): Bytes {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not an unsigned integer: ${value}`);
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
  return Uint8Array.from(out);
}
