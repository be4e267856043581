/** Numbers for Prometheus: how many and how long, never who. Every name starts with `vant_`. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Metrics } from './metrics.ts';
import { createTurnMetrics, type TurnNumbers } from './turn-metrics.ts';

export interface PrometheusMetrics extends Metrics {
  readonly registry: Registry;
  /** @param read asked whenever metrics are */
  observeTurn(read: () => TurnNumbers): void;
}

/** Seconds. The relay's answers lie between a fifth of a millisecond and, when the disk is slow, a second. */
const LATENCY_BUCKETS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5];

/** Seconds. Providers answer over the internet, and not always soon. */
const PUSH_BUCKETS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20];

export function createPrometheusMetrics(): PrometheusMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'vant_' });
  const registers = [registry];
  return {
    registry,
    observeTurn: (read) => createTurnMetrics(registry, read),
    connections: new Gauge({ name: 'vant_connections', help: 'Open connections of devices on this node', registers }),
    submissions: new Counter({
      name: 'vant_submissions_total',
      help: 'SendRequests by how they were answered',
      labelNames: ['outcome'],
      registers,
    }),
    submissionSeconds: new Histogram({
      name: 'vant_submission_seconds',
      help: 'From a SendRequest to its answer',
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    deliveries: new Counter({ name: 'vant_deliveries_total', help: 'Envelopes delivered to connections', registers }),
    httpRequests: new Counter({
      name: 'vant_http_requests_total',
      help: 'Requests of the control plane by route and status',
      labelNames: ['route', 'status'],
      registers,
    }),
    pushes: new Counter({
      name: 'vant_pushes_total',
      help: 'Attempts to wake a device by what the provider said',
      labelNames: ['provider', 'outcome'],
      registers,
    }),
    pushSeconds: new Histogram({
      name: 'vant_push_seconds',
      help: "From a wake that is sent to the provider's answer",
      labelNames: ['provider'],
      buckets: PUSH_BUCKETS,
      registers,
    }),
    pushesWaiting: new Gauge({
      name: 'vant_pushes_waiting',
      help: 'Devices that are to be woken, now or later; on the node that pushes',
      labelNames: ['provider'],
      registers,
    }),
    expiredEnvelopes: new Counter({
      name: 'vant_expired_envelopes_total',
      help: 'Envelopes deleted because their time to live had passed',
      registers,
    }),
  };
}
