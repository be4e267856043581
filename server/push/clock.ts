export interface PushClock {
  now(): number;
  /** Calls once after `delayMs`; gives a function that cancels. */
  setTimer(delayMs: number, callback: () => void): () => void;
}

/** Timers of this kind never keep the process alive. */
export function createPushClock(now: () => number): PushClock {
  return {
    now,
    setTimer(delayMs, callback) {
      const timer = setTimeout(callback, delayMs).unref();
      return () => clearTimeout(timer);
    },
  };
}
