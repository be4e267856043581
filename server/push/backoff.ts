const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60 * 1000;

/** Doubles with each failure, between half of that and all of it: many that failed together do not come back together. */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const ms = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 30));
  return ms / 2 + (random() * ms) / 2;
}
