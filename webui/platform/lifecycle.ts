/** Tells the engine what happens to its page: the network comes back, the device wakes up, the tab is frozen (Page Lifecycle,
 * https://wicg.github.io/page-lifecycle/). */
import type { EngineClient } from './engine-client.ts';

export function watchLifecycle({ control }: EngineClient): void {
  const reconnect = (): void => void control.reconnectNow().catch(() => undefined);
  const changeNetwork = (): void => void control.reconnectNow({ isOtherNetwork: true }).catch(() => undefined);
  const pause = (): void => void control.pause().catch(() => undefined);
  // Told only after there was none: the connection that was open went through a network that is left.
  addEventListener('online', changeNetwork);
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) reconnect();
  });
  addEventListener('pagehide', ({ persisted }) => {
    if (persisted) pause();
  });
  document.addEventListener('freeze', pause);
  document.addEventListener('resume', reconnect);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') reconnect();
  });
}
