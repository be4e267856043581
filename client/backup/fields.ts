/** Reads the fields of a record that may have been made up: each is there with the right shape, or the record is refused. */
import { isAccountId, type AccountId } from '../../wire/ids.ts';

/** Says which field is wrong; the importer adds which record. */
export class BadField extends Error {
  override readonly name = 'BadField';
}

export type Fields = Readonly<Record<string, unknown>>;

export function asFields(value: unknown, what: string): Fields {
  const isObject =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
  if (!isObject) throw new BadField(`${what} is not an object`);
  return value as Fields;
}

export function readText(fields: Fields, name: string, maxUnits: number): string {
  const value = fields[name];
  if (typeof value !== 'string' || value.length > maxUnits) throw new BadField(`${name} is not a text of its length`);
  return value;
}

/** A whole number from 0 on that is exact in JavaScript. */
export function readNumber(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new BadField(`${name} is not a number`);
  }
  return value;
}

export function readFlag(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (typeof value !== 'boolean') throw new BadField(`${name} is neither true nor false`);
  return value;
}

export function readBytes(fields: Fields, name: string, maxBytes: number): Uint8Array {
  const value = fields[name];
  if (!(value instanceof Uint8Array) || value.length > maxBytes)
    throw new BadField(`${name} is not bytes of its length`);
  return value;
}

export function readAccountId(fields: Fields, name: string): AccountId {
  const value = readText(fields, name, 36);
  if (!isAccountId(value)) throw new BadField(`${name} is not an account id`);
  return value;
}

export function readOneOf<T extends string>(fields: Fields, name: string, values: readonly T[]): T {
  const found = values.find((value) => value === fields[name]);
  if (found === undefined) throw new BadField(`${name} is not known`);
  return found;
}

export function readList<T>(fields: Fields, name: string, max: number, read: (item: Fields) => T): T[] {
  const value = fields[name];
  if (!Array.isArray(value) || value.length > max) throw new BadField(`${name} is not a list of its length`);
  return value.map((item: unknown) => read(asFields(item, name)));
}

/** Leaves out what is absent. */
export function optional<N extends string, T>(
  fields: Fields,
  name: N,
  read: (fields: Fields, name: string) => T,
): { readonly [K in N]?: T } {
  return fields[name] === undefined ? {} : ({ [name]: read(fields, name) } as { readonly [K in N]?: T });
}
