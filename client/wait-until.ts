/** Waits for a condition that events hint at. */
import type { ClockPort } from './ports.ts';

/** Checks at once, then whenever `subscribe` calls, and now and then for what brings no event. False after the deadline. */
export function waitUntil(
  clock: ClockPort,
  condition: () => Promise<boolean>,
  timeoutMs: number,
  subscribe: (check: () => void) => () => void,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let cancelPoll = (): void => undefined;
    const stops: (() => void)[] = [];
    const finish = (outcome: boolean): void => {
      cancelPoll();
      for (const stop of stops) stop();
      resolve(outcome);
    };
    const check = (): void => {
      condition().then((isMet) => {
        if (isMet) finish(true);
      }, reject);
    };
    const poll = (): void => {
      check();
      cancelPoll = clock.setTimer(250, poll);
    };
    stops.push(
      subscribe(check),
      clock.setTimer(timeoutMs, () => finish(false)),
    );
    poll();
  });
}
