import { describe, expect, it } from 'vitest';
import { parseMarks, toMarks } from '../../../webui/text/marks.ts';

const ADA = '11111111-1111-4111-8111-111111111111' as never;

describe('parseMarks', () => {
  it.each([
    ['**bold**', 'bold', 'bold', 0, 4],
    ['*it*', 'it', 'italic', 0, 2],
    ['an _old_ word', 'an old word', 'italic', 3, 3],
    ['~~gone~~', 'gone', 'strikethrough', 0, 4],
    ['`a*b*c`', 'a*b*c', 'monospace', 0, 5],
    ['||who||', 'who', 'spoiler', 0, 3],
  ])('%s', (source, text, style, start, length) => {
    expect(parseMarks(source)).toEqual({ text, ranges: [{ style, start, length }] });
  });

  it.each([
    '2*3*4',
    'a_b_c',
    '** not **',
    'one * two',
    '****',
    'https://example.org/a_b_c_',
    '**open',
    'snake_case_name',
  ])('leaves %s alone', (source) => expect(parseMarks(source)).toEqual({ text: source, ranges: [] }));

  it('nests', () => {
    const { text, ranges } = parseMarks('**a _b_ c**');
    expect(text).toBe('a b c');
    expect(ranges).toContainEqual({ style: 'bold', start: 0, length: 5 });
    expect(ranges).toContainEqual({ style: 'italic', start: 2, length: 1 });
  });

  it('moves mentions, and takes blanks off both ends', () => {
    const mention = { start: 10, length: 4, mention: ADA };
    expect(parseMarks('  **hi**  @Ada ', [mention])).toEqual({
      text: 'hi  @Ada',
      ranges: [
        { style: 'bold', start: 0, length: 2 },
        { start: 4, length: 4, mention: ADA },
      ],
    });
  });

  it('survives anything that is typed', () => {
    for (const source of ['*', '**', '***', '`', '||', '*_*_', '~~~~', '`**`**', '\n**\n**', '*a**b*'])
      expect(() => parseMarks(source)).not.toThrow();
  });
});

describe('toMarks', () => {
  it.each(['**bold** and _old_', '`code` ||secret||', 'plain', '**a ~~b~~ c**'])('brings back %s', (source) => {
    const parsed = parseMarks(source);
    expect(parseMarks(toMarks(parsed).text)).toEqual(parsed);
  });
});
