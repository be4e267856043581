import type { Option } from './option.ts';
import type { Entry } from './registry.ts';
import type { Config } from './schema.ts';
import type { JsonValue } from './values/value-type.ts';

/** What stands in tables for an option that is not set. */
export const NOT_SET = 'none';

export function valueAt(config: Config, segments: readonly string[]): unknown {
  return segments.reduce<unknown>((at, segment) => (at as Record<string, unknown>)[segment], config);
}

/** The value of an option as an admin would write it. */
export function describeValue({ segments, declaration }: Entry<Option<unknown>>, config: Config): string {
  const value = valueAt(config, segments);
  return value === undefined ? NOT_SET : declaration.type.format(value);
}

export function valueToJson({ segments, declaration }: Entry<Option<unknown>>, config: Config): JsonValue {
  const value = valueAt(config, segments);
  return value === undefined ? null : declaration.type.toJson(value);
}

/** A default or example as JSON. Paths stay as declared: where they lead depends on where the file is. */
export function declaredToJson(declaration: Option<unknown>, text: string): JsonValue {
  const { type } = declaration;
  const isText = type.schema['type'] === 'string';
  return isText ? text : type.toJson(type.parse(text, { baseDir: '.' }));
}
