import { createPrivateKey } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Http2Client } from '../../../../server/push/http2-client.ts';
import { ApnsProvider } from '../../../../server/push/providers/apns.ts';
import type { Wake } from '../../../../server/push/push-provider.ts';
import type { ApnsTarget } from '../../../../server/push/push-target.ts';
import { Apns, refuse } from '../../../support/push/apns.ts';
import { testCertificate } from '../../../support/push/test-certificate.ts';

const HOUR_MS = 3600_000;
const WAKE: Wake = { urgency: 'message', ttlSeconds: 600, registeredAt: 5_000_000_000 };
const trace = () => undefined;

describe('APNs', () => {
  let now: number;
  let apple: Apns;
  let provider: ApnsProvider;
  let target: ApnsTarget;
  beforeEach(async () => {
    now = Date.now();
    apple = await Apns.start(() => now);
    const { keyId, teamId, topic, origin } = apple;
    provider = new ApnsProvider({
      key: createPrivateKey(apple.privateKeyPem),
      keyId,
      teamId,
      topics: [topic],
      endpoint: origin,
      sandboxEndpoint: 'https://127.0.0.1:9',
      ca: [testCertificate().cert],
      now: () => now,
    });
    target = { kind: 'apns', token: apple.newToken(), topic };
  });
  afterEach(async () => {
    provider.close();
    await apple.stop();
    expect(apple.complaints).toEqual([]);
  });
  const send = (wake: Partial<Wake> = {}, to: Partial<ApnsTarget> = {}) =>
    provider.send({ ...target, ...to }, { ...WAKE, ...wake }, trace);

  test('a message is an alert, a receipt a background push, a call goes to the voip token; each says only that', async () => {
    const voipToken = apple.newToken();
    const expiration = Math.floor(now / 1000) + 600;
    const common = { topic: apple.topic, expiration, collapseId: 'vant' };
    for (const urgency of ['message', 'quiet', 'call'] as const) {
      expect(await send({ urgency }, { voipToken })).toEqual({ status: 'accepted', detail: '200' });
    }
    expect(apple.received).toEqual([
      {
        ...common,
        token: target.token,
        pushType: 'alert',
        priority: 10,
        payload: { aps: { alert: { 'loc-key': 'VANT_MESSAGE_WAITS' }, 'mutable-content': 1, sound: 'default' } },
      },
      {
        ...common,
        token: target.token,
        pushType: 'background',
        priority: 5,
        payload: { aps: { 'content-available': 1 } },
      },
      {
        ...common,
        token: voipToken,
        topic: `${apple.topic}.voip`,
        pushType: 'voip',
        priority: 10,
        payload: { aps: {} },
      },
    ]);
  });

  test('a call without a voip token, or with a dead one, is an alert', async () => {
    const voipToken = apple.newToken();
    apple.dead.set(voipToken, refuse(410, 'Unregistered', { timestamp: WAKE.registeredAt + 1 }));
    await send({ urgency: 'call' });
    await send({ urgency: 'call' }, { voipToken });
    expect(apple.received.map(({ pushType }) => pushType)).toEqual(['alert', 'alert']);
  });

  test('one connection and one provider token for many; a new token before the hour is over', async () => {
    await Promise.all(Array.from({ length: 200 }, () => send()));
    expect(apple).toMatchObject({ sessions: 1, requests: 200 });
    expect(apple.providerTokens.size).toBe(1);
    for (let minutes = 0; minutes < 3 * 60; minutes += 10) {
      now += 600_000;
      expect((await send()).status).toBe('accepted');
    }
    expect(apple.providerTokens.size).toBe(4);
  });

  test('a token that Apple calls expired is renewed once, but not within 20 minutes', async () => {
    await send();
    apple.next.push(refuse(403, 'ExpiredProviderToken'));
    expect(await send()).toMatchObject({ status: 'later', scope: 'service' });
    now += 20 * 60_000;
    apple.next.push(refuse(403, 'ExpiredProviderToken'));
    expect(await send()).toMatchObject({ status: 'accepted' });
    expect(apple.providerTokens.size).toBe(2);
  });

  test.each([
    [refuse(400, 'BadDeviceToken'), { status: 'gone', detail: '400 BadDeviceToken' }],
    [refuse(400, 'DeviceTokenNotForTopic'), { status: 'gone' }],
    [refuse(410, 'Unregistered', { timestamp: WAKE.registeredAt }), { status: 'gone', detail: '410 Unregistered' }],
    [refuse(410, 'Unregistered', { timestamp: WAKE.registeredAt - 1 }), { status: 'refused' }],
    [refuse(410, 'ExpiredToken'), { status: 'gone' }],
    [refuse(400, 'BadCollapseId'), { status: 'refused', detail: '400 BadCollapseId' }],
    [refuse(413, 'PayloadTooLarge'), { status: 'refused' }],
    [refuse(403, 'InvalidProviderToken'), { status: 'later', scope: 'service', afterMs: 300_000 }],
    [refuse(429, 'TooManyRequests'), { status: 'later', scope: 'device' }],
    [
      { ...refuse(429, 'TooManyRequests'), headers: { 'retry-after': '7' } },
      { status: 'later', afterMs: 7_000 },
    ],
    [refuse(429, 'TooManyProviderTokenUpdates'), { status: 'later', scope: 'service' }],
    [refuse(500, 'InternalServerError'), { status: 'later', scope: 'service' }],
    [refuse(503, 'Shutdown'), { status: 'later', scope: 'service', detail: '503 Shutdown' }],
    [{ status: 502 }, { status: 'later', detail: '502 without a reason' }],
  ])('what Apple says is understood: %j', async (answer, outcome) => {
    apple.next.push(answer);
    expect(await send()).toMatchObject(outcome);
  });

  test('GOAWAY: what was not looked at goes over the next connection, nothing twice', async () => {
    apple.goawayAfter = 30;
    const tokens = Array.from({ length: 100 }, () => apple.newToken());
    const queue = [...tokens];
    const worker = async () => {
      for (let token = queue.shift(); token !== undefined; token = queue.shift()) {
        expect((await send({}, { token })).status).toBe('accepted');
      }
    };
    await Promise.all(Array.from({ length: 5 }, worker));
    expect(apple.received.map(({ token }) => token).sort()).toEqual(tokens.sort());
    expect(apple.sessions).toBeGreaterThan(2);
  });

  test('GOAWAY as the answer to a request, again and again, is an outage in the end', async () => {
    apple.next.push('goaway');
    expect((await send()).status).toBe('accepted');
    apple.outage = 'goaway';
    expect(await send()).toMatchObject({ status: 'later', scope: 'service' });
  });

  test('a connection that breaks, and one that cannot be opened, are told, and the next attempt opens another', async () => {
    await send();
    apple.next.push('reset');
    expect(await send()).toMatchObject({ status: 'later', scope: 'service' });
    expect(await send()).toMatchObject({ status: 'accepted' });
    expect(await send({}, { sandbox: true })).toEqual({ status: 'later', scope: 'service', detail: 'ECONNREFUSED' });
    expect(provider.serviceOf({ ...target, sandbox: true })).not.toBe(provider.serviceOf(target));
  });

  test('an answer that does not come is not waited for, and its connection is given up', async () => {
    const client = new Http2Client({ origin: apple.origin, ca: [testCertificate().cert], timeoutMs: 100 });
    apple.outage = 'hang';
    await expect(client.post('/3/device/x', {}, '', trace)).rejects.toThrow('no answer within 0.1 s');
    apple.outage = { status: 200 };
    expect(await client.post('/3/device/x', {}, '', trace)).toMatchObject({ status: 200 });
    expect(apple.sessions).toBe(2);
    client.close();
  });

  test('topics that the admin has not named are refused', async () => {
    await provider.check(target);
    await expect(provider.check({ ...target, topic: 'com.other.app' })).rejects.toMatchObject({
      code: 'PUSH_ADDRESS_REFUSED',
    });
  });

  test('a clock that went back makes no token of the future', async () => {
    await send();
    now -= HOUR_MS;
    expect((await send()).status).toMatch(/accepted|later/);
  });
});
