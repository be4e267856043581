import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { LoadedConfig } from '../../../config/load.ts';
import { REDACTED_NAMES } from '../../../config/redaction.ts';
import { configToJson, renderConfig } from '../../../config/show.ts';
import { asNobody, load, loadError, makeDirectory, problemsOf, warningsOf, writeIn } from './support.ts';

const EXTERNAL = 'redis: { mode: external, external: { url: redis://h } }';
const WITH_FILE = 'redis:\n  mode: external\n  external:\n    url: redis://h\n    password_file: redis-password\n';
const PASSWORD = 'hunter2-correct-horse';

function passwordOf({ secrets }: LoadedConfig): string | undefined {
  return secrets.redis.external.password?.reveal();
}

describe('the ways of a secret', () => {
  test('none', () => {
    const loaded = load(EXTERNAL);
    expect(passwordOf(loaded)).toBeUndefined();
    expect(loaded.sources['redis.external.password']).toEqual({ kind: 'unset' });
  });

  test('password_file in the YAML, relative to it', () => {
    const cwd = makeDirectory();
    writeIn(cwd, 'redis-password', `${PASSWORD}\n`);
    const loaded = load(WITH_FILE, { cwd });
    expect(passwordOf(loaded)).toBe(PASSWORD);
    expect(loaded.warnings).toEqual([]);
    expect(loaded.sources['redis.external.password']).toEqual({
      kind: 'secret-file',
      path: join(cwd, 'redis-password'),
      namedBy: 'vant.config.yaml:5',
    });
  });

  test('the environment', () => {
    const loaded = load(EXTERNAL, { env: { VANT_REDIS_EXTERNAL_PASSWORD: PASSWORD } });
    expect(passwordOf(loaded)).toBe(PASSWORD);
  });

  test('a file that the environment names', () => {
    const cwd = makeDirectory();
    writeIn(cwd, 'p', PASSWORD);
    expect(passwordOf(load(EXTERNAL, { cwd, env: { VANT_REDIS_EXTERNAL_PASSWORD_FILE: 'p' } }))).toBe(PASSWORD);
  });

  test('a systemd credential', () => {
    const cwd = makeDirectory();
    mkdirSync(join(cwd, 'credentials'));
    writeFileSync(join(cwd, 'credentials/redis.external.password'), PASSWORD);
    const loaded = load(EXTERNAL, { cwd, env: { CREDENTIALS_DIRECTORY: join(cwd, 'credentials') } });
    expect(passwordOf(loaded)).toBe(PASSWORD);
    expect(loaded.warnings).toEqual([]);
    expect(loaded.sources['redis.external.password']).toEqual({ kind: 'credential', name: 'redis.external.password' });
  });

  test('the environment wins over the file, and the file over the credential', () => {
    const cwd = makeDirectory();
    writeIn(cwd, 'redis-password', 'from file');
    writeIn(cwd, 'redis.external.password', 'from credential');
    const env = { CREDENTIALS_DIRECTORY: cwd };
    expect(passwordOf(load(WITH_FILE, { cwd, env }))).toBe('from file');
    expect(passwordOf(load(WITH_FILE, { cwd, env: { ...env, VANT_REDIS_EXTERNAL_PASSWORD: 'from env' } }))).toBe(
      'from env',
    );
  });
});

describe('what is refused', () => {
  test('a literal in the file', () => {
    const { message } = loadError(`redis: { mode: external, external: { url: redis://h, password: ${PASSWORD} } }`);
    expect(message).toContain('a secret does not stand in this file');
    expect(message).toContain('VANT_REDIS_EXTERNAL_PASSWORD_FILE');
    expect(message).not.toContain('hunter2');
  });

  test('a literal where the path of a file belongs', () => {
    const { message } = loadError(WITH_FILE.replace('redis-password', PASSWORD));
    expect(message).toContain('not the secret itself');
    expect(message).not.toContain('hunter2');
    const env = { VANT_REDIS_EXTERNAL_PASSWORD_FILE: PASSWORD };
    expect(loadError(EXTERNAL, { env }).message).not.toContain('hunter2');
  });

  test('two of them in the environment', () => {
    const env = { VANT_REDIS_EXTERNAL_PASSWORD: PASSWORD, VANT_REDIS_EXTERNAL_PASSWORD_FILE: 'x' };
    expect(problemsOf(EXTERNAL, { env })).toEqual([
      'redis.external.password: VANT_REDIS_EXTERNAL_PASSWORD and VANT_REDIS_EXTERNAL_PASSWORD_FILE are both set',
    ]);
  });

  test('a file that is missing, empty, a directory or much too large', () => {
    const cwd = makeDirectory();
    const path = join(cwd, 'redis-password');
    expect(problemsOf(WITH_FILE.replace('redis-', './redis-'), { cwd })).toEqual([
      `redis.external.password: there is no file ${path}`,
    ]);
    writeIn(cwd, 'redis-password', '\n');
    expect(problemsOf(WITH_FILE, { cwd })).toEqual([`redis.external.password: ${path} is empty`]);
    writeIn(cwd, 'redis-password', 'x'.repeat(64 * 1024 + 1));
    expect(problemsOf(WITH_FILE, { cwd })).toEqual([`redis.external.password: ${path} is too large for a secret`]);
    expect(problemsOf(WITH_FILE.replace('redis-password', '.'), { cwd })).toEqual([
      `redis.external.password: ${cwd} is a directory`,
    ]);
  });

  test('a file that this user may not read', () => {
    const cwd = makeDirectory();
    const path = writeIn(cwd, 'redis-password', PASSWORD, 0o000);
    const error = asNobody(() => problemsOf(EXTERNAL, { env: { VANT_REDIS_EXTERNAL_PASSWORD_FILE: path } }));
    expect(error).toEqual([`redis.external.password: ${path} cannot be read by this user`]);
  });

  test('a secret for a Redis that is not used', () => {
    expect(problemsOf('', { env: { VANT_REDIS_EXTERNAL_PASSWORD: PASSWORD } })).toEqual([
      'redis.external.password: is set, and redis.mode is embedded: it would not be used',
    ]);
  });
});

test.each([
  [0o600, 0],
  [0o640, 0],
  [0o644, 1],
  [0o602, 1],
])('a secrets file of mode %o gives %d warnings', (mode, count) => {
  const cwd = makeDirectory();
  const path = writeIn(cwd, 'redis-password', PASSWORD, mode);
  const warnings = warningsOf(load(WITH_FILE, { cwd }));
  expect(warnings).toEqual(Array(count).fill(`redis.external.password: every user of this machine can get at ${path}`));
});

describe('nothing prints a secret', () => {
  test('not show, JSON, inspect, string or template', () => {
    const loaded = load(EXTERNAL, { env: { VANT_REDIS_EXTERNAL_PASSWORD: PASSWORD } });
    const secret = loaded.secrets.redis.external.password;
    const printed = [
      renderConfig(loaded),
      JSON.stringify(configToJson(loaded)),
      JSON.stringify(loaded),
      inspect(loaded, { depth: Infinity, showHidden: true }),
      inspect(secret, { customInspect: false, showHidden: true, depth: Infinity }),
      String(secret),
      JSON.stringify(Object.entries(secret ?? {})),
      Object.keys(secret ?? {}).join(),
    ].join('\n');
    expect(printed).not.toContain('hunter2');
    expect(printed).toContain('(set, from VANT_REDIS_EXTERNAL_PASSWORD)');
  });

  test.each([
    'redis: { external: { password: hunter2 } }',
    'redis:\n  external:\n    password: >\n      hunter2\n    url: [\n',
    'redis:\n  external:\n    password: "hunter2\n',
    'redis:\n  external:\n    password: "first\n      hunter2\n    url: x\n',
    'redis:\n  external:\n    password: "first\nhunter2: x\n',
    'redis:\n  external:\n    password:\n      - hunter2\n',
    'redis:\n  external:\n    password:\n  hunter2\n',
    'redis:\n  external:\n    password:\n      @hunter2: x\n',
    'redis:\n  external:\n    password: *hunter2\n',
    'redis:\n  external:\n    password: !hunter2 x\n',
    'redis:\n  external:\n    password: @hunter2\n',
    'redis:\n  external:\n    password: a: hunter2\n',
    'redis:\n  external:\n\tpassword: hunter2\n',
    'redis:\n  external:\n    passwrd: hunter2\n',
    'password: hunter2\n',
    'redis_password: hunter2\n',
    'redis:\n  external:\n    url: redis://vant:hunter2@redis:6379\n',
    'redis:\n  external:\n    url: redis://vant:hunter2\n',
    'redis:\n  external:\n    url: "redis://vant:hunter2@redis:6379\n',
    'redis: { external: { sentinel: { password: hunter2 } } }',
  ])('not the error of %j', (yaml) => {
    const error = loadError(yaml);
    expect(error.message).not.toContain('hunter2');
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('hunter2');
    expect(JSON.stringify(error.problems)).not.toContain('hunter2');
  });
});

test('the logger gets the names of all secrets', () => {
  expect(REDACTED_NAMES).toEqual([
    'tls.acme.eab_key',
    'VANT_TLS_ACME_EAB_KEY',
    'redis.external.password',
    'VANT_REDIS_EXTERNAL_PASSWORD',
    'redis.external.sentinel.password',
    'VANT_REDIS_EXTERNAL_SENTINEL_PASSWORD',
    'push.apns.key',
    'VANT_PUSH_APNS_KEY',
    'push.fcm.service_account',
    'VANT_PUSH_FCM_SERVICE_ACCOUNT',
    'turn.external.secret',
    'VANT_TURN_EXTERNAL_SECRET',
  ]);
});
