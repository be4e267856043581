import { ValueError, describeRange, quote, type ValueType } from './value-type.ts';

const UNIT_MS = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
type Unit = keyof typeof UNIT_MS;

/** Weeks are read but not written: people say 7d and 30d. */
const WRITTEN_UNITS = ['d', 'h', 'm', 's', 'ms'] as const;

const DURATION_PATTERN = '^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d|w))+$';
const EXPECTED = 'a number and a unit (ms, s, m, h, d or w), such as 30s, 10m, 1h30m or 7d';

/** A length of time, in milliseconds. Bounds are written as durations too. */
export function duration(range: { min?: string; max?: string } = {}): ValueType<number> {
  const minMs = parseDuration(range.min ?? '0s');
  const maxMs = range.max === undefined ? undefined : parseDuration(range.max);
  return {
    kind: 'duration',
    expected: EXPECTED,
    ...describeRange(range),
    schema: { type: 'string', pattern: DURATION_PATTERN },
    parse(text) {
      const ms = parseDuration(text);
      if (ms < minMs) {
        throw new ValueError(`${text} is too short`, `The shortest allowed is ${formatDuration(minMs)}.`);
      }
      if (maxMs !== undefined && ms > maxMs) {
        throw new ValueError(`${text} is too long`, `The longest allowed is ${formatDuration(maxMs)}.`);
      }
      return ms;
    },
    format: formatDuration,
    toJson: formatDuration,
  };
}

/** Reads `7d`, `1h30m`, `1.5h`. Every unit at most once, from large to small. */
export function parseDuration(text: string): number {
  const parsed = sumUnits(text);
  if (parsed === undefined) throw new ValueError(`${quote(text)} is not a duration`, suggest(text));
  if (!Number.isSafeInteger(parsed)) {
    throw new ValueError(`${quote(text)} is not a whole number of milliseconds`, `Write ${EXPECTED}.`);
  }
  return parsed;
}

export function formatDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const unit of WRITTEN_UNITS) {
    const count = Math.floor(rest / UNIT_MS[unit]);
    rest -= count * UNIT_MS[unit];
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

function sumUnits(text: string): number | undefined {
  if (!new RegExp(DURATION_PATTERN).test(text)) return undefined;
  let sum = 0;
  let previousMs = Infinity;
  for (const [, count, unit] of text.matchAll(/([0-9.]+)(ms|[smhdw])/g)) {
    const unitMs = UNIT_MS[unit as Unit];
    if (unitMs >= previousMs) return undefined;
    previousMs = unitMs;
    sum += toMilliseconds(count ?? '', unitMs);
  }
  return sum;
}

/** 0.07 × 1000 is 70.00000000000001 in floating point: forgive that, but not half a millisecond. */
function toMilliseconds(count: string, unitMs: number): number {
  const exact = Number(count) * unitMs;
  const rounded = Math.round(exact);
  return Math.abs(exact - rounded) < 1e-6 ? rounded : exact;
}

const LONG_UNITS: readonly (readonly [RegExp, Unit])[] = [
  [/(milliseconds?|millis|msecs?)/g, 'ms'],
  [/(seconds?|secs?)/g, 's'],
  [/(minutes?|mins?)/g, 'm'],
  [/(hours?|hrs?)/g, 'h'],
  [/(days?)/g, 'd'],
  [/(weeks?|wks?)/g, 'w'],
];

function suggest(text: string): string {
  if (/^[0-9]+$/.test(text)) {
    return `A unit is missing: ${text}s would be seconds, ${text}m minutes, ${text}ms milliseconds.`;
  }
  let short = text.toLowerCase().replaceAll(/[\s_,]|and/g, '');
  for (const [long, unit] of LONG_UNITS) short = short.replaceAll(long, unit);
  return sumUnits(short) === undefined ? `Write ${EXPECTED}.` : `Write ${short}.`;
}
