import { formatDuration, parseDuration } from './duration.ts';
import { ValueError, quote, type ValueType } from './value-type.ts';

/** A bucket that holds `count` and refills evenly over `perMs` milliseconds; `off` is no limit. */
export type Rate = { readonly count: number; readonly perMs: number } | 'off';

const EXPECTED = 'COUNT/DURATION such as 600/10s or 30/1h, or off';
const MAX_COUNT = 1_000_000_000;
const MAX_PER_MS = parseDuration('24h');

export function rate(): ValueType<Rate> {
  return {
    kind: 'rate',
    expected: EXPECTED,
    schema: { type: 'string', pattern: '^(off|[0-9]+/([0-9]+(\\.[0-9]+)?(ms|s|m|h|d|w))+)$' },
    parse: parseRate,
    format: formatRate,
    toJson: formatRate,
  };
}

export function parseRate(text: string): Rate {
  if (text === 'off') return 'off';
  const match = /^([0-9]+)\/(.+)$/.exec(text);
  if (match === null) throw new ValueError(`${quote(text)} is not a rate`, suggest(text));
  const count = parseCount(match[1] ?? '');
  return { count, perMs: parsePeriod(text, match[1] ?? '', match[2] ?? '') };
}

export function formatRate(value: Rate): string {
  return value === 'off' ? 'off' : `${value.count}/${formatDuration(value.perMs)}`;
}

function parseCount(digits: string): number {
  const count = Number(digits);
  if (count === 0) {
    throw new ValueError('a rate of 0 would refuse everything', 'Write off for no limit, or a count of 1 or more.');
  }
  if (count > MAX_COUNT) throw new ValueError(`the count ${quote(digits)} is too large`, 'Write off for no limit.');
  return count;
}

function parsePeriod(text: string, count: string, period: string): number {
  if (/^(ms|[smhd])$/.test(period)) throw new ValueError(`${quote(text)} is not a rate`, `Write ${count}/1${period}.`);
  const perMs = parseDuration(period);
  if (perMs === 0) throw new ValueError('the duration of a rate cannot be 0', `Write ${EXPECTED}.`);
  if (perMs > MAX_PER_MS) throw new ValueError(`${period} is too long for a rate`, 'The longest allowed is 24h.');
  return perMs;
}

function suggest(text: string): string {
  if (/^(no|none|false|0|unlimited|disabled?)$/i.test(text)) return 'Write off for no limit.';
  if (/^[0-9]+$/.test(text)) return `Say over what time: ${text}/1s is per second, ${text}/1h per hour.`;
  return `Write ${EXPECTED}.`;
}
