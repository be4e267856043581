/** How one kind of value is read from text, written back, and described to an editor. */

export interface ValueContext {
  /** Relative paths start here: the directory of the configuration file, or the working directory. */
  readonly baseDir: string;
}

export type JsonValue = string | number | boolean | null | readonly JsonValue[];
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface ValueType<T> {
  /** One or two words for tables: `duration`, `list of addresses`. */
  readonly kind: string;
  /** What would be right, as a sentence without its end: `a duration such as 30s, 10m or 7d`. */
  readonly expected: string;
  /** The bounds, where there are some that the words above do not say: `from 1m to 7d`. */
  readonly range?: string;
  /** JSON Schema of the value as it stands in the YAML file. */
  readonly schema: JsonSchema;
  /** Set for lists: the type of one element. */
  readonly item?: ValueType<unknown>;
  /** Reads the text of one YAML scalar or of an environment variable. Throws ValueError. */
  parse(text: string, context: ValueContext): T;
  /** The inverse of parse, in the shortest form that a person would write. */
  format(value: T): string;
  /** The value as JSON, for the schema's defaults and for `config show --json`. */
  toJson(value: T): JsonValue;
}

/** A value that cannot be read. `message` says what is wrong with it, `help` what would be right. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  readonly help: string | undefined;

  constructor(message: string, help?: string) {
    super(message);
    this.help = help;
  }
}

/** For ValueType.range: `from 1m to 7d`, `at least 1m`, or nothing. */
export function describeRange(range: { min?: string; max?: string }): { range?: string } {
  if (range.max === undefined) return range.min === undefined ? {} : { range: `at least ${range.min}` };
  return { range: range.min === undefined ? `at most ${range.max}` : `from ${range.min} to ${range.max}` };
}

const QUOTE_MAX_CHARS = 60;

/** Quotes what the admin wrote; long or unprintable text must not flood or command the terminal. */
export function quote(text: string): string {
  const masked = maskUrlCredentials(text);
  const short = masked.length > QUOTE_MAX_CHARS ? `${masked.slice(0, QUOTE_MAX_CHARS)}…` : masked;
  return JSON.stringify(replaceControls(short));
}

/** Control and bidirectional characters could rewrite what a terminal shows. */
export function replaceControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\u00b7');
}

/** `redis://user:password@host` becomes `redis://…@host`: an error message may end up in a ticket. */
export function maskUrlCredentials(text: string): string {
  return text
    .replaceAll(/:\/\/.*@/g, '://…@')
    .replaceAll(/(:\/\/[^\s/:@[]*):(?![0-9]{1,5}(?:[^0-9A-Za-z]|$))\S+/g, '$1:…');
}
