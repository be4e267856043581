import type { AdminHistory } from '../../wire/admin-schemas.ts';
import type { BucketCounts } from '../observability/latency-histogram.ts';

/** What one node saw in one minute. */
export interface HistorySample {
  readonly accepted: number;
  readonly acceptedBytes: number;
  readonly delivered: number;
  readonly expired: number;
  readonly connections: number;
  readonly residentBytes: number;
  readonly eventLoopDelayP99Ms: number;
  readonly latencies: BucketCounts;
  /** Of the whole system: given by the one node that has looked. */
  readonly queued?: number;
  readonly storageBytes?: number;
}

/** Minutes of a day and hours of a month, over all nodes; what is older goes by itself. */
export interface HistoryStore {
  /** Adds what a node saw to what others saw in the same minute. @param at any moment of it */
  add(at: number, sample: HistorySample): Promise<void>;
  /** What began at `since` or later, as far as it is kept. */
  read(since: number, now: number): Promise<AdminHistory>;
}
