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
  /** The value of an integer, and its lower 32 bits: above 2^53 only those are exact. */
  readonly integer: number;
  readonly low: number;
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
    return field?.low;
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
  /** Exact up to 2^53. */
  readonly value: number;
  /** The lower 32 bits, always exact. */
  readonly low: number;
  readonly next: number;
}

/** Null when it does not end within the data or within 64 bits. */
export function readVarint(data: Bytes, offset: number): VarintRead | null {
  let [low, high] = [0, 0];
  for (let i = 0; i < MAX_VARINT_BYTES; i++) {
    const byte = data[offset + i];
    if (byte === undefined || (i === MAX_VARINT_BYTES - 1 && byte > 1)) return null;
    const bits = byte & 0x7f;
    // The fifth byte has bits of both halves.
    if (i < 5) low |= bits << (7 * i);
    if (i === 4) high = bits >> 4;
    if (i > 4) high |= bits << (7 * i - 32);
    if (byte < 0x80) return toVarint(low >>> 0, high >>> 0, offset + i + 1);
  }
  return null;
}

function toVarint(low: number, high: number, next: number): VarintRead {
  return { value: high * 0x1_0000_0000 + low, low, next };
}

function readFields(data: Bytes): readonly Field[] {
  const fields: Field[] = [];
  for (let offset = 0; offset < data.length;) {
    const key = required(readVarint(data, offset) ?? undefined);
    const tag = Math.floor(key.value / 8);
    if (tag === 0 || tag > MAX_TAG) throw invalidProtobuf();
    const { field, next } = readField(data, key.next, tag, key.low & 7);
    fields.push(field);
    offset = next;
  }
  return fields;
}

const NO_BYTES: Bytes = new Uint8Array(0);

function readField(data: Bytes, offset: number, tag: number, wireType: number): { field: Field; next: number } {
  switch (wireType) {
    case VARINT: {
      const { value, low, next } = required(readVarint(data, offset) ?? undefined);
      return { field: { tag, wireType, integer: value, low, bytes: NO_BYTES }, next };
    }
    case LENGTH_DELIMITED: {
      const { value, next } = required(readVarint(data, offset) ?? undefined);
      if (value > data.length - next) throw invalidProtobuf();
      const end = next + value;
      return { field: { tag, wireType, integer: 0, low: 0, bytes: data.subarray(next, end) }, next: end };
    }
    case FIXED64:
    case FIXED32: {
      const next = offset + (wireType === FIXED64 ? 8 : 4);
      if (next > data.length) throw invalidProtobuf();
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      const low = view.getUint32(offset, true);
      const high = wireType === FIXED64 ? view.getUint32(offset + 4, true) : 0;
      return { field: { tag, wireType, integer: high * 0x1_0000_0000 + low, low, bytes: NO_BYTES }, next };
    }
    default:
      throw invalidProtobuf();
  }
}

function safeInteger(value: number): number {
  if (value > Number.MAX_SAFE_INTEGER) throw invalidProtobuf();
  return value;
}
