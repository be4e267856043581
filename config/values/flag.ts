import { ValueError, quote, type ValueType } from './value-type.ts';

export function flag(): ValueType<boolean> {
  return {
    kind: 'true or false',
    expected: 'true or false',
    schema: { type: 'boolean' },
    parse(text) {
      if (text === 'true') return true;
      if (text === 'false') return false;
      throw new ValueError(`${quote(text)} is neither true nor false`, suggest(text));
    },
    format: String,
    toJson: (value) => value,
  };
}

function suggest(text: string): string {
  if (/^(yes|on|1|y|enabled?|true)$/i.test(text)) return 'Write true.';
  if (/^(no|off|0|n|disabled?|false)$/i.test(text)) return 'Write false.';
  return 'Write true or false.';
}
