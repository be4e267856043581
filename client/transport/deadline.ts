/** Waiting, by the injected clock. */
import { ClientError } from '../errors.ts';
import type { ClockPort } from '../ports.ts';

export function sleep(clock: ClockPort, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.setTimer(delayMs, resolve));
}

/** Rejects with TIMEOUT when `promise` takes longer. */
export function withDeadline<T>(clock: ClockPort, promise: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.setTimer(timeoutMs, () => reject(new ClientError('TIMEOUT')));
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
