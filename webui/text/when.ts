/** Times as a reader of messages wants them: the nearer, the finer. */
import { msg } from '@lit/localize';
import { formatDate, formatTime } from '../i18n/format.ts';
import { formatTag } from '../i18n/format-tag.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Whole days between then and now, by the reader's own calendar. */
function daysAgo(at: number, now: number): number {
  const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(at)) / DAY_MS);
}

const weekday = (at: number, form: 'short' | 'long'): string =>
  new Intl.DateTimeFormat(formatTag(), { weekday: form }).format(at);

/** For a list: the time today, the weekday in the last week, else the date. */
export function formatRecent(at: number, now = Date.now()): string {
  const days = daysAgo(at, now);
  if (days <= 0) return formatTime(at);
  if (days === 1) return msg('Yesterday');
  if (days < 7) return weekday(at, 'short');
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const parts: Intl.DateTimeFormatOptions = isThisYear ? { day: 'numeric', month: 'short' } : { dateStyle: 'short' };
  return new Intl.DateTimeFormat(formatTag(), parts).format(at);
}

/** Between messages. */
export function formatDayHeading(at: number, now = Date.now()): string {
  const days = daysAgo(at, now);
  if (days === 0) return msg('Today');
  if (days === 1) return msg('Yesterday');
  if (days > 1 && days < 7) return weekday(at, 'long');
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  if (!isThisYear) return formatDate(at);
  return new Intl.DateTimeFormat(formatTag(), { weekday: 'short', day: 'numeric', month: 'long' }).format(at);
}

/** How long messages stay: "1 day". */
export function formatTimer(seconds: number): string {
  const units = [
    ['week', 7 * 86_400],
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const;
  const [unit, length] = units.find(([, each]) => seconds >= each && seconds % each === 0) ?? (['second', 1] as const);
  return new Intl.NumberFormat(formatTag(), { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / length);
}
