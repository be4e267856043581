import type { Urgency } from './urgency.ts';

export interface WakeTimes {
  /** How long a device that was connected has to come back and acknowledge. */
  readonly acknowledgeWithinMs: number;
  /** Between wakes of one device for what is not urgent. */
  readonly quietIntervalMs: number;
  /** How long an envelope may wait. */
  readonly messageTtlMs: number;
}

/** A call that nobody has answered by then has gone to nowhere. */
export const RINGING_MS = 60_000;
/** Between wakes of one device for messages: it has to come, take and go in between, so this is for those that fail at that. */
const MESSAGE_INTERVAL_MS = 1_000;

export interface WantedTime {
  readonly urgency: Urgency;
  readonly wokenAt: number;
  readonly notBefore: number;
}

/** When to wake a device. */
export function findDueTime(wanted: WantedTime, mayReturn: boolean, times: WakeTimes, now: number): number {
  const { urgency, wokenAt, notBefore } = wanted;
  // A little patience with what nobody waits for: a message that follows takes its place.
  const delayMs = mayReturn || urgency === 'quiet' ? times.acknowledgeWithinMs : 0;
  const intervalMs = { call: 0, message: MESSAGE_INTERVAL_MS, quiet: times.quietIntervalMs }[urgency];
  return Math.max(now + delayMs, wokenAt + intervalMs, notBefore);
}

/** How long a provider keeps a wake for a device that is off. Four weeks is the most that Google takes. */
export function findTtlSeconds(urgency: Urgency, { messageTtlMs }: WakeTimes): number {
  return Math.floor((urgency === 'call' ? RINGING_MS : messageTtlMs) / 1000);
}
