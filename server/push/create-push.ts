import type { Config, Secrets } from '../../config/schema.ts';
import { toDeviceText } from '../devices/device-address.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { LiveConfig } from '../live-config.ts';
import { findUrgency } from '../messages/waiting-mail.ts';
import type { Log } from '../observability/log.ts';
import type { PushMetrics } from '../observability/metrics.ts';
import { loadDataKey } from '../storage/data-key.ts';
import type { Stores } from '../storage/stores.ts';
import { createPushClock } from './clock.ts';
import { PushBridge } from './push-bridge.ts';

interface Parts {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly live: LiveConfig;
  readonly stores: Stores;
  readonly log: Log;
  readonly now: () => number;
  readonly metrics: PushMetrics;
  readonly changes: RateLimiter;
}

/** The push bridge of this node, with the stores and the mail of the others. @throws PushSetupError, StorageSetupError */
export async function createPush(parts: Parts): Promise<PushBridge> {
  const { config, secrets, live, stores, log, now, metrics, changes } = parts;
  return await PushBridge.open({
    store: stores.push,
    wakes: stores.wakes,
    config: () => live.current,
    secrets: secrets.push,
    dataKey: loadDataKey(config.storage.data_dir),
    urgencyOf: (device) => findUrgency(stores.messages, device),
    // What comes of it is harmless: the node that has the connection looks at the queue again.
    isConnected: (device) => stores.deviceEvents.publish(toDeviceText(device), { type: 'wake' }),
    changes,
    clock: createPushClock(now),
    metrics,
    log,
  });
}
