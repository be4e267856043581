import { ValueError, quote, type ValueType } from './value-type.ts';

const EXPECTED = 'an https URL, such as https://ca.example.org/acme/directory';

/** The address of something on another server. */
export function httpsUrl(): ValueType<string> {
  return {
    kind: 'https URL',
    expected: EXPECTED,
    schema: { type: 'string', pattern: '^https://' },
    parse(text) {
      const url = URL.parse(text);
      if (url === null) throw new ValueError(`${quote(text)} is not a URL`, `Write ${EXPECTED}.`);
      if (url.protocol !== 'https:') throw new ValueError(`${quote(text)} is not https`, `Write ${EXPECTED}.`);
      if (url.username !== '' || url.password !== '') {
        throw new ValueError('a user name or password stands in the address', `Write ${EXPECTED}.`);
      }
      return url.href;
    },
    format: String,
    toJson: (value) => value,
  };
}
