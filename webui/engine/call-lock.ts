/** What pages and service worker of one browser agree on about calls: who is in one. */

/** Held by whoever has a call, for as long as it lasts (Web Locks API). */
const CALL_LOCK = 'vant-call';

/** @param released resolves when the call is over */
export function holdCallLock(released: Promise<unknown>): void {
  void navigator.locks.request(CALL_LOCK, () => released);
}

export async function isInCallElsewhere(): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === CALL_LOCK);
}
