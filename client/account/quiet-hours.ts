/** When devices are not to tell of anything: times of the day, on days of the week, in the local time of each device. */

export interface QuietHours {
  readonly isOn: boolean;
  /** Minutes since midnight. When `toMinute` is before it, it ends on the next day; the same means the whole day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** On which days it begins: bit 0 is Sunday, bit 6 Saturday. */
  readonly days: number;
  /** Calls ring nevertheless. */
  readonly allowsCalls: boolean;
}

const MINUTES_OF_A_DAY = 24 * 60;
export const ALL_DAYS = 0b111_1111;

export const NO_QUIET_HOURS: QuietHours = {
  isOn: false,
  fromMinute: 22 * 60,
  toMinute: 7 * 60,
  days: ALL_DAYS,
  allowsCalls: true,
};

/** @throws RangeError */
export function requireQuietHours({ fromMinute, toMinute, days }: QuietHours): void {
  for (const minute of [fromMinute, toMinute])
    if (!Number.isInteger(minute) || minute < 0 || minute >= MINUTES_OF_A_DAY)
      throw new RangeError(`A minute of the day is 0 to ${MINUTES_OF_A_DAY - 1}, not ${minute}.`);
  if (!Number.isInteger(days) || days < 0 || days > ALL_DAYS)
    throw new RangeError(`Days are a number from 0 to ${ALL_DAYS}, not ${days}.`);
}

/** From another own device; what makes no sense, or is from a version that has none, is as if there were none. */
export function toQuietHours(received: QuietHours | undefined): QuietHours {
  if (received === undefined) return NO_QUIET_HOURS;
  const { isOn, fromMinute, toMinute, days, allowsCalls } = received;
  try {
    requireQuietHours(received);
    return { isOn, fromMinute, toMinute, days, allowsCalls };
  } catch {
    return NO_QUIET_HOURS;
  }
}

export function isQuietAt({ isOn, fromMinute, toMinute, days }: QuietHours, date: Date): boolean {
  if (!isOn) return false;
  const minute = date.getHours() * 60 + date.getMinutes();
  const beginsOn = (day: number): boolean => (days & (1 << day)) !== 0;
  const today = date.getDay();
  if (fromMinute < toMinute) return beginsOn(today) && minute >= fromMinute && minute < toMinute;
  if (minute >= fromMinute && beginsOn(today)) return true;
  return minute < toMinute && beginsOn((today + 6) % 7);
}
