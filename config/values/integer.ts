import { ValueError, quote, type ValueType } from './value-type.ts';

export function integer(range: { min: number; max: number }): ValueType<number> {
  return {
    kind: 'whole number',
    expected: 'a whole number',
    range: `from ${range.min} to ${range.max}`,
    schema: { type: 'integer', minimum: range.min, maximum: range.max },
    parse(text) {
      if (!/^-?[0-9]+$/.test(text)) throw new ValueError(`${quote(text)} is not a whole number`, suggest(text));
      const value = Number(text);
      if (value < range.min) throw new ValueError(`${text} is too small`, `The smallest allowed is ${range.min}.`);
      if (value > range.max) throw new ValueError(`${text} is too large`, `The largest allowed is ${range.max}.`);
      return value;
    },
    format: String,
    toJson: (value) => value,
  };
}

function suggest(text: string): string {
  const plain = Number(text.replaceAll(/[_,'\s]/g, ''));
  return Number.isSafeInteger(plain) && text.trim() !== '' ? `Write ${plain}.` : 'Write digits only, such as 1000.';
}
