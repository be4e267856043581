import { findNearName } from '../near-name.ts';
import { ValueError, quote, type ValueType } from './value-type.ts';

/** One word of a fixed list. */
export function choice<const Words extends readonly string[]>(words: Words): ValueType<Words[number]> {
  const list = words.join(', ');
  return {
    kind: words.join(' | '),
    expected: `one of ${list}`,
    schema: { type: 'string', enum: words },
    parse(text) {
      const found = words.find((word) => word === text);
      if (found !== undefined) return found;
      const near = findNearName(text, words);
      const hint = near === undefined ? '' : ` Did you mean ${near}?`;
      throw new ValueError(`${quote(text)} is not one of ${list}`, `Write one of ${list}.${hint}`);
    },
    format: String,
    toJson: (value) => value,
  };
}
