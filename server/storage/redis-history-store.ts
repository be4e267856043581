/** History in Redis: one hash for the minutes of an hour, one for the hours of a day, each with its expiry. So the whole takes
 * less than a megabyte however many nodes there are, and nobody has to clean up. */
import type { AdminHistory, HistoryPoint } from '../../wire/admin-schemas.ts';
import type { HistorySample, HistoryStore } from '../admin/history-store.ts';
import { percentileOf } from '../observability/latency-histogram.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';
import { loadScript } from './script.ts';

const ADD_SAMPLE = loadScript('add-sample');

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const KEEP_MINUTES_MS = DAY_MS;
const KEEP_HOURS_MS = 30 * DAY_MS;

/** As the script knows it. */
interface StoredSample {
  readonly s: readonly number[];
  readonly m: readonly number[];
  readonly h: Readonly<Record<string, number>>;
}

export class RedisHistoryStore implements HistoryStore {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async add(at: number, sample: HistorySample): Promise<void> {
    const [minute, hour, day] = [MINUTE_MS, HOUR_MS, DAY_MS].map((step) => at - (at % step)) as [
      number,
      number,
      number,
    ];
    await this.#redis.evaluate(
      ADD_SAMPLE,
      [this.#keys.historyMinutes(hour), this.#keys.historyHours(day)],
      [
        String(minute),
        String(hour),
        JSON.stringify(toStored(sample)),
        String(hour + HOUR_MS + KEEP_MINUTES_MS),
        String(day + DAY_MS + KEEP_HOURS_MS),
      ],
    );
  }

  async read(since: number, now: number): Promise<AdminHistory> {
    const { historyMinutes, historyHours } = this.#keys;
    const [minutes, hours] = await Promise.all([
      this.#readFrom(Math.max(since, now - KEEP_MINUTES_MS), now, HOUR_MS, historyMinutes),
      this.#readFrom(Math.max(since, now - KEEP_HOURS_MS), now, DAY_MS, historyHours),
    ]);
    return { minutes, hours };
  }

  async #readFrom(from: number, now: number, blockMs: number, toKey: (at: number) => string): Promise<HistoryPoint[]> {
    const blocks: string[] = [];
    for (let at = from - (from % blockMs); at <= now; at += blockMs) blocks.push(toKey(at));
    const replies = await Promise.all(blocks.map((key) => this.#redis.execute(key, ['HGETALL', key])));
    return replies
      .flatMap((reply) => toPoints(reply as Buffer[]))
      .filter(({ at }) => at >= from)
      .sort((a, b) => a.at - b.at);
  }
}

function toStored(sample: HistorySample): StoredSample {
  const { accepted, acceptedBytes, delivered, expired, connections, residentBytes } = sample;
  return {
    s: [accepted, acceptedBytes, delivered, expired, connections, residentBytes],
    m: [Math.round(sample.eventLoopDelayP99Ms * 10) / 10, sample.queued ?? -1, sample.storageBytes ?? -1],
    h: Object.fromEntries(sample.latencies),
  };
}

function toPoints(reply: readonly Buffer[]): HistoryPoint[] {
  const points: HistoryPoint[] = [];
  for (let i = 0; i + 1 < reply.length; i += 2) {
    points.push(toPoint(Number(reply[i]), JSON.parse(String(reply[i + 1])) as StoredSample));
  }
  return points;
}

function toPoint(at: number, { s, m, h }: StoredSample): HistoryPoint {
  const [accepted = 0, acceptedBytes = 0, delivered = 0, expired = 0, connections = 0, residentBytes = 0] = s;
  const [eventLoopDelayP99Ms = 0, queued = -1, storageBytes = -1] = m;
  const latencies = new Map(Object.entries(h).map(([bucket, count]) => [Number(bucket), count]));
  const [latencyP50Ms, latencyP99Ms] = [percentileOf(latencies, 0.5), percentileOf(latencies, 0.99)];
  return {
    at,
    accepted,
    acceptedBytes,
    delivered,
    expired,
    connections,
    residentBytes,
    eventLoopDelayP99Ms,
    ...(queued >= 0 && { queued }),
    ...(storageBytes >= 0 && { storageBytes }),
    ...(latencyP50Ms !== undefined && { latencyP50Ms }),
    ...(latencyP99Ms !== undefined && { latencyP99Ms }),
  };
}
