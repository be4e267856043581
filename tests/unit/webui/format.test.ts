import { afterEach, describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatDay,
  formatDuration,
  formatList,
  formatNumber,
  formatRelative,
  plural,
} from '../../../webui/i18n/format.ts';
import { formatTag } from '../../../webui/i18n/format-tag.ts';
import { locale } from '../../../webui/i18n/locale-signal.ts';

const HOUR_MS = 3_600_000;

afterEach(() => {
  locale.value = 'en';
});

describe('sizes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [9_940_000, '9.9 MB'],
    [10_400_000, '10 MB'],
    [3e15, '3,000 TB'],
  ])('%d are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('durations', () => {
  it.each([
    [0, '0 seconds'],
    [59_999, '59 seconds'],
    [HOUR_MS, '1 hour'],
    [HOUR_MS + 120_000, '1 hour, 2 minutes'],
    [49 * HOUR_MS, '2 days, 1 hour'],
    [48 * HOUR_MS + 60_000, '2 days'],
  ])('%d ms are %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

describe('times from now', () => {
  it.each([
    [-30_000, 'now'],
    [90_000, 'in 1 minute'],
    [-2 * HOUR_MS, '2 hours ago'],
    [-25 * HOUR_MS, 'yesterday'],
    [72 * HOUR_MS, 'in 3 days'],
  ])('%d ms: %s', (difference, text) => {
    expect(formatRelative(1_000_000_000 + difference, 1_000_000_000)).toBe(text);
  });
});

describe('another language', () => {
  it('is followed at once', () => {
    expect(formatNumber(12_345.6, 1)).toBe('12,345.6');
    locale.value = 'de';
    expect(formatNumber(12_345.6, 1)).toBe('12.345,6');
    expect(formatDay('2026-11-23')).toBe('23.11.2026');
    locale.value = 'es';
    expect(formatList(['Ana', 'Bea', 'Irene'])).toBe('Ana, Bea e Irene');
  });
});

describe('where the reader lives', () => {
  it('decides how the language is written', () => {
    expect(formatTag(['de-AT', 'en-GB', 'en-US'])).toBe('en-GB');
    expect(formatTag(['fr'])).toBe('en');
    locale.value = 'de';
    expect(formatTag(['EN', 'DE-ch'])).toBe('DE-ch');
  });
});

describe('plurals', () => {
  it('go by the rules of the language', () => {
    const forms = { one: 'one', other: 'other' };
    expect([0, 1, 2].map((count) => plural(count, forms))).toEqual(['other', 'one', 'other']);
  });
});
