import { isIP } from 'node:net';
import { ValueError, quote, type ValueType } from './value-type.ts';

const EXPECTED = 'an IP address such as 203.0.113.7 or 2001:db8::7';

export function ipAddress(): ValueType<string> {
  return {
    kind: 'IP address',
    expected: EXPECTED,
    schema: { type: 'string', pattern: '^[0-9a-fA-F:.]+$' },
    parse(text) {
      if (isIP(text) !== 0 && !text.includes('%')) return text;
      throw new ValueError(`${quote(text)} is not an IP address`, `Write ${EXPECTED}, without port and brackets.`);
    },
    format: String,
    toJson: (value) => value,
  };
}
