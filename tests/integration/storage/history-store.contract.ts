import { expect, test } from 'vitest';
import type { HistorySample } from '../../../server/admin/history-store.ts';
import { storageKeys, type StoreContext } from './store-context.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The beginning of a day, so that the test knows which minutes share an hour. */
const TODAY = Date.now() - (Date.now() % DAY);

const sampleOf = (sample: Partial<HistorySample> = {}): HistorySample => ({
  accepted: 0,
  acceptedBytes: 0,
  delivered: 0,
  expired: 0,
  connections: 0,
  residentBytes: 0,
  eventLoopDelayP99Ms: 0,
  latencies: new Map(),
  ...sample,
});

export function describeHistoryStore(context: () => StoreContext): void {
  test('what nodes saw in a minute is added up; states of an hour are those of its highest minute', async () => {
    const { stores, other } = context();
    const at = TODAY + HOUR;
    const one = { accepted: 5, acceptedBytes: 500, connections: 10, residentBytes: 100, eventLoopDelayP99Ms: 1.5 };
    await stores.history.add(at + 1, sampleOf({ ...one, latencies: new Map([[1, 98]]), queued: 7 }));
    await other.history.add(
      at + MINUTE - 1,
      sampleOf({ ...one, eventLoopDelayP99Ms: 4, latencies: new Map([[3, 2]]) }),
    );
    await stores.history.add(at + MINUTE, sampleOf({ ...one, connections: 12, expired: 3, queued: 2 }));
    const { minutes, hours } = await other.history.read(at, at + 2 * MINUTE);
    expect(minutes).toEqual([
      {
        at,
        accepted: 10,
        acceptedBytes: 1000,
        delivered: 0,
        expired: 0,
        connections: 20,
        residentBytes: 200,
        eventLoopDelayP99Ms: 4,
        queued: 7,
        latencyP50Ms: 1,
        latencyP99Ms: 3,
      },
      expect.objectContaining({ at: at + MINUTE, accepted: 5, connections: 12, expired: 3, queued: 2 }),
    ]);
    expect(minutes[1]).not.toHaveProperty('latencyP50Ms');
    expect(minutes[1]).not.toHaveProperty('storageBytes');
    expect(hours).toEqual([
      expect.objectContaining({ at, accepted: 15, connections: 20, residentBytes: 200, expired: 3, queued: 7 }),
    ]);
  });

  test('what began before `since`, or is older than is kept, is left out', async () => {
    const { stores } = context();
    const at = TODAY + 3 * HOUR;
    for (const minute of [0, 1, 2]) await stores.history.add(at + minute * MINUTE, sampleOf({ accepted: 1 }));
    const minutesSince = async (since: number, now = at + HOUR) =>
      (await stores.history.read(since, now)).minutes.filter((point) => point.at >= at).length;
    expect(await minutesSince(at)).toBe(3);
    expect(await minutesSince(at + 1)).toBe(2);
    expect(await minutesSince(0, at + DAY)).toBe(3);
    expect(await minutesSince(0, at + DAY + 1)).toBe(2);
    const hoursUntil = async (now: number) =>
      (await stores.history.read(0, now)).hours.filter((point) => point.at === at).length;
    expect(await hoursUntil(at + 30 * DAY)).toBe(1);
    expect(await hoursUntil(at + 30 * DAY + 1)).toBe(0);
  });

  test('a whole day takes little, and goes by itself', async () => {
    const { stores, connection } = context();
    const at = TODAY + 5 * HOUR;
    const latencies = new Map(Array.from({ length: 12 }, (_, index) => [index * 3, 100 + index]));
    const sample = sampleOf({ accepted: 12_345, acceptedBytes: 9_876_543, connections: 99, latencies, queued: 4 });
    for (let minute = 0; minute < 60; minute++) await stores.history.add(at + minute * MINUTE, sample);
    const key = storageKeys.historyMinutes(at);
    expect(await connection.execute(key, ['HLEN', key])).toBe(60);
    const bytes = (await connection.execute(key, ['MEMORY', 'USAGE', key, 'SAMPLES', '0'])) as number;
    // 24 of these and 30 hashes of hours: less than a megabyte in all.
    expect(24 * bytes + 30 * (24 / 60) * bytes).toBeLessThan(1_000_000);
    const goesAt = (await connection.execute(key, ['PEXPIRETIME', key])) as number;
    expect(goesAt).toBe(at + HOUR + DAY);
    const ofDay = storageKeys.historyHours(TODAY);
    expect(await connection.execute(ofDay, ['PEXPIRETIME', ofDay])).toBe(TODAY + DAY + 30 * DAY);
  });
}
