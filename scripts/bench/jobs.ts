/** What the generator process is asked to do, and what it answers: plain data, because it crosses a process boundary. */
import type { BenchDevice } from './device.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
}

interface Traffic {
  readonly target: Target;
  /** Each sends to its neighbour: 0 to 1, 2 to 3, and so on. */
  readonly devices: readonly BenchDevice[];
  readonly contentBytes: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** As fast as it goes: each pair keeps `window` envelopes under way. */
export interface SaturateJob extends Traffic {
  readonly kind: 'saturate';
  readonly window: number;
}

/** At a fixed pace, whatever the answers: a stall is met by every envelope that was due while it lasted. */
export interface PaceJob extends Traffic {
  readonly kind: 'pace';
  readonly perSecond: number;
}

/** Connects devices and holds the connections until the process is told to end. */
export interface HoldJob {
  readonly kind: 'hold';
  readonly target: Target;
  readonly devices: readonly BenchDevice[];
  /** How many connect at the same time. */
  readonly concurrency: number;
  /** What a connection must have got to count as ready: the relay's QueueDrained, or only the upgrade. */
  readonly readiness: 'queue-drained' | 'open';
}

export type Job = SaturateJob | PaceJob | HoldJob;

export interface TrafficResult {
  /** Envelopes accepted, delivered and acknowledged in a second. */
  readonly perSecond: number;
  /** In the whole job. */
  readonly envelopes: number;
  /** From sending (in `pace`: from when it was due) to delivery. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** The generator's own share of a core: near 1 it was the bottleneck. */
  readonly generatorCores: number;
}

export interface HoldResult {
  /** From the first connect to the last connection that is ready. */
  readonly readyMs: number;
}

export type JobResult<J extends Job> = J extends HoldJob ? HoldResult : TrafficResult;

/** One message from the generator. */
export type JobReport = { readonly result: TrafficResult | HoldResult } | { readonly failure: string };
