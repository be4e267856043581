// Messages of protocol buffers by tables: a name, a tag and a type for each field. One table serves both directions.
//
// By hand rather than by a runtime: MACs and signatures are over these exact bytes, and presence is part of the format (a
// counter of 0 is written, an absent pre-key id is not).
import { invalidProtobuf } from '../errors.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { decodeUtf8, encodeUtf8 } from '../primitives/utf8.ts';
import { readFields, type WireField, WireType } from './fields.ts';
import { ProtoWriter } from './writer.ts';

export interface FieldType<T> {
  readonly wireType: number;
  /** @param field the last with its tag; only a repeated type looks for the others among `all` */
  read(field: WireField, all: readonly WireField[]): T;
  write(writer: ProtoWriter, tag: number, value: T): void;
}

/** Tag, type, and what stands for an absent field. Without the last the field is required. */
type Field = readonly [tag: number, type: FieldType<unknown>, absent?: unknown];

/** In ascending order of tags, as every implementation writes them. */
export type Schema = Readonly<Record<string, Field>>;

type ValueOf<F extends Field> = F extends readonly [number, FieldType<infer T>]
  ? T
  : F extends readonly [number, FieldType<infer T>, infer A]
    ? T | A
    : never;
export type Values<S extends Schema> = { readonly [K in keyof S]: ValueOf<S[K]> };

/** Null and undefined are not written. @param prefix bytes before the message: a version */
export function encode<S extends Schema>(schema: S, values: Values<S>, ...prefix: readonly number[]): Bytes {
  const writer = new ProtoWriter(...prefix);
  write(writer, schema, values);
  return writer.finish();
}

function write<S extends Schema>(writer: ProtoWriter, schema: S, values: Values<S>): void {
  for (const name in schema) {
    const [tag, type] = schema[name] as Field;
    const value = values[name];
    if (value !== null && value !== undefined) type.write(writer, tag, value);
  }
}

/**
 * Unknown fields are ignored; of a repeated singular field the last counts; a known field with the wrong wire type, or a
 * required one that is missing, makes the message invalid before any value is looked at.
 */
export function decode<S extends Schema>(schema: S, data: Bytes): Values<S> {
  const fields = readFields(data);
  const found: (WireField | undefined)[] = [];
  for (const name in schema) found.push(findField(schema[name] as Field, fields));
  const values: Record<string, unknown> = {};
  let position = 0;
  for (const name in schema) {
    const [, type, absent] = schema[name] as Field;
    const field = found[position++];
    values[name] = field === undefined ? absent : type.read(field, fields);
  }
  return values as Values<S>;
}

function findField(field: Field, fields: readonly WireField[]): WireField | undefined {
  const [tag, { wireType }] = field;
  let last: WireField | undefined;
  for (const candidate of fields) {
    if (candidate.tag !== tag) continue;
    if (candidate.wireType !== wireType) throw invalidProtobuf();
    last = candidate;
  }
  if (last === undefined && field.length === 2) throw invalidProtobuf();
  return last;
}

/** Which of these tags came last: a oneof. */
export function lastTagOf(data: Bytes, ...tags: readonly number[]): number | undefined {
  return readFields(data).findLast(({ tag }) => tags.includes(tag))?.tag;
}

/** As in every implementation, higher bits of the varint are dropped. */
export const uint32: FieldType<number> = {
  wireType: WireType.Varint,
  read: ({ low }) => low,
  write: (writer, tag, value) => writer.uint(tag, value),
};

/** Above 2^53 it is not exact, as with the official library: see exactInteger. */
export const uint64: FieldType<number> = { ...uint32, read: ({ value }) => value };

/** As uint64. */
export const fixed64: FieldType<number> = {
  wireType: WireType.Fixed64,
  read: ({ bytes: raw }) => Number(new DataView(raw.buffer, raw.byteOffset).getBigUint64(0, true)),
  write: (writer, tag, value) => writer.fixed64(tag, value),
};

export const bytes: FieldType<Bytes> = {
  wireType: WireType.LengthDelimited,
  read: (field) => field.bytes,
  write: (writer, tag, value) => writer.bytes(tag, value),
};

/** Not written when empty. */
export const filledBytes: FieldType<Bytes> = {
  ...bytes,
  write: (writer, tag, value) => {
    if (value.length > 0) writer.bytes(tag, value);
  },
};

export const text: FieldType<string> = converted(bytes, (raw) => required(decodeUtf8(raw)), encodeUtf8);

/** A type of ours over one of the wire. What is made undefined is not written. */
export function converted<W, T>(
  wire: FieldType<W>,
  read: (value: W) => T,
  write: (value: T) => W | undefined,
): FieldType<T> {
  return {
    wireType: wire.wireType,
    read: (field, all) => read(wire.read(field, all)),
    write: (writer, tag, value) => {
      const raw = write(value);
      if (raw !== undefined) wire.write(writer, tag, raw);
    },
  };
}

export function repeated<T>(type: FieldType<T>): FieldType<readonly T[]> {
  return {
    wireType: type.wireType,
    read: ({ tag }, all) => all.filter((field) => field.tag === tag).map((field) => type.read(field, all)),
    write: (writer, tag, values) => {
      for (const value of values) type.write(writer, tag, value);
    },
  };
}

/** A message inside another, for storage: see ProtoWriter.nested. */
export function nested<S extends Schema>(schema: S): FieldType<Values<S>> {
  return {
    wireType: WireType.LengthDelimited,
    read: (field) => decode(schema, field.bytes),
    write: (writer, tag, values) => writer.nested(tag, () => write(writer, schema, values)),
  };
}

/** The value of what must be there. */
export function required<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw invalidProtobuf();
  return value;
}

/** A 64-bit integer as a number, if it is one: asking for another throws, as with the official library. */
export function exactInteger(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`precision loss during conversion of ${value}`);
  return value;
}
