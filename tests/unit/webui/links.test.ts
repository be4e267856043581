import { describe, expect, it } from 'vitest';
import { findLinks } from '../../../webui/text/links.ts';
import { countLargeEmoji, toSegments } from '../../../webui/text/segments.ts';

const urls = (text: string): string[] => findLinks(text).map(({ url }) => url);

describe('findLinks', () => {
  it.each([
    ['see https://example.org.', ['https://example.org/']],
    ['(https://example.org/a_(b))', ['https://example.org/a_(b)']],
    ['www.example.org/x, and more', ['https://www.example.org/x']],
    ['write to ada@example.org!', ['mailto:ada@example.org']],
    ['http://localhost:8080/x', ['http://localhost:8080/x']],
  ])('%s', (text, expected) => expect(urls(text)).toEqual(expected));

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'vbscript:x',
    'https://',
    'ftp://example.org',
  ])('makes no link of %s', (text) => expect(urls(text)).toEqual([]));

  it.each([
    'https://bank.example@evil.example/',
    'https://xn--pple-43d.com/',
    'https://аpple.com/',
    'https://раураl.com/',
    'https://exam\u200bple.org/',
    'https://example.org/\u202egnp.exe',
  ])('is suspicious of %s', (text) => expect(findLinks(text)[0]?.isSuspicious).toBe(true));

  it.each(['https://example.org/', 'https://münchen.de/', 'https://日本語.jp/'])('trusts %s', (text) =>
    expect(findLinks(text)[0]?.isSuspicious).toBe(false),
  );
});

describe('toSegments', () => {
  it('cuts where styles, mentions and links begin and end, and loses nothing', () => {
    const text = 'bold https://example.org end';
    const segments = toSegments(text, [{ start: 0, length: 10, style: 'bold' }]);
    expect(segments.map((segment) => segment.text).join('')).toBe(text);
    expect(segments[1]).toMatchObject({ text: 'https', styles: ['bold'] });
    expect(segments[1]?.link?.url).toBe('https://example.org/');
  });
});

describe('countLargeEmoji', () => {
  it.each([
    ['🦋', 1],
    ['👩‍👩‍👧‍👦 👍🏽', 2],
    ['🇩🇪🇪🇸', 2],
    ['❤️', 1],
    ['👍👍👍👍👍', 5],
    ['👍👍👍👍👍👍', 0],
    ['ok 👍', 0],
    ['1', 0],
    ['', 0],
  ])('%s: %d', (text, count) => expect(countLargeEmoji(text)).toBe(count));
});
