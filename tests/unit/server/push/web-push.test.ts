import { createECDH } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encryptPush } from '../../../../server/push/encrypt-push.ts';
import { GuardedHttps, type ResolveAll } from '../../../../server/push/guarded-https.ts';
import { WebPushProvider } from '../../../../server/push/providers/web-push.ts';
import { createAddressCheck } from '../../../../server/push/public-address.ts';
import type { Wake } from '../../../../server/push/push-provider.ts';
import { createVapidKey, Vapid } from '../../../../server/push/vapid.ts';
import { PushService, type TestSubscription } from '../../../support/push/push-service.ts';
import { testCertificate } from '../../../support/push/test-certificate.ts';

const WAKE: Wake = { urgency: 'message', ttlSeconds: 600, registeredAt: 1 };
const HOUR_MS = 3600_000;

test('the encryption of RFC 8291, appendix A', () => {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw', 'base64url');
  const keys = {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  };
  const salt = Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url');
  const plaintext = Buffer.from('When I grow up, I want to be a watermelon');
  expect(encryptPush(plaintext, keys, { ecdh, salt }).toString('base64url')).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  );
});

describe('Web Push', () => {
  let now: number;
  let service: PushService;
  let subscription: TestSubscription;
  let providers: WebPushProvider[];
  beforeEach(async () => {
    now = Date.now();
    service = await PushService.start(() => now);
    subscription = service.subscribe();
    providers = [];
  });
  afterEach(async () => {
    for (const provider of providers) provider.close();
    await service.stop();
  });

  const vapid = () => new Vapid(createVapidKey(), 'mailto:admin@example.org', () => now);
  const newProvider = (allowed: string[], resolve?: ResolveAll) => {
    const ca = [testCertificate().cert];
    const https = new GuardedHttps({ isAllowed: createAddressCheck(allowed), ca, ...(resolve && { resolve }) });
    const provider = new WebPushProvider({ kind: 'webPush', https, vapid: vapid(), now: () => now });
    providers.push(provider);
    const send = (wake: Partial<Wake> = {}, endpoint = subscription.address.endpoint) =>
      provider.send({ kind: 'webPush', ...subscription.address, endpoint }, { ...WAKE, ...wake }, () => undefined);
    return { provider, send };
  };
  const named = (endpoint: string) => endpoint.replace('127.0.0.1', 'localhost');

  test('urgency, time to live, and the same few bytes each time', async () => {
    const { send } = newProvider(['127.0.0.1']);
    for (const urgency of ['message', 'call', 'quiet'] as const) {
      expect(await send({ urgency, ttlSeconds: 60 })).toEqual({ status: 'accepted', detail: '201' });
    }
    expect(subscription.pushes.map(({ urgency }) => urgency)).toEqual(['high', 'high', 'low']);
    expect(
      new Set(subscription.pushes.map(({ plaintext, bodyBytes, ttl }) => `${plaintext} ${bodyBytes} ${ttl}`)),
    ).toEqual(new Set(['{"vant":"wake"} 118 60']));
    expect(service.complaints).toEqual([]);
  });

  test('one VAPID token serves for hours, and is renewed before it ends', async () => {
    const { send } = newProvider(['127.0.0.1']);
    for (let hours = 0; hours < 24; hours++) {
      expect((await send()).status).toBe('accepted');
      now += HOUR_MS;
    }
    expect(service.tokens.size).toBe(3);
    expect(service.complaints).toEqual([]);
  });

  test.each([
    [{ status: 404 }, { status: 'gone', detail: '404' }],
    [{ status: 410 }, { status: 'gone' }],
    [{ status: 403 }, { status: 'refused', detail: '403' }],
    [{ status: 400 }, { status: 'refused' }],
    [{ status: 413 }, { status: 'refused' }],
    [
      { status: 429, headers: { 'retry-after': '120' } },
      { status: 'later', scope: 'device', afterMs: 120_000 },
    ],
    [{ status: 503 }, { status: 'later', scope: 'service', detail: '503' }],
    [
      { status: 500, headers: { 'retry-after': 'soon' } },
      { status: 'later', scope: 'service' },
    ],
  ])('what a push service says is understood: %j', async (answer, outcome) => {
    const { send } = newProvider(['127.0.0.1']);
    subscription.answers.push(answer);
    expect(await send()).toMatchObject(outcome);
  });

  test('a subscription that was made for another server is refused, not dropped', async () => {
    const [first, second] = [newProvider(['127.0.0.1']), newProvider(['127.0.0.1'])];
    await first.send();
    expect(await second.send()).toEqual({ status: 'refused', detail: '403' });
  });

  test('a redirect is not followed', async () => {
    const { send } = newProvider(['127.0.0.1']);
    const elsewhere = service.subscribe();
    subscription.answers.push({ status: 307, headers: { location: elsewhere.address.endpoint } });
    expect(await send()).toEqual({ status: 'refused', detail: '307' });
    expect(service.requests).toBe(1);
  });

  test('a private address is never connected to, in whatever way it is written', async () => {
    const { send, provider } = newProvider([]);
    const { port } = new URL(service.origin);
    const hosts = ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0'];
    for (const host of hosts) {
      const endpoint = `https://${host}:${port}/push/x`;
      expect((await send({}, endpoint)).status, host).toBe('refused');
      const target = { kind: 'webPush', ...subscription.address, endpoint } as const;
      await expect(provider.check(target), host).rejects.toMatchObject({ code: 'PUSH_ADDRESS_REFUSED' });
    }
    expect(service.requests).toBe(0);
  });

  test('a name that changes its address after it was checked is caught when the connection is made', async () => {
    const answers = ['192.0.2.1', '8.8.8.8', '127.0.0.1'];
    const seen: string[] = [];
    const resolve: ResolveAll = async () => {
      const address = answers.pop() ?? '127.0.0.1';
      seen.push(address);
      return [{ address, family: 4 }];
    };
    const { send, provider } = newProvider([], resolve);
    answers.splice(0, answers.length, '127.0.0.1', '8.8.8.8');
    const endpoint = named(subscription.address.endpoint);
    await provider.check({ kind: 'webPush', ...subscription.address, endpoint });
    expect(await send({}, endpoint)).toEqual({ status: 'refused', detail: 'the endpoint leads to a private address' });
    expect(seen).toEqual(['8.8.8.8', '127.0.0.1']);
    expect(service.requests).toBe(0);
  });

  test('of several addresses only the public ones are used', async () => {
    const resolve: ResolveAll = async () => [
      { address: '10.0.0.1', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    const { send } = newProvider(['127.0.0.1'], resolve);
    await send({}, named(subscription.address.endpoint));
    expect(service.requests).toBe(1);
  });

  test('what does not resolve, or cannot be reached, is tried later', async () => {
    const resolve: ResolveAll = async () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }));
    expect(await newProvider([], resolve).send({}, 'https://push.example.org/x')).toEqual({
      status: 'later',
      scope: 'service',
      detail: 'ENOTFOUND',
    });
    const { send } = newProvider(['127.0.0.1']);
    expect(await send({}, 'https://127.0.0.1:9/push')).toMatchObject({ status: 'later', detail: 'ECONNREFUSED' });
  });

  test('an answer that never ends is not read to its end, and one that never comes is not waited for', async () => {
    const https = new GuardedHttps({
      isAllowed: createAddressCheck(['127.0.0.1']),
      ca: [testCertificate().cert],
      timeoutMs: 100,
    });
    const post = () => https.post(new URL(subscription.address.endpoint), {}, new Uint8Array(), () => undefined);
    subscription.answers.push({ status: 500, body: Buffer.alloc(4 * 1024 * 1024, 'x') });
    expect((await post()).text).toHaveLength(4096);
    service.outage = 'hang';
    await expect(post()).rejects.toThrow('no answer within 0.1 s');
    https.close();
  });

  test('a certificate that nobody vouches for is not trusted', async () => {
    const https = new GuardedHttps({ isAllowed: createAddressCheck(['127.0.0.1']), ca: undefined });
    const provider = new WebPushProvider({ kind: 'webPush', https, vapid: vapid(), now: () => now });
    providers.push(provider);
    const target = { kind: 'webPush', ...subscription.address } as const;
    expect(await provider.send(target, WAKE, () => undefined)).toMatchObject({ status: 'later' });
    expect(service.requests).toBe(0);
  });
});
