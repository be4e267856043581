/** Tells the engine that somebody is there, so that it does not lock. */
import type { EngineClient } from './engine-client.ts';

/** Locking counts in minutes: more often would only wake the worker. */
const REPORT_INTERVAL_MS = 10_000;
const INPUT_EVENTS = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart'] as const;

export function watchActivity({ vault }: EngineClient): void {
  let reportedAt = -Infinity;
  const report = (): void => {
    if (performance.now() - reportedAt < REPORT_INTERVAL_MS) return;
    reportedAt = performance.now();
    void vault.noteActivity().catch(() => undefined);
  };
  for (const name of INPUT_EVENTS) addEventListener(name, report, { capture: true, passive: true });
}
