// Reads protocol buffers. Byte fields are views into the input, so that what is verified is what was received.
import { invalidProtobuf } from '../errors.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { decodeUtf8 } from '../primitives/utf8.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const MAX_VARINT_BYTES = 10;
const MAX_TAG = 0x1fff_ffff;

interface Field {
  readonly tag: number;
  readonly wireType: number;
  /** The value of a varint or fixed64, modulo 2^64. */
  readonly integer: bigint;
  readonly bytes: Bytes;
}

/**
 * The fields of one message. Unknown fields are ignored; of a repeated singular field the last counts; a known field with
 * the wrong wire type makes the message invalid. Groups, which no message of the protocol has, are refused.
 */
export class ProtoReader {
  private readonly fields: readonly Field[];

  constructor(data: Bytes) {
    this.fields = readFields(data);
  }

  /** A uint32; as in every implementation, higher bits of the varint are dropped. */
  uint32(tag: number): number | undefined {
    const field = this.last(tag, VARINT);
    return field && Number(BigInt.asUintN(32, field.integer));
  }

  /** A uint64 that must be a safe integer. */
  uint64(tag: number): number | undefined {
    const field = this.last(tag, VARINT);
    return field && safeInteger(field.integer);
  }

  fixed64(tag: number): number | undefined {
    const field = this.last(tag, FIXED64);
    return field && safeInteger(field.integer);
  }

  bytes(tag: number): Bytes | undefined {
    return this.last(tag, LENGTH_DELIMITED)?.bytes;
  }

  text(tag: number): string | undefined {
    const field = this.bytes(tag);
    if (field === undefined) return undefined;
    return required(decodeUtf8(field) ?? undefined);
  }

  repeated(tag: number): readonly Bytes[] {
    return this.fields.filter((field) => this.matches(field, tag, LENGTH_DELIMITED)).map((field) => field.bytes);
  }

  /** Which of these tags came last: a oneof. */
  lastOf(...tags: readonly number[]): number | undefined {
    return this.fields.findLast((field) => tags.includes(field.tag))?.tag;
  }

  private last(tag: number, wireType: number): Field | undefined {
    let found: Field | undefined;
    for (const field of this.fields) if (this.matches(field, tag, wireType)) found = field;
    return found;
  }

  private matches(field: Field, tag: number, wireType: number): boolean {
    if (field.tag !== tag) return false;
    if (field.wireType !== wireType) throw invalidProtobuf();
    return true;
  }
}

/** The value of a required field. */
export function required<T>(value: T | undefined): T {
  if (value === undefined) throw invalidProtobuf();
  return value;
}

export interface VarintRead {
  readonly value: bigint;
  readonly next: number;
}

/** Null when it does not end within the data or within 64 bits. */
export function readVarint(data: Bytes, offset: number): VarintRead | null {
  let small = 0;
  // Nearly all varints have one or two bytes: no big integers for them.
  for (let i = 0; i < 4; i++) {
    const byte = data[offset + i];
    if (byte === undefined) return null;
    small |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) return { value: BigInt(small), next: offset + i + 1 };
  }
  let value = BigInt(small);
  for (let i = 4; i < MAX_VARINT_BYTES; i++) {
    const byte = data[offset + i];
    if (byte === undefined || (i === MAX_VARINT_BYTES - 1 && byte > 1)) return null;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value, next: offset + i + 1 };
  }
  return null;
}

function readFields(data: Bytes): readonly Field[] {
  const fields: Field[] = [];
  for (let offset = 0; offset < data.length;) {
    const key = required(readVarint(data, offset) ?? undefined);
    const tag = Number(key.value >> 3n);
    if (tag === 0 || tag > MAX_TAG) throw invalidProtobuf();
    const { field, next } = readField(data, key.next, tag, Number(key.value & 7n));
    fields.push(field);
    offset = next;
  }
  return fields;
}

const NO_BYTES: Bytes = new Uint8Array(0);

function readField(data: Bytes, offset: number, tag: number, wireType: number): { field: Field; next: number } {
  switch (wireType) {
    case VARINT: {
      const { value, next } = required(readVarint(data, offset) ?? undefined);
      return { field: { tag, wireType, integer: value, bytes: NO_BYTES }, next };
    }
    case LENGTH_DELIMITED: {
      const { value, next } = required(readVarint(data, offset) ?? undefined);
      if (value > BigInt(data.length - next)) throw invalidProtobuf();
      const end = next + Number(value);
      return { field: { tag, wireType, integer: 0n, bytes: data.subarray(next, end) }, next: end };
    }
    case FIXED64:
    case FIXED32: {
      const next = offset + (wireType === FIXED64 ? 8 : 4);
      if (next > data.length) throw invalidProtobuf();
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      const integer = wireType === FIXED64 ? view.getBigUint64(offset, true) : BigInt(view.getUint32(offset, true));
      return { field: { tag, wireType, integer, bytes: NO_BYTES }, next };
    }
    default:
      throw invalidProtobuf();
  }
}

function safeInteger(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalidProtobuf();
  return Number(value);
}
