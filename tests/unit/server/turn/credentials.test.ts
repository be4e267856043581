import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { HandoverFile } from '../../../../server/calls/handover-file.ts';
import { readNewestTurnSecret, TURN_SECRET_ROTATION_MS, TurnSecrets } from '../../../../server/calls/turn-secrets.ts';
import { toTurnUrls } from '../../../../server/calls/turn-urls.ts';
import {
  createTimeLimitedAuthenticator,
  createTimeLimitedCredentials,
} from '../../../../server/turn/policy/time-limited-credentials.ts';
import { toIntegrityKey } from '../../../../server/turn/stun/integrity.ts';

const NOW_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

describe('time-limited credentials', () => {
  const revoked = new Set<string>();
  const authenticate = createTimeLimitedAuthenticator({
    realm: 'vant',
    secrets: () => ['new', 'old'],
    maxLifetimeMs: HOUR_MS,
    isRevoked: (userId) => revoked.has(userId),
    now: () => NOW_MS,
  });
  const create = (leftMs: number, secret = 'new', userId = 'device') =>
    createTimeLimitedCredentials(secret, userId, NOW_MS + leftMs);

  test('are those of coturn: HMAC-SHA1 over the username, base64', () => {
    // echo -n 1433895918:alice | openssl dgst -sha1 -hmac secret -binary | base64
    expect(createTimeLimitedCredentials('secret', 'alice', 1_433_895_918_000)).toEqual({
      username: '1433895918:alice',
      password: '9FlGeCxuzk5viW4BIqwHUUUEvWw=',
    });
  });

  test('are checked with every secret that holds', () => {
    for (const [index, secret] of ['new', 'old'].entries()) {
      const { username, password } = create(1_000, secret);
      const found = authenticate(username);
      expect(found).toHaveLength(2);
      expect(found[index]).toEqual({ userId: 'device', integrityKey: toIntegrityKey(username, 'vant', password) });
    }
  });

  test('hold until their second, and no longer than any that we give', () => {
    const holds = (leftMs: number) => authenticate(create(leftMs).username).length > 0;
    expect([-1_000, 0, 1_000, HOUR_MS, HOUR_MS + 60_000, HOUR_MS + 61_000].map(holds)).toEqual([
      false,
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  test.each([
    ...[
      '',
      'device',
      ':device',
      '1800000100',
      '1800000100:',
      '-1800000100:device',
      '1e10:device',
      '99999999999:device',
    ],
    ...[
      '01800000100:device',
      '1800000100:a:b',
      '1800000100:constructor()',
      `1800000100:${'x'.repeat(65)}`,
      'NaN:device',
    ],
    ...['1800000100:device ', ' 1800000100:device', '1800000100:device\n', '__proto__', 'constructor'],
  ])('%j is nobody', (username) => {
    expect(authenticate(username)).toEqual([]);
  });

  test('of a revoked user are nobody', () => {
    revoked.add('gone');
    expect(authenticate(create(1_000, 'new', 'gone').username)).toEqual([]);
    expect(authenticate(create(1_000, 'new', 'x'.repeat(64)).username)).toHaveLength(2);
  });
});

describe('secrets', () => {
  function makeDirectory(): string {
    const directory = mkdtempSync(join(tmpdir(), 'vant-turn-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    return join(directory, 'data');
  }

  test('are made once, kept for their owner only, and read again', () => {
    const directory = makeDirectory();
    const first = new TurnSecrets(directory, HOUR_MS, () => NOW_MS).all;
    expect(first).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    expect(new TurnSecrets(directory, HOUR_MS, () => NOW_MS + 1).all).toEqual(first);
    expect(statSync(join(directory, 'turn-secrets.json')).mode & 0o777).toBe(0o600);
    expect(readNewestTurnSecret(directory)).toBe(first[0]);
    expect(readNewestTurnSecret(join(directory, 'nowhere'))).toBeUndefined();
  });

  test('are replaced after a week; the former one holds for as long as its credentials', () => {
    let now = NOW_MS;
    const secrets = new TurnSecrets(makeDirectory(), HOUR_MS, () => now);
    const [first] = secrets.all;
    now += TURN_SECRET_ROTATION_MS - 1;
    expect(secrets.rotate()).toBe(false);
    now += 1;
    expect(secrets.rotate()).toBe(true);
    expect(secrets.all).toHaveLength(2);
    expect(secrets.all[1]).toBe(first);
    now += HOUR_MS - 1;
    expect(secrets.rotate()).toBe(false);
    now += 1;
    expect(secrets.rotate()).toBe(true);
    expect(secrets.all).toHaveLength(1);
    expect(secrets.all[0]).not.toBe(first);
  });

  test('after a long time off, nothing old holds', () => {
    const directory = makeDirectory();
    const [first] = new TurnSecrets(directory, HOUR_MS, () => NOW_MS).all;
    const later = new TurnSecrets(directory, HOUR_MS, () => NOW_MS + 3 * TURN_SECRET_ROTATION_MS);
    // It could have been given out until this very moment.
    expect(later.all[1]).toBe(first);
    const muchLater = new TurnSecrets(directory, HOUR_MS, () => NOW_MS + 3 * TURN_SECRET_ROTATION_MS + HOUR_MS);
    expect(muchLater.all).toEqual([later.all[0]]);
  });

  test('a broken file is replaced', () => {
    const directory = makeDirectory();
    const { all } = new TurnSecrets(directory, HOUR_MS, () => NOW_MS);
    const path = join(directory, 'turn-secrets.json');
    for (const text of ['', '{', '{"secrets":7}', '{"secrets":[{"secret":"short","createdAt":1}]}', 'null']) {
      writeFileSync(path, text);
      const fresh = new TurnSecrets(directory, HOUR_MS, () => NOW_MS);
      expect(fresh.all).toHaveLength(1);
      expect(fresh.all[0]).not.toBe(all[0]);
      expect(readFileSync(path, 'utf8')).toContain(fresh.all[0]);
    }
  });
});

describe('the handover from process to process', () => {
  const handedOver = [{ address: '127.0.0.1', port: 3478, allocations: [{} as never] }];

  function makeFiles(now: () => number) {
    const directory = mkdtempSync(join(tmpdir(), 'vant-turn-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    return { directory, file: new HandoverFile(directory, now) };
  }

  test('is for its owner only, and read once', () => {
    const { directory, file } = makeFiles(() => NOW_MS);
    file.write(handedOver);
    expect(statSync(join(directory, 'turn-handover')).mode & 0o777).toBe(0o600);
    expect(file.take()).toEqual(handedOver);
    expect(readdirSync(directory)).toEqual([]);
    expect(file.take()).toEqual([]);
  });

  test('is worth nothing after half a minute, or when it is something else', () => {
    let now = NOW_MS;
    const { directory, file } = makeFiles(() => now);
    file.write(handedOver);
    now += 30_001;
    expect(file.take()).toEqual([]);
    writeFileSync(join(directory, 'turn-handover'), 'something else');
    expect(file.take()).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('is not written without calls, nor without a runtime directory', () => {
    const { directory, file } = makeFiles(() => NOW_MS);
    file.write([{ address: '127.0.0.1', port: 3478, allocations: [] }]);
    expect(readdirSync(directory)).toEqual([]);
    const nowhere = new HandoverFile(undefined, () => NOW_MS);
    nowhere.write(handedOver);
    expect(nowhere.take()).toEqual([]);
  });
});

describe('URLs', () => {
  const at = (transport: 'udp' | 'tcp' | 'tls', address: string, port: number) => ({ transport, address, port });

  test('name each way once, the fastest first', () => {
    const listening = [
      ...[at('tls', '0.0.0.0', 443), at('tcp', '0.0.0.0', 3478), at('tcp', '::', 3478)],
      ...[at('udp', '10.0.0.1', 3478), at('udp', '127.0.0.1', 3478)],
    ];
    expect(toTurnUrls('chat.example.org', listening)).toEqual([
      'turn:chat.example.org:3478?transport=udp',
      'turn:chat.example.org:3478?transport=tcp',
      'turns:chat.example.org:443?transport=tcp',
    ]);
    expect(toTurnUrls('2001:db8::1', [at('udp', '::', 1)])).toEqual(['turn:[2001:db8::1]:1?transport=udp']);
    expect(toTurnUrls('h', [])).toEqual([]);
  });
});
