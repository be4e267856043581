// A protocol buffer as the sequence of its fields, whatever they mean.
import { invalidProtobuf } from '../errors.ts';
import { type Bytes, EMPTY } from '../primitives/bytes.ts';
import { Cursor } from './cursor.ts';

export const WireType = { Varint: 0, Fixed64: 1, LengthDelimited: 2, StartGroup: 3, EndGroup: 4, Fixed32: 5 } as const;

/** Groups within groups; deeper ones could only be an attack on the stack. */
const MAX_GROUP_DEPTH = 100;
const MAX_TAG = 0x1fff_ffff;

export interface WireField {
  readonly tag: number;
  readonly wireType: number;
  /** The value of an integer, and its lower 32 bits: above 2^53 only those are exact. */
  readonly value: number;
  readonly low: number;
  readonly bytes: Bytes;
}

export function readFields(data: Bytes): readonly WireField[] {
  const cursor = new Cursor(data);
  const fields: WireField[] = [];
  while (cursor.left > 0) fields.push(readField(cursor, 0));
  return fields;
}

function readField(cursor: Cursor, depth: number): WireField {
  const tag = Math.floor(cursor.varint() / 8);
  const wireType = cursor.low & 7;
  if (tag === 0 || tag > MAX_TAG) throw invalidProtobuf();
  let value = 0;
  let bytes = EMPTY;
  if (wireType === WireType.Varint) value = cursor.varint();
  else if (wireType === WireType.Fixed64) bytes = cursor.take(8);
  else if (wireType === WireType.LengthDelimited) bytes = cursor.take(cursor.varint());
  else if (wireType === WireType.StartGroup) skipGroup(cursor, tag, depth);
  else if (wireType === WireType.Fixed32) bytes = cursor.take(4);
  // The end of a group is a field only to whoever skips the group.
  else if (wireType !== WireType.EndGroup || depth === 0) throw invalidProtobuf();
  return { tag, wireType, value, low: cursor.low, bytes };
}

/** No message of the protocol has groups: they are skipped with their content. */
function skipGroup(cursor: Cursor, tag: number, depth: number): void {
  if (depth > MAX_GROUP_DEPTH) throw invalidProtobuf();
  for (;;) {
    const inner = readField(cursor, depth + 1);
    if (inner.wireType !== WireType.EndGroup) continue;
    if (inner.tag !== tag) throw invalidProtobuf();
    return;
  }
}
