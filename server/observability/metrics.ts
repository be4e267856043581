/** What the rooms count. Where metrics are off nothing is counted, and the library is not loaded. */

interface Counter<Label extends string = never> {
  inc(labels: Partial<Record<Label, string | number>>): void;
  inc(by?: number): void;
}

export interface RelayMetrics {
  readonly connections: { set(value: number): void };
  readonly submissions: Counter<'outcome'>;
  readonly submissionSeconds: { observe(value: number): void };
  readonly deliveries: Counter;
}

export interface PushMetrics {
  readonly pushes: Counter<'provider' | 'outcome'>;
  readonly pushSeconds: { observe(labels: { provider: string }, value: number): void };
  readonly pushesWaiting: { set(labels: { provider: string }, value: number): void };
}

export interface Metrics extends RelayMetrics, PushMetrics {
  readonly httpRequests: Counter<'route' | 'status'>;
  readonly expiredEnvelopes: Counter;
}

const nothing = { inc: () => undefined, set: () => undefined, observe: () => undefined };

export const NO_METRICS: Metrics = {
  connections: nothing,
  submissions: nothing,
  submissionSeconds: nothing,
  deliveries: nothing,
  httpRequests: nothing,
  expiredEnvelopes: nothing,
  pushes: nothing,
  pushSeconds: nothing,
  pushesWaiting: nothing,
};
