import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backoffMs } from '../../../../server/push/backoff.ts';
import { createAddressCheck } from '../../../../server/push/public-address.ts';
import { toLoggedTarget, toPushTarget, type PushTarget } from '../../../../server/push/push-target.ts';
import { parseRetryAfter } from '../../../../server/push/retry-after.ts';
import { ServicePauses } from '../../../../server/push/service-pauses.ts';
import { openTarget, Seal, sealTarget } from '../../../../server/push/target-seal.ts';
import { TokenBucket } from '../../../../server/push/token-bucket.ts';
import { findDueTime, findTtlSeconds } from '../../../../server/push/wake-times.ts';
import { DATA_KEY_FILE, loadDataKey } from '../../../../server/storage/data-key.ts';
import type { AccountId, DeviceId } from '../../../../wire/ids.ts';

describe('addresses that may be pushed to', () => {
  const isPublic = createAddressCheck([]);
  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '2a00:1450::1',
    '2606:4700:4700::1111',
    '::ffff:8.8.8.8',
  ])('%s may', (address) => expect(isPublic(address)).toBe(true));
  test.each([
    '0.0.0.0',
    '10.255.255.255',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '198.19.0.1',
    '203.0.113.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::10.0.0.1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    '2002:a00:1::1',
    'localhost',
    '',
  ])('%s may not', (address) => expect(isPublic(address)).toBe(false));

  test('what the admin allows may, and nothing beside it', () => {
    const check = createAddressCheck(['192.168.1.20', '10.1.0.0/16', 'fd00::/8']);
    expect(['192.168.1.20', '::ffff:192.168.1.20', '10.1.255.1', 'fd12::1', '8.8.8.8'].map(check)).not.toContain(false);
    expect(['192.168.1.21', '10.2.0.1', '127.0.0.1', 'fe80::1', '::1'].map(check)).not.toContain(true);
  });
});

describe('push targets', () => {
  const device = { accountId: '00000000-0000-4000-8000-000000000001' as AccountId, deviceId: 1 as DeviceId };
  const other = { ...device, deviceId: 2 as DeviceId };
  const target: PushTarget = { kind: 'fcm', token: 'a-secret-token-of-google' };
  const seal = new Seal(Buffer.alloc(32, 1));

  test('are sealed for one device and one registration, and tell neither kind nor length', () => {
    const sealed = sealTarget(seal, target, device, 'id');
    expect(openTarget(seal, sealed, device, 'id')).toEqual(target);
    expect(sealed.includes('secret')).toBe(false);
    const long = { kind: 'webPush', endpoint: `https://x.example/${'x'.repeat(500)}`, p256dh: 'p', auth: 'a' } as const;
    expect(sealTarget(seal, long, device, 'id')).toHaveLength(sealed.length);
    expect(openTarget(seal, sealed, other, 'id')).toBeUndefined();
    expect(openTarget(seal, sealed, device, 'another')).toBeUndefined();
    expect(openTarget(new Seal(Buffer.alloc(32, 2)), sealed, device, 'id')).toBeUndefined();
    for (const at of [0, 1, 20, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(openTarget(seal, changed, device, 'id'), String(at)).toBeUndefined();
    }
    expect(openTarget(seal, sealed.subarray(0, 28), device, 'id')).toBeUndefined();
  });

  test('name exactly one address, and are not logged in full', () => {
    expect(toPushTarget({ fcm: { token: target.token } })).toEqual(target);
    expect(toPushTarget({})).toBeUndefined();
    expect(toLoggedTarget(target)).toMatch(/^[\w-]{6}$/);
    const endpoint = 'https://push.example.org:8443/secret/path';
    expect(toLoggedTarget({ kind: 'webPush', endpoint, p256dh: '', auth: '' })).toMatch(
      /^push\.example\.org [\w-]{6}$/,
    );
  });
});

describe('the key of the data directory', () => {
  const newDirectory = () => mkdtempSync(join(tmpdir(), 'vant-test-'));

  test('is made once, for the owner only, and gives a key for each purpose', () => {
    const directory = join(newDirectory(), 'data');
    const [first, second] = [loadDataKey(directory), loadDataKey(directory)];
    expect(second.id).toBe(first.id);
    expect(second.derive('a')).toEqual(first.derive('a'));
    expect(first.derive('a')).not.toEqual(first.derive('b'));
    expect(statSync(join(directory, DATA_KEY_FILE)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, DATA_KEY_FILE), 'utf8')).not.toContain(first.id);
    expect(loadDataKey(newDirectory()).id).not.toBe(first.id);
  });

  test('is not replaced when it is damaged', () => {
    const directory = newDirectory();
    writeFileSync(join(directory, DATA_KEY_FILE), 'half a key');
    expect(() => loadDataKey(directory)).toThrow(/holds no key of 32 bytes/);
  });
});

describe('how long to wait', () => {
  test('Retry-After in seconds or as a date, up to a day; nonsense is none', () => {
    const now = Date.parse('Mon, 23 Nov 2026 12:00:00 GMT');
    expect(parseRetryAfter('120', now)).toBe(120_000);
    expect(parseRetryAfter('Mon, 23 Nov 2026 12:01:00 GMT', now)).toBe(60_000);
    expect(parseRetryAfter('0', now)).toBe(0);
    expect(parseRetryAfter('86400', now)).toBe(86_400_000);
    expect(parseRetryAfter('86401', now)).toBe(86_400_000);
    for (const text of [undefined, '', 'soon', '-5', 'Mon, 23 Nov 2026 11:59:00 GMT']) {
      expect(parseRetryAfter(text, now)).toBeUndefined();
    }
  });

  test('backoff doubles up to five minutes, with jitter in its upper half', () => {
    expect([0, 1, 2, 8, 9, 100].map((failures) => backoffMs(failures, () => 1))).toEqual([
      1000, 2000, 4000, 256_000, 300_000, 300_000,
    ]);
    expect(backoffMs(3, () => 0)).toBe(4000);
  });

  test('a service that fails is left alone for all, longer each time, and forgiven when it works', () => {
    const pauses = new ServicePauses(() => 1);
    expect(pauses.untilOf('a', 0)).toBeUndefined();
    expect(pauses.failed('a', 0)).toBe(1000);
    expect(pauses.failed('a', 500), 'many fail together once').toBe(1000);
    expect(pauses.untilOf('a', 999)).toBe(1000);
    expect(pauses.untilOf('b', 999)).toBeUndefined();
    expect(pauses.untilOf('a', 1000)).toBeUndefined();
    expect(pauses.failed('a', 1000)).toBe(3000);
    expect(pauses.failed('a', 1000, 60_000), 'what it asks for holds').toBe(61_000);
    pauses.worked('a');
    expect(pauses.failed('a', 61_000)).toBe(62_000);
  });

  test('a rate lets a burst through, and then no more than it says', () => {
    let rate: 'off' | { count: number; perMs: number } = { count: 10, perMs: 1000 };
    const bucket = new TokenBucket(() => rate);
    expect(bucket.available(0)).toBe(10);
    bucket.spend(10);
    expect(bucket.available(0)).toBe(0);
    expect(bucket.nextAt(0)).toBe(100);
    expect(bucket.available(99)).toBe(0);
    expect(bucket.available(100)).toBe(1);
    expect(bucket.available(100_000)).toBe(10);
    bucket.spend(10);
    bucket.spend(-1);
    expect(bucket.available(100_000)).toBe(1);
    rate = 'off';
    expect(bucket.available(100_000)).toBe(Infinity);
  });

  test('the time of a wake', () => {
    const times = { acknowledgeWithinMs: 10_000, quietIntervalMs: 600_000, messageTtlMs: 86_400_000 };
    const due = (urgency: 'quiet' | 'message' | 'call', mayReturn = false, wokenAt = 0, notBefore = 0) =>
      findDueTime({ urgency, wokenAt, notBefore }, mayReturn, times, 1_000_000);
    expect(due('call')).toBe(1_000_000);
    expect(due('message')).toBe(1_000_000);
    expect(due('message', true)).toBe(1_010_000);
    expect(due('message', false, 999_500)).toBe(1_000_500);
    expect(due('quiet')).toBe(1_010_000);
    expect(due('quiet', false, 900_000)).toBe(1_500_000);
    expect(due('call', false, 999_999, 2_000_000)).toBe(2_000_000);
    expect(findTtlSeconds('message', times)).toBe(86_400);
    expect(findTtlSeconds('call', times)).toBe(60);
  });
});
