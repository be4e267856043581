import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { DeviceAddress } from '../../../server/devices/device-address.ts';
import type { StoredPushAddress, WantedWake } from '../../../server/push/push-store.ts';
import type { Urgency } from '../../../server/push/urgency.ts';
import type { PushKind } from '../../../wire/schemas.ts';
import { createAccount, findTraces, newAccountId, primaryOf, storageKeys, type StoreContext } from './store-context.ts';

const RINGS_UNTIL = 60_000;

const newAddress = (kind: PushKind = 'fcm', id = randomBytes(6).toString('hex')): StoredPushAddress => ({
  id,
  kind,
  sealed: randomBytes(80),
  registeredAt: 1000,
});

export function describePushStore(context: () => StoreContext): void {
  const push = () => context().stores.push;
  const newDevice = async () => primaryOf((await createAccount(context())).accountId);
  const newWakeable = async (kind?: PushKind) => {
    const device = await newDevice();
    const address = newAddress(kind);
    expect(await push().put(device, address)).toBe(true);
    return { device, address };
  };
  const queueMail = async (device: DeviceAddress) => {
    const entry = { messageId: randomBytes(16), envelope: Buffer.from('mail'), isResend: false };
    const result = await context().stores.messages.append(device, entry);
    return result.status === 'appended' ? result.entryId : '';
  };
  const want = (device: DeviceAddress, urgency: Urgency, more: Partial<WantedWake> = {}) =>
    push().want(device, { urgency, isForced: false, ringsUntil: RINGS_UNTIL, ...more });
  const wake = async (device: DeviceAddress, now = 2000) => {
    const loaded = await push().load(device, now);
    if (loaded !== undefined) await push().noteWoken(device, loaded, now);
    return loaded?.urgency;
  };

  test('an address is stored, replaced, removed; never for a device that is gone', async () => {
    const { device, address } = await newWakeable();
    expect((await context().other.push.find(device)).address).toEqual(address);
    const next = newAddress('webPush');
    await push().put(device, next);
    expect((await push().find(device)).address).toEqual(next);
    await push().remove(device);
    expect(await push().find(device)).toEqual({});
    expect(await push().put(primaryOf(newAccountId()), newAddress())).toBe(false);
  });

  test('of a removed device or account nothing stays behind, not even on the lists of wakes', async () => {
    for (const isAccount of [true, false]) {
      const { device } = await newWakeable();
      await queueMail(device);
      await want(device, 'message');
      await context().stores.wakes.add('fcm', device, 1);
      expect(await findTraces(context(), device.accountId)).not.toEqual([]);
      if (isAccount) await context().stores.accounts.remove(device.accountId);
      else await context().stores.accounts.removeDevice(device);
      const left = isAccount ? device.accountId : `${device.accountId}.${device.deviceId}`;
      expect(await findTraces(context(), left)).toEqual([]);
      expect(await push().find(device)).toEqual({});
    }
  });

  test('a dead address is dropped only if it is still the same, and the reason is kept until the next one', async () => {
    const { device, address } = await newWakeable();
    const next = newAddress();
    await push().put(device, next);
    expect(await push().drop(device, address.id, 'Unregistered', 5000)).toBe(false);
    expect(await push().findDropped(device)).toBeUndefined();
    expect(await push().drop(device, next.id, 'Unregistered', 5000)).toBe(true);
    expect(await push().findDropped(device)).toBe('Unregistered');
    expect(await push().find(device)).toEqual({ dropped: { reason: 'Unregistered', at: 5000 } });
    expect(await want(device, 'message')).toBeUndefined();
    await push().put(device, newAddress());
    expect(await push().findDropped(device)).toBeUndefined();
  });

  test('one wake while what it was about waits; a more urgent one in between', async () => {
    const { device, address } = await newWakeable();
    const first = await queueMail(device);
    expect(await want(device, 'quiet')).toEqual({ kind: 'fcm', wokenAt: 0, notBefore: 0 });
    expect(await push().load(device, 2000)).toEqual({
      address,
      urgency: 'quiet',
      isForced: false,
      attempts: 0,
      through: first,
      changes: '1',
    });
    expect(await wake(device)).toBe('quiet');
    expect(await want(device, 'quiet')).toBeUndefined();
    await queueMail(device);
    expect(await want(device, 'message')).toMatchObject({ wokenAt: 2000 });
    expect(await wake(device)).toBe('message');
    expect(await want(device, 'message')).toBeUndefined();
    expect(await want(device, 'call')).toBeDefined();
    expect(await wake(device)).toBe('call');
    for (const urgency of ['quiet', 'message', 'call'] as const) expect(await want(device, urgency)).toBeUndefined();
    expect(await wake(device)).toBeUndefined();
  });

  test('what has been fetched needs no wake, and what comes after that does', async () => {
    const { device } = await newWakeable();
    const first = await queueMail(device);
    await want(device, 'message');
    await wake(device);
    await context().stores.messages.remove(device, [first]);
    const second = await queueMail(device);
    expect(await want(device, 'message')).toBeDefined();
    await context().stores.messages.remove(device, [second]);
    expect(await push().load(device, 3000)).toBeUndefined();
    await queueMail(device);
    expect(await push().load(device, 3000), 'the wish for the one that was fetched is over').toBeUndefined();
  });

  test('mail that comes while a wake is under way is not forgotten', async () => {
    const { device } = await newWakeable();
    const first = await queueMail(device);
    await want(device, 'message');
    const loaded = (await push().load(device, 2000))!;
    // The device is quicker than the answer of the provider: it fetches, leaves, and the next one comes.
    await context().stores.messages.remove(device, [first]);
    const second = await queueMail(device);
    await want(device, 'message');
    await push().noteWoken(device, loaded, 2000);
    expect(await push().load(device, 2500)).toMatchObject({ urgency: 'message', through: second });
  });

  test('a device that was connected since its last wake may be woken again for the same mail', async () => {
    const { device } = await newWakeable();
    await queueMail(device);
    await want(device, 'message');
    await wake(device, 2000);
    expect(await want(device, 'message', { connectedSince: 1999 })).toBeUndefined();
    expect(await want(device, 'message', { connectedSince: 2001, isForced: true })).toMatchObject({ wokenAt: 2000 });
    expect(await push().load(device, 3000)).toMatchObject({ isForced: true });
  });

  test('a call that rings no more is a message', async () => {
    const { device } = await newWakeable();
    await queueMail(device);
    await want(device, 'call');
    expect(await push().load(device, RINGS_UNTIL)).toMatchObject({ urgency: 'call' });
    expect(await push().load(device, RINGS_UNTIL + 1)).toMatchObject({ urgency: 'message' });
  });

  test('browsers are not wanted for what is not urgent', async () => {
    for (const [kind, isWanted] of [
      ['webPush', false],
      ['unifiedPush', true],
      ['apns', true],
      ['fcm', true],
    ] as const) {
      const { device } = await newWakeable(kind);
      await queueMail(device);
      expect((await want(device, 'quiet')) !== undefined, kind).toBe(isWanted);
    }
  });

  test('a failed attempt is counted, and the time of the next one kept; success forgets both', async () => {
    const { device } = await newWakeable();
    await queueMail(device);
    await want(device, 'message');
    expect(await push().notePostponed(device, (await push().load(device, 2000))!, 1, 9000)).toBe(true);
    expect(await want(device, 'message')).toMatchObject({ notBefore: 9000 });
    expect(await push().load(device, 9000)).toMatchObject({ attempts: 1 });
    await wake(device, 9000);
    expect(await want(device, 'call')).toMatchObject({ notBefore: 0 });
  });

  test('nothing is written down about an address that has been replaced', async () => {
    const { device } = await newWakeable();
    await queueMail(device);
    await want(device, 'message');
    const loaded = (await push().load(device, 2000))!;
    await push().put(device, newAddress());
    await push().noteWoken(device, loaded, 2000);
    expect(await push().load(device, 2000)).toMatchObject({ urgency: 'message' });
    await push().remove(device);
    expect(await push().notePostponed(device, loaded, 1, 1)).toBe(false);
    expect(await push().find(device)).toEqual({});
    expect(await findTraces(context(), storageKeys.pushRecord(device))).toEqual([]);
  });

  test('the sweep finds what nobody has noted, and forgets who has no address', async () => {
    const { device } = await newWakeable('apns');
    const listed = async () => {
      const devices: DeviceAddress[] = [];
      for await (const each of push().listDevices()) if (isSame(each, device)) devices.push(each);
      return devices;
    };
    expect(await listed()).toEqual([device]);
    expect(await push().findUnwoken(device)).toBeUndefined();
    await queueMail(device);
    expect(await push().findUnwoken(device)).toEqual({ kind: 'apns' });
    await want(device, 'quiet');
    expect(await push().findUnwoken(device)).toEqual({ kind: 'apns', urgency: 'quiet' });
    await wake(device);
    expect(await push().findUnwoken(device)).toBeUndefined();
    await context().connection.execute(storageKeys.pushRecord(device), ['DEL', storageKeys.pushRecord(device)]);
    expect(await push().findUnwoken(device)).toBeUndefined();
    expect(await listed()).toEqual([]);
  });

  test('the first node decides on the data key and the VAPID key', async () => {
    const { stores, other, connection } = context();
    const { pushKeyId, pushVapid } = storageKeys;
    await connection.execute(pushKeyId, ['DEL', pushKeyId]);
    await connection.execute(pushVapid, ['DEL', pushVapid]);
    expect(await stores.push.claimKeyId('one')).toBe('one');
    expect(await other.push.claimKeyId('two')).toBe('one');
    await other.push.replaceKeyId('two');
    expect(await stores.push.claimKeyId('one')).toBe('two');
    expect(await stores.push.claimVapid(Uint8Array.of(1, 0, 255))).toEqual(Buffer.from([1, 0, 255]));
    expect(await other.push.claimVapid(Uint8Array.of(2))).toEqual(Buffer.from([1, 0, 255]));
    await other.push.replaceVapid(Uint8Array.of(2));
    expect(await stores.push.claimVapid(Uint8Array.of(3))).toEqual(Buffer.of(2));
  });
}

const isSame = (a: DeviceAddress, b: DeviceAddress) => a.accountId === b.accountId && a.deviceId === b.deviceId;
