import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Activity, ActivityCounts } from '../observability/activity.ts';
import type { Log } from '../observability/log.ts';
import type { HistorySample, HistoryStore } from './history-store.ts';

const MINUTE_MS = 60_000;
/** How often the event loop is probed. Coarse, because each probe wakes a processor that would sleep. */
const PROBE_MS = 100;
/** Timers may come a little early, and this one must not. */
const LATE_MS = 50;
const NOTHING: ActivityCounts = { accepted: 0, acceptedBytes: 0, delivered: 0, expired: 0, requests: 0 };

interface Collaborators {
  readonly store: HistoryStore;
  readonly activity: Activity;
  readonly countConnections: () => number;
  /** Of the whole system, on the node that looks after it; undefined on the others. */
  readonly measureSystem: () => Promise<{ queued: number; storageBytes?: number } | undefined>;
  readonly log: Log;
  readonly now: () => number;
}

/** Writes down once a minute what this node has done, whether or not anybody measures otherwise. */
export class History {
  readonly #with: Collaborators;
  readonly #delay = monitorEventLoopDelay({ resolution: PROBE_MS });
  #timer: NodeJS.Timeout | undefined;
  #lastMinute = NOTHING;
  #lastDelayP99Ms = 0;

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
  }

  /** What this node did in the last whole minute. */
  get lastMinute(): ActivityCounts {
    return this.#lastMinute;
  }

  get eventLoopDelayP99Ms(): number {
    return this.#lastDelayP99Ms;
  }

  start(): void {
    this.#delay.enable();
    this.#scheduleNext();
  }

  /** What was counted since the last whole minute is written, too. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#delay.disable();
    // This process takes neither memory nor connections any more.
    await this.#write(this.#with.now(), { connections: 0, residentBytes: 0 });
  }

  /** At the beginning of a minute all nodes write about the one before. */
  #scheduleNext(): void {
    const now = this.#with.now();
    this.#timer = setTimeout(
      () => {
        this.#scheduleNext();
        void this.writeMinute();
      },
      MINUTE_MS - (now % MINUTE_MS) + LATE_MS,
    );
    this.#timer.unref();
  }

  async writeMinute(): Promise<void> {
    const now = this.#with.now();
    const state = { connections: this.#with.countConnections(), residentBytes: process.memoryUsage.rss() };
    await this.#write(now - (now % MINUTE_MS) - 1, { ...state, ...(await this.#measureSystem()) });
  }

  async #write(at: number, state: Pick<HistorySample, 'connections' | 'residentBytes'>): Promise<void> {
    const { latencies, ...counts } = this.#with.activity.take();
    this.#lastMinute = counts;
    this.#lastDelayP99Ms = this.#takeDelayMs();
    try {
      await this.#with.store.add(at, { ...counts, ...state, latencies, eventLoopDelayP99Ms: this.#lastDelayP99Ms });
    } catch (error) {
      // A gap in a chart is no harm; trying again could count a minute twice.
      this.#with.log.debug({ err: error }, 'A minute of history was not written');
    }
  }

  async #measureSystem() {
    return await this.#with.measureSystem().catch(() => undefined);
  }

  /** The monitor measures from probe to probe, so the pause between them is part of what it says. */
  #takeDelayMs(): number {
    const p99Ms = this.#delay.count === 0 ? 0 : this.#delay.percentile(99) / 1e6 - PROBE_MS;
    this.#delay.reset();
    return Math.max(0, p99Ms);
  }
}
