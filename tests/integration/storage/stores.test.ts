import { afterAll, beforeAll, describe } from 'vitest';
import { openStorage, type Storage } from '../../../server/storage/open.ts';
import type { ExternalTarget } from '../../../server/storage/options.ts';
import { createStores } from '../../../server/storage/stores.ts';
import { startClusterRedis, startSingleRedis } from '../../support/redis.ts';
import { describeAccountStore } from './account-store.contract.ts';
import { describeBackup } from './backup.contract.ts';
import { describeHistoryStore } from './history-store.contract.ts';
import { describeInviteStore } from './invite-store.contract.ts';
import { describeKeyStore } from './key-store.contract.ts';
import { describeLiveRecords } from './live-records.contract.ts';
import { describeMessageStore } from './message-store.contract.ts';
import { describePushStore } from './push-store.contract.ts';
import {
  describeConnectionEpochs,
  describeEventBuses,
  describeJanitorLock,
  describeProvisioningStore,
  describeRateStore,
  describeServerKeyStore,
} from './small-stores.contract.ts';
import { describeWakeQueue } from './wake-queue.contract.ts';
import { KEY_PREFIX, LATER_MS, type StoreContext } from './store-context.ts';

/** On a cluster a script or transaction whose keys lie in two slots fails: the suites prove that none does. */
function describeStores<T extends { stop(): Promise<void> }>(
  name: string,
  start: () => Promise<T>,
  targetOf: (redis: T) => ExternalTarget,
): void {
  describe(`stores on ${name}`, () => {
    let redis: T;
    let nodes: Storage[];
    let context: StoreContext;
    beforeAll(async () => {
      redis = await start();
      const options = { mode: 'external', requireDurable: true, target: targetOf(redis) } as const;
      const hooks = { log: () => undefined, onFatal: () => undefined };
      nodes = [await openStorage(options, hooks), await openStorage(options, hooks)];
      const [one, two] = nodes.map(({ connection }) => connection);
      context = {
        stores: createStores(one!, KEY_PREFIX),
        other: createStores(two!, KEY_PREFIX),
        later: createStores(two!, KEY_PREFIX, LATER_MS),
        connection: one!,
      };
    });
    afterAll(async () => {
      for (const node of nodes) await node.close();
      await redis.stop();
    });
    const given = () => context;
    describe('accounts', () => describeAccountStore(given));
    describe('messages', () => describeMessageStore(given));
    describe('keys', () => describeKeyStore(given));
    describe('history', () => describeHistoryStore(given));
    describe('live records', () => describeLiveRecords(given));
    describe('invites', () => describeInviteStore(given));
    describe('provisioning', () => describeProvisioningStore(given));
    describe('rates', () => describeRateStore(given));
    describe('connection epochs', () => describeConnectionEpochs(given));
    describe('events', () => describeEventBuses(given));
    describe('janitor lock', () => describeJanitorLock(given));
    describe('push addresses and wakes', () => describePushStore(given));
    describe('wake queue', () => describeWakeQueue(given));
    describe('backups', () => describeBackup(given));
    describe('server keys', () => describeServerKeyStore(given));
  });
}

describeStores('one server', startSingleRedis, ({ url }) => ({ kind: 'url', url }));
describeStores('a cluster', startClusterRedis, ({ nodes }) => ({
  kind: 'cluster',
  nodes: nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
}));
