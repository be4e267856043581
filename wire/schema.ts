/** JSON Schemas that carry the TypeScript type of what they describe. The type is for the compiler only; at run time they are
 * plain JSON Schema (2020-12), without a library: servers, browsers and docs/openapi.json use the same objects. */

export interface Schema<T = unknown> {
  readonly [keyword: string]: unknown;
  /** Never there: it holds the type. */
  readonly __type?: T;
}

/** The type that a schema describes. */
export type Static<S> = S extends Schema<infer T> ? T : never;

type Properties = Readonly<Record<string, Schema>>;
type Flat<T> = { [K in keyof T]: T[K] };
type ObjectOf<R extends Properties, O extends Properties> = Flat<
  { [K in keyof R]: Static<R[K]> } & { [K in keyof O]?: Static<O[K]> }
>;

export const string = (keywords: Record<string, unknown> = {}): Schema<string> => ({
  type: 'string',
  ...keywords,
});

export const integer = (keywords: Record<string, unknown> = {}): Schema<number> => ({ type: 'integer', ...keywords });

export const number = (keywords: Record<string, unknown> = {}): Schema<number> => ({ type: 'number', ...keywords });

export const boolean = (keywords: Record<string, unknown> = {}): Schema<boolean> => ({ type: 'boolean', ...keywords });

/** A text, a whole number, or yes and no. */
export const scalar = (keywords: Record<string, unknown> = {}): Schema<string | number | boolean> => ({
  type: ['string', 'integer', 'boolean'],
  ...keywords,
});

/** One of these texts. */
export const oneOf = <const T extends string>(...values: readonly T[]): Schema<T> => ({ enum: values });

export const array = <T>(items: Schema<T>, keywords: Record<string, unknown> = {}): Schema<T[]> => ({
  type: 'array',
  items,
  ...keywords,
});

/** A closed object: a misspelt field is an error, not silence. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- "no optional properties" is what {} says here.
export const object = <R extends Properties, O extends Properties = {}>(
  required: R,
  optional?: O,
  keywords: Record<string, unknown> = {},
): Schema<ObjectOf<R, O>> => ({
  type: 'object',
  ...keywords,
  properties: { ...required, ...optional },
  required: Object.keys(required),
  additionalProperties: false,
});
