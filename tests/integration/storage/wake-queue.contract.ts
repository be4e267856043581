import { expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { newAccountId, primaryOf, storageKeys, type StoreContext } from './store-context.ts';

export function describeWakeQueue(context: () => StoreContext): void {
  const one = () => context().stores.wakes;
  const two = () => context().other.wakes;
  const newDevice = () => primaryOf(newAccountId());
  /** The lists are the same for all tests. */
  const begin = async () => {
    const keys = [storageKeys.pushLease, storageKeys.pushDue('fcm'), storageKeys.pushClaimed('fcm')];
    for (const key of keys) await context().connection.execute(key, ['DEL', key]);
    expect(await one().acquireLease('lease', 60_000)).toBe('new');
  };
  const claim = (now: number, limit = 100, lease = 'lease') => one().claim('fcm', lease, now, limit);

  test('what is due is claimed in the order of time, once, up to a limit', async () => {
    await begin();
    const devices = [newDevice(), newDevice(), newDevice()];
    for (const [index, device] of devices.entries()) await two().add('fcm', device, 100 + index);
    expect(await claim(99)).toEqual({ devices: [], nextDueAt: 100 });
    expect(await claim(102, 2)).toEqual({ devices: devices.slice(0, 2), nextDueAt: 102 });
    expect(await claim(102, 2)).toEqual({ devices: devices.slice(2), nextDueAt: undefined });
    expect(await claim(102)).toEqual({ devices: [], nextDueAt: undefined });
    expect(await one().claim('apns', 'lease', 102, 10)).toEqual({ devices: [], nextDueAt: undefined });
  });

  test('an earlier time wins, and a later one does not put off', async () => {
    await begin();
    const device = newDevice();
    await one().add('fcm', device, 500);
    await two().add('fcm', device, 900);
    expect(await claim(499)).toEqual({ devices: [], nextDueAt: 500 });
    await two().add('fcm', device, 100);
    expect(await one().count('fcm')).toBe(1);
    expect(await claim(100)).toMatchObject({ devices: [device] });
  });

  test('what comes for a device that is being woken is looked at a moment later', async () => {
    await begin();
    const device = newDevice();
    await one().add('fcm', device, 100);
    await claim(100);
    await two().add('fcm', device, 150);
    expect(await claim(200)).toEqual({ devices: [], nextDueAt: 1200 });
    await one().settle('fcm', device);
    expect(await claim(1200)).toMatchObject({ devices: [device] });
  });

  test('a wake that failed is due again when it is said, or earlier when something asks for that', async () => {
    await begin();
    const device = newDevice();
    await one().add('fcm', device, 100);
    await claim(100);
    await one().settle('fcm', device, 5000);
    expect(await claim(4999)).toEqual({ devices: [], nextDueAt: 5000 });
    expect(await claim(5000)).toMatchObject({ devices: [device] });
  });

  test('a missing one is added, one that is there or under way is left alone', async () => {
    await begin();
    const device = newDevice();
    await one().addMissing('fcm', device, 300);
    await two().addMissing('fcm', device, 100);
    expect(await claim(299)).toEqual({ devices: [], nextDueAt: 300 });
    await claim(300);
    await two().addMissing('fcm', device, 400);
    expect(await one().count('fcm')).toBe(0);
  });

  test('without the lease nothing is claimed; whoever takes it over gets what was under way', async () => {
    await begin();
    const device = newDevice();
    await one().add('fcm', device, 100);
    expect(await claim(100, 10, 'another')).toBeUndefined();
    await claim(100);
    expect(await two().acquireLease('another', 60_000)).toBeUndefined();
    await two().recover('another', 200);
    expect(await claim(1000)).toMatchObject({ devices: [] });
    await one().releaseLease('another');
    expect(await two().acquireLease('another', 60_000), 'only its holder gives it back').toBeUndefined();
    await one().releaseLease('lease');
    expect(await two().acquireLease('another', 60_000)).toBe('new');
    expect(await claim(1000)).toBeUndefined();
    await two().recover('another', 200);
    expect(await two().claim('fcm', 'another', 200, 10)).toMatchObject({ devices: [device] });
  });

  test('a lease is prolonged by its holder, and ends by itself', async () => {
    await begin();
    expect(await one().acquireLease('lease', 50)).toBe('held');
    await until('the end of the lease', async () => (await two().acquireLease('another', 60_000)) === 'new');
    expect(await one().acquireLease('alone', undefined)).toBe('new');
    expect(await two().acquireLease('another', 60_000)).toBeUndefined();
  });

  test('adding is heard on the other node', async () => {
    await begin();
    const heard: string[] = [];
    await two().onAdded((kind) => heard.push(kind));
    await one().add('fcm', newDevice(), 100);
    await until('the news', () => heard.length === 1);
    expect(heard).toEqual(['fcm']);
  });
}
