/** Dates, numbers, sizes and lists as the chosen language writes them. Reading the locale makes a view render again when it
 * changes. */
import { formatTag } from './format-tag.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const cache = new Map<string, unknown>();

/** Making a formatter costs more than using it a hundred times. */
function cached<T>(key: string, make: (tag: string) => T): T {
  const tag = formatTag();
  const name = `${tag} ${key}`;
  const known = cache.get(name) as T | undefined;
  const made = known ?? make(tag);
  if (known === undefined) cache.set(name, made);
  return made;
}

const dateFormat = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  cached(JSON.stringify(options), (tag) => new Intl.DateTimeFormat(tag, options));

/** @param at milliseconds since 1970, as everywhere here */
export const formatDate = (at: number): string => dateFormat({ dateStyle: 'medium' }).format(at);
export const formatTime = (at: number): string => dateFormat({ timeStyle: 'short' }).format(at);
export const formatDateTime = (at: number): string =>
  dateFormat({ dateStyle: 'medium', timeStyle: 'short' }).format(at);

export const formatDayOfMonth = (at: number): string => dateFormat({ day: 'numeric', month: 'short' }).format(at);

/** A day without a time, `YYYY-MM-DD` in UTC. */
export const formatDay = (day: string): string =>
  dateFormat({ dateStyle: 'medium', timeZone: 'UTC' }).format(Date.parse(day));

export const formatNumber = (value: number, maximumFractionDigits = 0): string =>
  cached(`number ${maximumFractionDigits}`, (tag) => new Intl.NumberFormat(tag, { maximumFractionDigits })).format(
    value,
  );

export const formatList = (items: readonly string[]): string =>
  cached('list', (tag) => new Intl.ListFormat(tag)).format(items);

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function formatBytes(bytes: number): string {
  const power = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const unit = BYTE_UNITS[power] ?? 'byte';
  const value = bytes / 1000 ** power;
  return unitFormat(unit, power === 0 ? 'long' : 'short', value < 10 && power > 0 ? 1 : 0).format(value);
}

const DURATION_UNITS = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
  ['second', 1000],
] as const;

/** In the largest unit that fits, and the next smaller one where that says something: "2 days, 3 hours". */
export function formatDuration(durationMs: number): string {
  const first = DURATION_UNITS.findIndex(([, length]) => durationMs >= length);
  if (first < 0) return unitFormat('second', 'long', 0).format(0);
  let rest = durationMs;
  const parts = DURATION_UNITS.slice(first, first + 2).map(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return { unit, count };
  });
  const told = parts
    .filter(({ count }) => count > 0)
    .map(({ unit, count }) => unitFormat(unit, 'long', 0).format(count));
  return cached('duration', (tag) => new Intl.ListFormat(tag, { type: 'unit' })).format(told);
}

export const formatMilliseconds = (value: number): string =>
  unitFormat('millisecond', 'short', value < 10 ? 2 : 0).format(value);

const unitFormat = (unit: string, unitDisplay: 'long' | 'short', maximumFractionDigits: number): Intl.NumberFormat =>
  cached(
    `unit ${unit} ${unitDisplay} ${maximumFractionDigits}`,
    (tag) => new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay, maximumFractionDigits }),
  );

const RELATIVE_UNITS = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
] as const;

/** "in 3 days", "2 hours ago", "yesterday". */
export function formatRelative(at: number, now = Date.now()): string {
  const difference = at - now;
  const [unit, length] = RELATIVE_UNITS.find(([, each]) => Math.abs(difference) >= each) ?? (['second', 1000] as const);
  const format = cached('relative', (tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }));
  return unit === 'second' ? format.format(0, 'second') : format.format(Math.trunc(difference / length), unit);
}

/** The form of a text for a number. Languages with more forms than two use what is given for `other`. */
export function plural<T>(count: number, forms: { readonly one: T; readonly other: T }): T {
  return cached('plural', (tag) => new Intl.PluralRules(tag)).select(count) === 'one' ? forms.one : forms.other;
}

/** @param day 0 is Sunday, as in Date */
export const formatWeekday = (day: number, length: 'short' | 'long'): string =>
  // The 4th of January 1970 was a Sunday.
  dateFormat({ weekday: length, timeZone: 'UTC' }).format((3 + day) * DAY_MS);
