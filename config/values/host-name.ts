import { isIPv4, isIPv6 } from 'node:net';
import { ValueError, quote, type ValueType } from './value-type.ts';

const EXPECTED = 'a name or an IP address, such as chat.example.org, 203.0.113.7 or fd00::7';
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const MAX_CHARS = 253;

/** What a certificate can be for: a name of the DNS, in its ASCII form, or an address, IPv6 without brackets. */
export function hostName(): ValueType<string> {
  return {
    kind: 'name or address',
    expected: EXPECTED,
    schema: { type: 'string', minLength: 1, maxLength: MAX_CHARS },
    parse: parseHostName,
    format: String,
    toJson: (value) => value,
  };
}

function parseHostName(text: string): string {
  if (isIPv4(text) || isIPv6(text)) return text;
  if (text.includes('/') || /:[0-9]+$/.test(text)) {
    throw new ValueError(`${quote(text)} is more than a name`, 'Write the host alone, without scheme and port.');
  }
  if (text.startsWith('*.')) {
    throw new ValueError(`${quote(text)} stands for many names`, 'Write each name in full.');
  }
  const isName = text.length <= MAX_CHARS && text.split('.').every((label) => LABEL.test(label));
  if (isName && !/^[0-9.]+$/.test(text)) return text.toLowerCase();
  throw new ValueError(`${quote(text)} is neither an address nor a host name`, `Write ${EXPECTED}.`);
}
