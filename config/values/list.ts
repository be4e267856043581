import type { ValueType } from './value-type.ts';

/** Several values: a YAML list in the file, separated by commas in an environment variable (`[]` for none). */
export function list<T>(item: ValueType<T>, kind: string): ValueType<readonly T[]> {
  return {
    kind,
    item,
    expected: `a list; each element is ${item.expected}`,
    schema: { type: 'array', items: item.schema },
    parse(text, context) {
      const inner = text
        .trim()
        .replace(/^\[(.*)\]$/s, '$1')
        .trim();
      if (inner === '') return [];
      return inner.split(',').map((part) => item.parse(part.trim(), context));
    },
    format: (values) => `[${values.map((value) => item.format(value)).join(', ')}]`,
    toJson: (values) => values.map((value) => item.toJson(value)),
  };
}
