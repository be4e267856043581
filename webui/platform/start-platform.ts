/** What runs beside the app from its first moment: updates, the engine's knowledge of its page, and care for its storage. */
import { markAccount } from './account-marker.ts';
import type { EngineClient } from './engine-client.ts';
import { watchActivity } from './idle-watch.ts';
import { watchLifecycle } from './lifecycle.ts';
import { keepStorage } from './storage-persistence.ts';
import { startUpdates } from './updates.ts';

export function startPlatform(engine: EngineClient): void {
  watchLifecycle(engine);
  watchActivity(engine);
  engine.on('state', (state) => {
    if (state !== 'joined') return;
    markAccount();
    void keepStorage();
  });
  void startUpdates();
}
