/** Time, as tests can let it pass. */
export interface Clock {
  now(): number;
  /** Calls once after `delayMs`, and never keeps the process alive; gives a function that cancels. */
  setTimer(delayMs: number, callback: () => void): () => void;
}
