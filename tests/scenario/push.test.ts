import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PushAddress } from '../../wire/schemas.ts';
import { removeDirectory, startAppliance, type Appliance } from '../support/appliance.ts';
import { findCanaries, placesOf, textMarker, type Marker } from '../support/canary.ts';
import { Apns } from '../support/push/apns.ts';
import { Fcm, fail } from '../support/push/fcm.ts';
import { pushEnvironment } from '../support/push/push-environment.ts';
import { PushService } from '../support/push/push-service.ts';
import { RawDevice } from '../support/raw-device.ts';
import { until } from '../support/until.ts';

describe('the real appliance wakes devices', () => {
  let apple: Apns;
  let google: Fcm;
  let service: PushService;
  let env: Record<string, string>;
  let appliance: Appliance;
  let owner: RawDevice;
  beforeAll(async () => {
    [apple, google, service] = await Promise.all([Apns.start(), Fcm.start(), PushService.start()]);
    env = { ...pushEnvironment(), ...apple.environment(), ...google.environment() };
    appliance = await startAppliance({ env });
    owner = await RawDevice.join(appliance.url, appliance.ownerLink!);
  });
  afterAll(async () => {
    await appliance.stop();
    await removeDirectory(appliance.dataDirectory);
    for (const standIn of [apple, google, service]) {
      expect(standIn.complaints).toEqual([]);
      await standIn.stop();
    }
  });

  const join = async (address: PushAddress) => {
    const device = await owner.inviteAndJoin(3, appliance.url);
    await device.call('putPushAddress', { body: address });
    return device;
  };

  test('over every provider; what goes to them says nothing, and their addresses lie nowhere in the open', async () => {
    const [apnsToken, voipToken, fcmToken] = [apple.newToken(), apple.newToken(), google.newToken()];
    const [web, unified] = [service.subscribe(), service.subscribe()];
    const devices = [
      await join({ webPush: web.address }),
      await join({ unifiedPush: unified.address }),
      await join({ apns: { token: apnsToken, topic: apple.topic, voipToken } }),
      await join({ fcm: { token: fcmToken } }),
    ];
    const content = { name: 'content', bytes: randomBytes(24) };
    const sender = await owner.connect();
    for (const device of devices) await sender.send(device, content.bytes);
    const untilWoken = (count: number) =>
      until(`${count} wakes`, () => appliance.output().split('A device was woken').length === count + 1);
    await untilWoken(4);
    for (const device of devices) await sender.send(device, content.bytes, { call: true, ttlSeconds: 60 });
    await untilWoken(8);
    expect(apple.received.map(({ pushType }) => pushType)).toEqual(['alert', 'voip']);
    expect([service.total, google.received.length]).toEqual([4, 2]);

    const accounts = [owner, ...devices].map(({ accountId }, index) => textMarker(accountId, `account ${index}`));
    const said: Marker[] = [content, ...accounts];
    const told = Buffer.concat([...service.raw, ...apple.raw, ...google.raw]);
    expect(
      await findCanaries([...said, { name: 'control', bytes: Buffer.from('apns-topic') }], {
        log: told.toString('latin1'),
      }),
    ).toEqual([expect.objectContaining({ marker: 'control' })]);

    const endpoint = (text: string) => new URL(text).pathname.split('/').at(-1)!;
    const secrets = [apnsToken, voipToken, fcmToken, web.address.p256dh, web.address.auth, unified.address.auth];
    const markers = [...secrets, endpoint(web.address.endpoint), endpoint(unified.address.endpoint)].map((text) =>
      textMarker(text),
    );
    const { redis, dataDirectory, log } = await placesOf(appliance);
    expect(await findCanaries(markers, { redis, dataDirectory, log })).toEqual([]);
    await sender.close();
  });

  test('killed while nobody can be woken: started again, it wakes each once', async () => {
    const tokens = Array.from({ length: 20 }, () => google.newToken());
    const devices: RawDevice[] = [];
    for (const token of tokens) devices.push(await join({ fcm: { token } }));
    google.outage = fail(503, 'UNAVAILABLE', 'UNAVAILABLE');
    const before = google.requests;
    const sender = await owner.connect();
    for (const device of devices) expect((await sender.send(device, 'waits')).$case).toBe('accepted');
    await until('an attempt', () => google.requests > before);
    await appliance.kill();
    google.outage = undefined;
    const { dataDirectory, port } = appliance;
    appliance = await startAppliance({ env, dataDirectory, port });
    const count = () => google.received.filter(({ token }) => tokens.includes(token)).length;
    await until('all wakes', () => count() === tokens.length, 30_000);
    for (const device of devices) {
      const connection = await device.connect();
      await connection.untilReceived(1);
      await connection.close();
    }
    expect(new Set(google.received.map(({ token }) => token)).size).toBe(google.received.length - 1);
    expect(count()).toBe(tokens.length);
  });
});
