import { ValueError, quote, type ValueType } from './value-type.ts';

const EXPECTED = 'http(s)://HOST or http(s)://HOST:PORT, such as https://chat.example.org';

/** The origin of a web page (RFC 6454): scheme, host and port, and nothing after them. */
export function origin(): ValueType<string> {
  return {
    kind: 'origin',
    expected: EXPECTED,
    schema: { type: 'string', pattern: '^https?://[^/?#@]+/?$' },
    parse: parseOrigin,
    format: String,
    toJson: (value) => value,
  };
}

function parseOrigin(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    throw new ValueError(`${quote(text)} has no scheme`, `Write https://${text.replace(/^[:/]+/, '')} or ${EXPECTED}.`);
  }
  const url = URL.parse(text);
  if (url === null) throw new ValueError(`${quote(text)} is not a URL`, `Write ${EXPECTED}.`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new ValueError(`the scheme ${quote(url.protocol.slice(0, -1))} is not for browsers`, `Write ${EXPECTED}.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new ValueError('a user name or password stands in the address', `Write ${url.origin}.`);
  }
  refuseRest(text, url);
  return url.origin;
}

/** The WHATWG parser drops a lone `?` or `#`, so look at the text for those. */
function refuseRest(text: string, url: URL): void {
  const rest = [
    ['a fragment (after #)', text.includes('#')],
    ['a query (after ?)', text.includes('?')],
    ['a path', url.pathname !== '/'],
  ] as const;
  const found = rest.filter(([, isThere]) => isThere).map(([what]) => what);
  if (found.length > 0) throw new ValueError(`the address has ${found.join(' and ')}`, `Write ${url.origin}.`);
}
