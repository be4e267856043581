import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { DeviceAddress } from '../../../server/devices/device-address.ts';
import type { NewEntry } from '../../../server/messages/message-store.ts';
import type { DeviceId } from '../../../wire/ids.ts';
import { createAccount, LATER_MS, newAccountId, primaryOf, storageKeys, type StoreContext } from './store-context.ts';

const WEEK = 7 * 24 * LATER_MS;

const newEntry = (text: string, more: Partial<NewEntry> = {}): NewEntry => ({
  messageId: randomBytes(16),
  envelope: Buffer.from(text),
  isResend: false,
  ...more,
});

export function describeMessageStore(context: () => StoreContext): void {
  const messages = () => context().stores.messages;
  const newQueue = async () => primaryOf((await createAccount(context())).accountId);
  const textsOf = async (device: DeviceAddress) =>
    (await messages().read(device, '', 100_000)).entries.map(({ envelope }) => Buffer.from(envelope).toString());
  const countExpiries = async (device: DeviceAddress) => {
    const key = storageKeys.expiries(device);
    return await context().connection.execute(key, ['ZCARD', key]);
  };

  test('entries come in the order in which they were appended, in pages, with the length of the queue', async () => {
    const device = await newQueue();
    const results = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((text) => messages().append(device, newEntry(text))),
    );
    expect(results.map((result) => result.status === 'appended' && result.queueLength)).toEqual([1, 2, 3, 4, 5]);
    const first = await messages().read(device, '', 2);
    const second = await messages().read(device, first.entries[1]!.entryId, 10);
    const both = [...first.entries, ...second.entries].map(({ envelope }) => Buffer.from(envelope).toString());
    expect(both).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect([first.queueLength, second.queueLength]).toEqual([5, 5]);
  });

  test('an entry with an own time to live or of a resend overtakes none and is overtaken by none', async () => {
    const device = await newQueue();
    const kinds = [{}, { ttlMs: 60_000 }, { isResend: true }];
    const entries = Array.from({ length: 60 }, (_, index) => newEntry(String(index), kinds[index % 3]));
    // The script is known to no server yet, as after a restart of Redis.
    await Promise.all(
      Array.from({ length: 9 }, () => context().connection.execute(storageKeys.queue(device), ['SCRIPT', 'FLUSH'])),
    );
    await Promise.all(entries.map((entry) => messages().append(device, entry)));
    expect(await textsOf(device)).toEqual(entries.map((_, index) => String(index)));
  });

  test('what has been removed is gone, and removing it again does no harm', async () => {
    const device = await newQueue();
    const [a, b] = [await messages().append(device, newEntry('a')), await messages().append(device, newEntry('b'))];
    const ids = [a, b].map((result) => (result.status === 'appended' ? result.entryId : ''));
    await messages().remove(device, [ids[0]!]);
    await messages().remove(device, ids);
    expect(await messages().countQueued(device)).toBe(0);
    expect(await messages().append(device, newEntry('c'))).toMatchObject({ queueLength: 1 });
  });

  test('there is no queue for a device that is not there, and nothing makes one', async () => {
    const device = primaryOf(newAccountId());
    for (const more of [{}, { ttlMs: 5 }, { isResend: true }]) {
      expect(await messages().append(device, newEntry('x', more))).toEqual({ status: 'no-device' });
    }
    await messages().remove(device, ['1-0']);
    expect(await messages().removeExpired(device, WEEK)).toBe(0);
    expect(await context().connection.execute(storageKeys.queue(device), ['EXISTS', storageKeys.queue(device)])).toBe(
      0,
    );
    expect(await countExpiries(device)).toBe(0);
  });

  test('a resend is found wherever in the queue the first one lies, and appended when it is not there', async () => {
    const device = await newQueue();
    const [first, ...others] = Array.from({ length: 450 }, (_, index) => newEntry(String(index)));
    await Promise.all([first!, ...others].map((entry) => messages().append(device, entry)));
    for (const entry of [first!, others[199]!, others.at(-1)!]) {
      expect(await messages().append(device, { ...entry, isResend: true })).toEqual({ status: 'duplicate' });
    }
    expect(await messages().append(device, newEntry('new', { isResend: true }))).toMatchObject({ queueLength: 451 });
    // Without the mark nobody looks.
    expect(await messages().append(device, first!)).toMatchObject({ queueLength: 452 });
  });

  test('expired entries are gone from Redis: by the time to live of the server, and by their own', async () => {
    const { later, stores } = context();
    const device = await newQueue();
    await messages().append(device, newEntry('for a week'));
    await messages().append(device, newEntry('half an hour', { ttlMs: LATER_MS / 2 }));
    await messages().append(device, newEntry('two hours', { ttlMs: 2 * LATER_MS }));
    expect(await stores.messages.removeExpired(device, WEEK)).toBe(0);
    expect(await later.messages.removeExpired(device, WEEK)).toBe(1);
    expect(await textsOf(device)).toEqual(['for a week', 'two hours']);
    expect(await countExpiries(device)).toBe(1);
    // The admin has shortened it.
    expect(await later.messages.removeExpired(device, LATER_MS / 2)).toBe(2);
    expect(await messages().countQueued(device)).toBe(0);
  });

  test('however many expire at once, none stays for the next sweep', async () => {
    const { later } = context();
    const device = await newQueue();
    await Promise.all(Array.from({ length: 2500 }, () => messages().append(device, newEntry('x', { ttlMs: 1000 }))));
    expect(await later.messages.removeExpired(device, WEEK)).toBe(2500);
    expect(await countExpiries(device)).toBe(0);
  });

  test('queues of two devices do not touch each other', async () => {
    const device = await newQueue();
    const other = { ...device, deviceId: 2 as DeviceId };
    await messages().append(device, newEntry('mine'));
    expect(await messages().append(other, newEntry('theirs'))).toEqual({ status: 'no-device' });
    expect(await textsOf(device)).toEqual(['mine']);
  });
}
