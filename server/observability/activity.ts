import { LatencyHistogram, type BucketCounts } from './latency-histogram.ts';

export interface ActivityCounts {
  readonly accepted: number;
  readonly acceptedBytes: number;
  readonly delivered: number;
  readonly expired: number;
  readonly requests: number;
}

/** What a node does, as plain sums: the relay counts here for every envelope, so each costs an addition and no call. */
export class Activity {
  accepted = 0;
  acceptedBytes = 0;
  delivered = 0;
  expired = 0;
  requests = 0;
  /** From acceptance to acknowledgement, of envelopes that were accepted while their device was connected. */
  readonly latency = new LatencyHistogram();

  /** What has been counted since the last time. */
  take(): ActivityCounts & { readonly latencies: BucketCounts } {
    const { accepted, acceptedBytes, delivered, expired, requests } = this;
    this.accepted = this.acceptedBytes = this.delivered = this.expired = this.requests = 0;
    return { accepted, acceptedBytes, delivered, expired, requests, latencies: this.latency.take() };
  }
}
