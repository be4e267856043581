import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '../../support/free-port.ts';
import { createRoundTripCheck } from '../../../cli/doctor/push-round-trip.ts';
import { createPushChecks } from '../../../server/doctor/push-checks.ts';
import type { Finding } from '../../../server/doctor/check.ts';
import { loadConfig } from '../../../config/load.ts';
import { DATA_KEY_FILE, loadDataKey } from '../../../server/storage/data-key.ts';
import { Apns, refuse } from '../../support/push/apns.ts';
import { Fcm, fail } from '../../support/push/fcm.ts';
import { pushEnvironment } from '../../support/push/push-environment.ts';
import { createTestDirectory } from '../../support/redis-process.ts';
import { startNode } from '../../support/server.ts';

describe('vant doctor push', () => {
  let apple: Apns;
  let google: Fcm;
  let data: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    [apple, google] = await Promise.all([Apns.start(), Fcm.start()]);
    data = join(createTestDirectory(), 'data');
    env = {
      ...pushEnvironment(),
      ...apple.environment(),
      ...google.environment(),
      VANT_PUSH_APNS_SANDBOX_ENDPOINT: apple.origin,
      VANT_STORAGE_DATA_DIR: data,
      VANT_SERVER_LISTEN: `127.0.0.1:${await findFreePort()}`,
      VANT_HOME: createTestDirectory(),
    };
  });
  afterAll(async () => {
    await apple.stop();
    await google.stop();
  });

  /** One check by its name; those of the internet are left alone. */
  async function check(name: string, more: Record<string, string> = {}): Promise<Finding> {
    const loaded = loadConfig({ cwd: createTestDirectory(), env: { ...env, ...more } });
    const checks = [...createPushChecks({ loaded }), createRoundTripCheck({ home: env['VANT_HOME']! })];
    return await checks.find((each) => each.name === name)!.run();
  }

  test('the key of the data directory', async () => {
    expect(await check('secret key')).toMatchObject({ status: 'warning' });
    loadDataKey(data);
    expect(await check('secret key')).toMatchObject({ status: 'ok' });
    chmodSync(join(data, DATA_KEY_FILE), 0o640);
    expect(await check('secret key')).toMatchObject({ status: 'error', remedy: expect.stringContaining('chmod 600') });
    chmodSync(join(data, DATA_KEY_FILE), 0o600);
  });

  test('what browsers ask for', async () => {
    expect(await check('address of the web app')).toMatchObject({ status: 'warning' });
    expect(await check('contact of Web Push')).toMatchObject({ status: 'warning' });
    const https = { VANT_SERVER_PUBLIC_URL: 'https://chat.example.org' };
    expect(await check('address of the web app', https)).toEqual({ status: 'ok', seen: 'https://chat.example.org' });
    expect(await check('contact of Web Push', https)).toEqual({ status: 'ok', seen: 'https://chat.example.org' });
  });

  test('whether Apple knows the key', async () => {
    for (const name of ['APNs', 'APNs sandbox']) {
      apple.next.push(refuse(400, 'BadDeviceToken'));
      expect(await check(name)).toEqual({ status: 'ok', seen: 'Apple knows our key (400 BadDeviceToken)' });
    }
    const other = { VANT_PUSH_APNS_KEY_ID: 'OTHERKEYID' };
    const refused = 'Apple refuses our key: 403 InvalidProviderToken';
    expect(await check('APNs', other)).toMatchObject({ status: 'error', seen: refused });
    expect(await check('APNs sandbox', other)).toMatchObject({ status: 'warning', seen: refused });
    const away = { VANT_PUSH_APNS_ENDPOINT: `https://127.0.0.1:${await findFreePort()}` };
    expect(await check('APNs', away)).toMatchObject({ status: 'error', seen: 'Apple cannot be reached: ECONNREFUSED' });
    expect(await check('APNs', { VANT_PUSH_APNS_KEY: 'no key' })).toMatchObject({
      status: 'error',
      seen: expect.not.stringContaining('no key'),
    });
  });

  test('whether Google knows the service account', async () => {
    google.dead.set('a-token-that-does-not-exist', fail(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'));
    expect(await check('FCM')).toEqual({ status: 'ok', seen: 'Google knows our key (400 INVALID_ARGUMENT)' });
    google.next.push({ status: 400, body: { error: 'invalid_grant' } });
    expect(await check('FCM')).toMatchObject({ status: 'error', seen: expect.stringContaining('refuses our key') });
    expect(await check('FCM', { VANT_PUSH_FCM_SERVICE_ACCOUNT: '{}' })).toMatchObject({ status: 'error' });
  });

  test('the running server, and a device that has no address', async () => {
    expect(await check('the running server')).toMatchObject({ status: 'warning' });
    const node = await startNode(env);
    expect(await check('the running server')).toEqual({
      status: 'ok',
      seen: 'it pushes over webPush, unifiedPush, apns, fcm',
    });
    expect(await check('the running server', { VANT_PUSH_WEB_PUSH_ENABLED: 'false' })).toMatchObject({
      status: 'warning',
    });
    expect(await check('a wake to this device')).toMatchObject({
      status: 'ok',
      seen: expect.stringContaining('not tried'),
    });
    await node.app.stop();
  });
});
