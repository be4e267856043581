import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 10;

/** Resolves with the first result that is not undefined or false. @throws Error after the deadline, naming what was awaited. */
export async function until<T>(what: string, look: () => T | Promise<T>, deadlineMs = 10_000): Promise<NonNullable<T>> {
  const untilMs = performance.now() + deadlineMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    if (performance.now() > untilMs) throw new Error(`Waited ${deadlineMs} ms for: ${what}`);
    await delay(POLL_MS);
  }
}
