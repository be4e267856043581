import { ValueError, quote, type ValueType } from './value-type.ts';

const PATTERN = /^(turns?|stuns?):(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?(\?transport=(udp|tcp))?$/i;
const EXPECTED = 'a URL such as turn:turn.example.org:3478?transport=udp or turns:turn.example.org:5349?transport=tcp';

/** The address of a STUN or TURN server, as browsers take it (RFC 7064, RFC 7065). */
export function turnUrl(): ValueType<string> {
  return {
    kind: 'TURN URL',
    expected: EXPECTED,
    schema: { type: 'string', pattern: '^(turns?|stuns?):' },
    parse(text) {
      if (PATTERN.test(text)) return text;
      const help = /^turns?:\/\//i.test(text)
        ? `Leave out the slashes: ${text.replace('//', '')}.`
        : `Write ${EXPECTED}.`;
      throw new ValueError(`${quote(text)} is not the URL of a TURN server`, help);
    },
    format: String,
    toJson: (value) => value,
  };
}
