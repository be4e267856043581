/** Exponential backoff with full jitter: after a restart of the server, its clients come back spread over time. */
import type { RandomPort } from '../ports.ts';

export const BACKOFF_BASE_MS = 500;
export const BACKOFF_MAX_MS = 60_000;

/** `attempt` counts from 0. Never below `floorMs`, which a server may have asked for. */
export function backoffMs(attempt: number, random: RandomPort, floorMs = 0): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** Math.min(attempt, 30));
  return floorMs + Math.floor(ceiling * randomFraction(random));
}

/** Uniform in [0, 1). */
function randomFraction(random: RandomPort): number {
  return random.bytes(4).reduce((value, byte) => value * 256 + byte, 0) / 2 ** 32;
}
