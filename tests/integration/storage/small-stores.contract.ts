import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { DeviceEvent } from '../../../server/devices/device-events.ts';
import { toDeviceText } from '../../../server/devices/device-address.ts';
import { until } from '../../support/until.ts';
import { createAccount, newAccountId, newHash, primaryOf, storageKeys, type StoreContext } from './store-context.ts';

export function describeProvisioningStore(context: () => StoreContext): void {
  test('an envelope lies there once, is taken once, and not for ever', async () => {
    const { stores, other, connection } = context();
    const address = newHash();
    expect(await stores.provisioning.take(address)).toBeUndefined();
    expect(await stores.provisioning.put(address, 'sealed', 60_000)).toBe(true);
    expect(await other.provisioning.put(address, 'another', 60_000)).toBe(false);
    const key = storageKeys.provisioning(address);
    const ttl = (await connection.execute(key, ['PTTL', key])) as number;
    expect(ttl).toBeGreaterThan(50_000);
    expect(ttl).toBeLessThanOrEqual(60_000);
    const taken = await Promise.all([1, 2, 3, 4].map((n) => (n % 2 ? stores : other).provisioning.take(address)));
    expect(taken.filter(Boolean)).toEqual(['sealed']);
  });
}

export function describeRateStore(context: () => StoreContext): void {
  const rate = { count: 10, perMs: 3_600_000 };

  test('a bucket gives as many tokens as it holds, over all nodes, and says when there is one more', async () => {
    const { stores, other } = context();
    const id = randomUUID();
    const takes = Array.from({ length: 30 }, (_, i) => (i % 2 ? stores : other).rates.take('test', id, rate, 1));
    const results = await Promise.all(takes);
    expect(results.reduce((sum, { granted }) => sum + granted, 0)).toBe(10);
    const { granted, retryAfterMs } = await stores.rates.take('test', id, rate, 1);
    expect(granted).toBe(0);
    expect(retryAfterMs).toBeGreaterThan(350_000);
    expect(retryAfterMs).toBeLessThanOrEqual(360_000);
  });

  test('what is wanted and not there is granted in part', async () => {
    const { stores } = context();
    const id = randomUUID();
    expect((await stores.rates.take('test', id, rate, 7)).granted).toBe(7);
    expect((await stores.rates.take('test', id, rate, 7)).granted).toBe(3);
    expect((await stores.rates.take('other', id, rate, 7)).granted).toBe(7);
  });

  test('a bucket refills with time, and is gone when it is full again', async () => {
    const { stores, connection } = context();
    const id = randomUUID();
    const fast = { count: 100, perMs: 1_000 };
    expect((await stores.rates.take('test', id, fast, 100)).granted).toBe(100);
    await until('a token', async () => (await stores.rates.take('test', id, fast, 1)).granted === 1);
    for await (const key of connection.scan('vant:rate:*')) {
      expect(key).not.toContain(id);
      expect(await connection.execute(key, ['PTTL', key])).toBeGreaterThan(0);
    }
  });
}

export function describeConnectionEpochs(context: () => StoreContext): void {
  test('connections of a device are numbered upwards over all nodes', async () => {
    const { stores, other } = context();
    const device = primaryOf((await createAccount(context())).accountId);
    const epochs = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? stores : other).epochs.next(device)),
    );
    expect(new Set(epochs).size).toBe(20);
    expect(await stores.epochs.next(device)).toBe(21);
    expect(await stores.epochs.next(primaryOf(newAccountId()))).toBe(0);
  });
}

export function describeEventBuses(context: () => StoreContext): void {
  test('every kind of event of a device reaches the node that listens, in order, and none after it has stopped', async () => {
    const { stores, other } = context();
    const device = toDeviceText(primaryOf(newAccountId()));
    const events: DeviceEvent[] = [
      { type: 'wake' },
      { type: 'recheck' },
      { type: 'connected', epoch: 2 ** 40 },
      { type: 'pre-keys-low', preKeys: 0, kyberPreKeys: 19 },
      { type: 'ephemeral', envelope: randomBytes(300) },
    ];
    const heard: DeviceEvent[] = [];
    expect(await other.deviceEvents.publish(device, { type: 'wake' })).toBe(false);
    await stores.deviceEvents.subscribe(device, (event) => heard.push(event));
    for (const event of events) expect(await other.deviceEvents.publish(device, event)).toBe(true);
    await until('all events', () => heard.length === events.length);
    expect(heard).toEqual(events);
    await stores.deviceEvents.unsubscribe(device);
    expect(await other.deviceEvents.publish(device, { type: 'wake' })).toBe(false);
    // Again, after it was given up.
    await stores.deviceEvents.subscribe(device, (event) => heard.push(event));
    expect(await other.deviceEvents.publish(device, { type: 'wake' })).toBe(true);
    await stores.deviceEvents.unsubscribe(device);
  });

  test('a change of an account is heard on all nodes', async () => {
    const { stores, other } = context();
    const heard: string[] = [];
    await stores.accountEvents.subscribe((accountId) => heard.push(`one ${accountId}`));
    await other.accountEvents.subscribe((accountId) => heard.push(`two ${accountId}`));
    const accountId = newAccountId();
    await stores.accountEvents.publish(accountId);
    await until('both', () => heard.length === 2);
    expect(heard.sort()).toEqual([`one ${accountId}`, `two ${accountId}`]);
  });
}

export function describeJanitorLock(context: () => StoreContext): void {
  test('one node at a time sweeps', async () => {
    const { stores, other } = context();
    const held = await Promise.all([1, 2, 3, 4].map((n) => (n % 2 ? stores : other).janitorLock.acquire(150.5)));
    expect(held.filter(Boolean)).toHaveLength(1);
    await until('the lock to be free', () => other.janitorLock.acquire(10));
  });
}

export function describeServerKeyStore(context: () => StoreContext): void {
  test('the keys of the node that comes first hold for all', async () => {
    const { stores, other, connection } = context();
    await connection.execute(storageKeys.serverKeys, ['DEL', storageKeys.serverKeys]);
    const nodes = [stores, other, stores, other];
    const keys = await Promise.all(nodes.map((node, index) => node.serverKeys.loadOrStore(() => `keys ${index}`)));
    expect(new Set(keys).size).toBe(1);
    expect(await other.serverKeys.loadOrStore(() => 'late')).toBe(keys[0]);
  });
}
