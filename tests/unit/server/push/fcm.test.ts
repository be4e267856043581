import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FcmProvider } from '../../../../server/push/providers/fcm.ts';
import type { Wake } from '../../../../server/push/push-provider.ts';
import { parseServiceAccount, ServiceAccount } from '../../../../server/push/service-account.ts';
import { Fcm, fail } from '../../../support/push/fcm.ts';
import { testCertificate } from '../../../support/push/test-certificate.ts';

const WAKE: Wake = { urgency: 'message', ttlSeconds: 600, registeredAt: 1 };
const trace = () => undefined;

describe('FCM', () => {
  let now: number;
  let google: Fcm;
  let provider: FcmProvider;
  let token: string;
  beforeEach(async () => {
    now = Date.now();
    google = await Fcm.start(() => now);
    const ca = [testCertificate().cert];
    const account = new ServiceAccount(parseServiceAccount(google.serviceAccount), ca, () => now);
    provider = new FcmProvider({ account, endpoint: google.origin, ca, now: () => now });
    token = google.newToken();
  });
  afterEach(async () => {
    provider.close();
    await google.stop();
    expect(google.complaints).toEqual([]);
  });
  const send = (wake: Partial<Wake> = {}) => provider.send({ kind: 'fcm', token }, { ...WAKE, ...wake }, trace);

  test('a data message that says that it is one, with the priority of its urgency', async () => {
    for (const urgency of ['message', 'quiet', 'call'] as const) {
      expect(await send({ urgency })).toEqual({ status: 'accepted', detail: '200' });
    }
    const android = { ttl: '600s', collapse_key: 'vant' };
    expect(google.received).toEqual(
      ['HIGH', 'NORMAL', 'HIGH'].map((priority) => ({
        token,
        data: { vant: 'wake' },
        android: { priority, ...android },
      })),
    );
  });

  test('one access token for many at once; a new one before it ends, and when it is refused', async () => {
    await Promise.all(Array.from({ length: 50 }, () => send()));
    expect(google.tokensIssued).toBe(1);
    now += 54 * 60_000;
    await send();
    expect(google.tokensIssued).toBe(1);
    now += 2 * 60_000;
    await send();
    expect(google.tokensIssued).toBe(2);
    google.revokeTokens();
    expect(await send()).toMatchObject({ status: 'accepted' });
    expect(google.tokensIssued).toBe(3);
  });

  test.each([
    [fail(404, 'NOT_FOUND', 'UNREGISTERED'), { status: 'gone', detail: '404 UNREGISTERED' }],
    [fail(403, 'PERMISSION_DENIED', 'SENDER_ID_MISMATCH'), { status: 'gone' }],
    [fail(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'), { status: 'refused' }],
    [fail(429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED'), { status: 'later', scope: 'service', afterMs: 60_000 }],
    [fail(429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED', { 'retry-after': '90' }), { status: 'later', afterMs: 90_000 }],
    [
      fail(503, 'UNAVAILABLE', 'UNAVAILABLE', { 'retry-after': '5' }),
      { status: 'later', scope: 'service', afterMs: 5_000 },
    ],
    [fail(500, 'INTERNAL', 'INTERNAL'), { status: 'later', scope: 'service' }],
    [fail(403, 'PERMISSION_DENIED'), { status: 'later', scope: 'service', afterMs: 300_000 }],
    [fail(404, 'NOT_FOUND'), { status: 'refused', detail: '404 NOT_FOUND' }],
    [{ status: 502 }, { status: 'later', detail: '502 without a code' }],
  ])('what Google says is understood: %j', async (answer, outcome) => {
    await send();
    google.next.push(answer);
    expect(await send()).toMatchObject(outcome);
  });

  test('a token service that is down, or refuses the key, stops all for a while', async () => {
    google.next.push({ status: 503 });
    expect(await send()).toMatchObject({ status: 'later', scope: 'service' });
    google.next.push({ status: 400, body: { error: 'invalid_grant' } });
    expect(await send()).toEqual({
      status: 'later',
      scope: 'service',
      detail: 'the service account was refused with 400',
      afterMs: 300_000,
    });
    expect(google.received).toEqual([]);
  });

  test.each([
    ['{', /not JSON/],
    ['{}', /no (project_id|client_email|private_key)|private_key/],
    [
      JSON.stringify({ project_id: 'p', client_email: 'e', private_key: 'k', private_key_id: 'i' }),
      /private_key is not/,
    ],
  ])('a key file that is none is refused, and not quoted: %s', (file, message) => {
    expect(() => parseServiceAccount(file)).toThrow(message);
  });
});
