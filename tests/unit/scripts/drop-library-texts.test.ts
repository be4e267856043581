import { parseSync } from 'vite';
import { expect, test } from 'vitest';
import { withoutErrorTexts } from '../../../scripts/drop-library-texts.ts';

const dropped = (code: string): string => withoutErrorTexts(code, parseSync('library.js', code).program);

test.each([
  ["throw new Error('a text');", 'throw new Error();'],
  ['throw new RangeError(`got ${a(b)}` + c, { cause: d });', 'throw new RangeError();'],
  ["throw long ? new TypeError('(' + x) : new Error(')');", 'throw long ? new TypeError() : new Error();'],
  ['f(() => { throw new Error(message); });', 'f(() => { throw new Error(); });'],
])('errors lose their texts', (code, expected) => {
  expect(dropped(code)).toBe(expected);
});

test.each([
  "const text = 'new Error(1)'; // new Error('a text')",
  'throw new Error;',
  "throw new errors.Error('a text');",
  "throw new WrongKeyError('a text');",
  "log(Error('a text'));",
])('everything else stays as it is', (code) => {
  expect(dropped(code)).toBe(code);
});
