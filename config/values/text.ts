import { ValueError, type ValueType } from './value-type.ts';

const MAX_CHARS = 256;

/** A short line of text: a name, a prefix. */
export function text(options: { pattern?: RegExp; expected?: string } = {}): ValueType<string> {
  const pattern = options.pattern ?? /^[^\s\p{Cc}]+$/u;
  const expected = options.expected ?? 'text without spaces';
  return {
    kind: 'text',
    expected,
    schema: { type: 'string', minLength: 1, maxLength: MAX_CHARS },
    parse(value) {
      if (value === '') throw new ValueError('the value is empty', `Write ${expected}.`);
      if (value.length > MAX_CHARS) throw new ValueError(`the text is longer than ${MAX_CHARS} characters`);
      if (!pattern.test(value))
        throw new ValueError(`the text has characters that do not belong there`, `Write ${expected}.`);
      return value;
    },
    format: String,
    toJson: (value) => value,
  };
}
