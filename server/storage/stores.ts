import type { HistoryStore } from '../admin/history-store.ts';
import type { AccountEventBus } from '../accounts/account-events.ts';
import type { AccountStore } from '../accounts/account-store.ts';
import type { DirectoryMarks } from '../attachments/directory-mark.ts';
import type { UsageStore } from '../attachments/usage-store.ts';
import type { ConnectionEpochs } from '../devices/connection-epochs.ts';
import type { DeviceEventBus } from '../devices/device-events.ts';
import type { ProvisioningStore } from '../devices/provisioning-store.ts';
import type { InviteStore } from '../invites/invite-store.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { ServerKeyStore } from '../keys/server-key-store.ts';
import type { RateInspector, RateStore } from '../limits/rate-store.ts';
import type { JanitorLock } from '../messages/janitor.ts';
import type { MessageStore, QueueInspector } from '../messages/message-store.ts';
import type { PushStore } from '../push/push-store.ts';
import type { WakeQueue } from '../push/wake-queue.ts';
import type { LiveRecords } from '../records/live-records.ts';
import type { TlsRecords } from '../tls/tls-records.ts';
import type { RedisConnection } from './connection.ts';
import { createStorageKeys } from './keys.ts';
import { RedisAccountStore } from './redis-account-store.ts';
import { RedisConnectionEpochs } from './redis-connection-epochs.ts';
import { RedisDirectoryMarks } from './redis-directory-marks.ts';
import { RedisAccountEventBus, RedisDeviceEventBus } from './redis-event-bus.ts';
import { RedisHistoryStore } from './redis-history-store.ts';
import { RedisInviteStore } from './redis-invite-store.ts';
import { RedisJanitorLock } from './redis-janitor-lock.ts';
import { RedisKeyStore } from './redis-key-store.ts';
import { RedisLiveRecords } from './redis-live-records.ts';
import { RedisMessageStore } from './redis-message-store.ts';
import { RedisProvisioningStore } from './redis-provisioning-store.ts';
import { RedisPushStore } from './redis-push-store.ts';
import { RedisRateStore } from './redis-rate-store.ts';
import { RedisServerKeyStore } from './redis-server-key-store.ts';
import { RedisTlsRecords } from './redis-tls-records.ts';
import { RedisWakeQueue } from './redis-wake-queue.ts';
import { RedisUsageStore } from './redis-usage-store.ts';

export interface Stores {
  readonly accounts: AccountStore;
  readonly accountEvents: AccountEventBus;
  readonly attachmentDirectories: DirectoryMarks;
  readonly attachmentUsage: UsageStore;
  readonly deviceEvents: DeviceEventBus;
  readonly epochs: ConnectionEpochs;
  readonly history: HistoryStore;
  readonly invites: InviteStore;
  readonly janitorLock: JanitorLock;
  readonly keys: KeyStore;
  readonly liveRecords: LiveRecords;
  readonly messages: MessageStore & QueueInspector;
  readonly provisioning: ProvisioningStore;
  readonly push: PushStore;
  readonly rates: RateStore & RateInspector;
  readonly serverKeys: ServerKeyStore;
  readonly tls: TlsRecords;
  readonly wakes: WakeQueue;
}

/** All that is kept, over one connection. */
export function createStores(redis: RedisConnection, keyPrefix: string, expiryClockOffsetMs = 0): Stores {
  const keys = createStorageKeys(keyPrefix);
  return {
    accounts: new RedisAccountStore(redis, keys),
    accountEvents: new RedisAccountEventBus(redis, keys),
    attachmentDirectories: new RedisDirectoryMarks(redis, keys),
    attachmentUsage: new RedisUsageStore(redis, keys),
    deviceEvents: new RedisDeviceEventBus(redis, keys),
    epochs: new RedisConnectionEpochs(redis, keys),
    history: new RedisHistoryStore(redis, keys),
    invites: new RedisInviteStore(redis, keys),
    janitorLock: new RedisJanitorLock(redis, keys),
    keys: new RedisKeyStore(redis, keys),
    liveRecords: new RedisLiveRecords(redis, keys),
    messages: new RedisMessageStore(redis, keys, expiryClockOffsetMs),
    provisioning: new RedisProvisioningStore(redis, keys),
    push: new RedisPushStore(redis, keys),
    rates: new RedisRateStore(redis, keys),
    serverKeys: new RedisServerKeyStore(redis, keys),
    tls: new RedisTlsRecords(redis, keys),
    wakes: new RedisWakeQueue(redis, keys),
  };
}
