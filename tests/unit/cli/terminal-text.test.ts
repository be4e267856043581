import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBlock, toJsonLine, toLine } from '../../../cli/terminal-text.ts';

const DANGEROUS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

describe('text from others', () => {
  it.each([
    ['\x1b]0;title\x07', '\\u{1b}]0;title\\u{7}'],
    ['\x9b31m', '\\u{9b}31m'],
    ['a\rb', 'a\\u{d}b'],
    ['two\nlines', 'two\\u{a}lines'],
    ['evil\u202egnp.exe', 'evil\\u{202e}gnp.exe'],
    ['zero\u200bwidth', 'zero\\u{200b}width'],
    ['\ud800', '\\u{d800}'],
  ])('%j is shown as %s', (text, shown) => {
    expect(toLine(text)).toBe(shown);
  });

  it.each(['Zoë', '李雷', '👩‍💻', 'Ада', '🏳️‍🌈', 'שלום'])('%s stays as it is', (text) => {
    expect(toLine(text)).toBe(text);
    expect(toBlock(text, '')).toBe(text);
  });

  it('cannot be long as a name', () => {
    expect(toLine('x'.repeat(500))).toHaveLength(64);
  });

  it('keeps its lines as a message, indented, so that none passes for the message of someone else', () => {
    expect(toBlock('one\r\ntwo\nthree\tx', '  ')).toBe('one\n  two\n  three    x');
  });

  it('never holds a control character, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(toLine(text)).not.toMatch(DANGEROUS);
        expect(toBlock(text, '')).not.toMatch(DANGEROUS);
        const json = toJsonLine({ text });
        expect(json).not.toMatch(DANGEROUS);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});
