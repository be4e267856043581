import { describe, expect, it } from 'vitest';
import {
  ALL_DAYS,
  isQuietAt,
  NO_QUIET_HOURS,
  requireQuietHours,
  toQuietHours,
  type QuietHours,
} from '../../../client/account/quiet-hours.ts';

const MONDAY = 0b000_0010;
/** In the local time of whoever runs this, as on a device. The 4th of January 2027 is a Monday. */
const at = (day: number, hour: number, minute = 0): Date => new Date(2027, 0, 3 + day, hour, minute);
const hours = (change: Partial<QuietHours>): QuietHours => ({ ...NO_QUIET_HOURS, isOn: true, ...change });

describe('quiet hours', () => {
  it('are never when they are off', () => {
    expect(isQuietAt({ ...hours({}), isOn: false }, at(1, 23))).toBe(false);
  });

  it('begin with their first minute and end before their last', () => {
    const noon = hours({ fromMinute: 12 * 60, toMinute: 13 * 60 });
    expect([at(1, 11, 59), at(1, 12), at(1, 12, 59), at(1, 13)].map((time) => isQuietAt(noon, time))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('go over midnight into a day on which they do not begin', () => {
    const night = hours({ fromMinute: 22 * 60, toMinute: 7 * 60, days: MONDAY });
    const quiet = [at(1, 6), at(1, 21, 59), at(1, 22), at(1, 23, 59), at(2, 0), at(2, 6, 59), at(2, 7), at(2, 22)];
    expect(quiet.map((time) => isQuietAt(night, time))).toEqual([false, false, true, true, true, true, false, false]);
  });

  it('from a Saturday go on into the Sunday', () => {
    const night = hours({ fromMinute: 22 * 60, toMinute: 7 * 60, days: 0b100_0000 });
    expect([at(6, 22), at(7, 6), at(7, 23)].map((time) => isQuietAt(night, time))).toEqual([true, true, false]);
  });

  it('are the whole day when they end where they begin', () => {
    const monday = hours({ fromMinute: 0, toMinute: 0, days: MONDAY });
    expect([at(0, 23, 59), at(1, 0), at(1, 23, 59), at(2, 0)].map((time) => isQuietAt(monday, time))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('on no day are never', () => expect(isQuietAt(hours({ days: 0 }), at(1, 23))).toBe(false));

  it('are refused beyond a day and a week, here and from another device', () => {
    const edge = hours({ fromMinute: 1439, toMinute: 0, days: ALL_DAYS });
    expect(() => requireQuietHours(edge)).not.toThrow();
    expect(toQuietHours(edge)).toEqual(edge);
    for (const beyond of [{ fromMinute: 1440 }, { toMinute: -1 }, { days: ALL_DAYS + 1 }, { fromMinute: 0.5 }]) {
      expect(() => requireQuietHours(hours(beyond))).toThrow(RangeError);
      expect(toQuietHours(hours(beyond))).toBe(NO_QUIET_HOURS);
    }
    expect(toQuietHours(undefined)).toBe(NO_QUIET_HOURS);
  });
});
