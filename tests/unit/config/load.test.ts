import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { ConfigError } from '../../../config/config-error.ts';
import { loadConfig } from '../../../config/load.ts';
import { MAX_FILE_BYTES } from '../../../config/read-file.ts';
import type { Config, Secrets } from '../../../config/schema.ts';
import type { Secret } from '../../../config/secret.ts';
import type { Rate } from '../../../config/values/rate.ts';
import { asNobody, load, loadError, makeDirectory, problemsOf, warningsOf, writeIn } from './support.ts';

describe('a file that says little', () => {
  test('no file at all gives good defaults', () => {
    const cwd = makeDirectory();
    const { config, file, warnings, sources } = load(undefined, { cwd });
    expect(config.server).toEqual({
      listen: { host: '127.0.0.1', port: 8420 },
      public_url: 'http://localhost:8420',
      trusted_proxies: [],
      drain_timeout: 10_000,
    });
    expect(config.storage.data_dir).toBe(join(cwd, 'data'));
    expect(config.relay.message_ttl).toBe(7 * 24 * 60 * 60 * 1000);
    expect(config.relay.max_content).toBe(256 * 1024);
    expect(config.limits.send_per_device).toEqual({ count: 600, perMs: 10_000 });
    expect(config.metrics.listen).toBeUndefined();
    expect([file, warnings, sources['relay.message_ttl']]).toEqual([undefined, [], { kind: 'default' }]);
  });

  test.each([
    ['empty', ''],
    ['blank', '\n \n'],
    ['comments only', '# nothing\n'],
    ['null', '~\n'],
    ['a document marker', '---\n'],
    ['empty sections', 'server:\nredis:\n  external:\n'],
    ['a byte order mark', '\ufeffserver:\n'],
    ['CRLF', 'server:\r\n  # nothing\r\n'],
  ])('%s is the same as none', (_name, yaml) => {
    const cwd = makeDirectory();
    const without = load(undefined, { cwd });
    expect(load(yaml, { cwd }).config).toEqual(without.config);
  });

  test('the result is frozen at every depth', () => {
    const { config } = load(undefined);
    expect(() => {
      (config.relay as { message_ttl: number }).message_ttl = 1;
    }).toThrow(TypeError);
    expect(Object.isFrozen(config.limits.send_per_device)).toBe(true);
    expect(Object.isFrozen(config.server.trusted_proxies)).toBe(true);
  });
});

describe('types follow from the declarations', () => {
  test('each option has the type of its value', () => {
    expectTypeOf<Config['relay']['message_ttl']>().toEqualTypeOf<number>();
    expectTypeOf<Config['redis']['mode']>().toEqualTypeOf<'embedded' | 'external'>();
    expectTypeOf<Config['limits']['send_per_device']>().toEqualTypeOf<Rate>();
    expectTypeOf<Config['server']['public_url']>().toEqualTypeOf<string>();
    expectTypeOf<Config['redis']['external']['url']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Config['redis']['external']>().not.toHaveProperty('password');
    expectTypeOf<Secrets['redis']['external']['password']>().toEqualTypeOf<Secret | undefined>();
    expectTypeOf<keyof Secrets>().toEqualTypeOf<'redis' | 'push' | 'tls' | 'turn'>();
  });
});

describe('where the file is', () => {
  test('--config before VANT_CONFIG before ./vant.config.yaml before the system file', () => {
    const cwd = makeDirectory();
    const level = (name: string, word: string) => writeIn(cwd, name, `log: { level: ${word} }`);
    const systemFile = level('system.yaml', 'fatal');
    const read = (configFile?: string, env: Record<string, string> = {}) => {
      const loaded = loadConfig({ cwd, env, configFile, systemFile });
      return [loaded.config.log.level, loaded.file];
    };
    expect(read()).toEqual(['fatal', systemFile]);
    level('vant.config.yaml', 'error');
    expect(read()).toEqual(['error', 'vant.config.yaml']);
    level('env.yaml', 'warn');
    expect(read(undefined, { VANT_CONFIG: 'env.yaml' })).toEqual(['warn', 'env.yaml']);
    level('named.yaml', 'debug');
    expect(read('named.yaml', { VANT_CONFIG: 'env.yaml' })).toEqual(['debug', 'named.yaml']);
    expect(read(undefined, { VANT_CONFIG: '' })).toEqual(['error', 'vant.config.yaml']);
  });

  test('a file that was named has to exist', () => {
    expect(problemsOf(undefined, { configFile: 'missing.yaml' })).toEqual(['-: there is no file missing.yaml']);
    expect(problemsOf(undefined, { env: { VANT_CONFIG: 'missing.yaml' } })).toEqual([
      '-: there is no file missing.yaml',
    ]);
  });

  test('relative paths start at the directory of the file; in the environment at the working directory', () => {
    const cwd = makeDirectory();
    mkdirSync(join(cwd, 'etc'));
    writeIn(cwd, 'etc/v.yaml', 'storage: { data_dir: here }');
    expect(load(undefined, { cwd, configFile: 'etc/v.yaml' }).config.storage.data_dir).toBe(join(cwd, 'etc/here'));
    const env = { VANT_STORAGE_DATA_DIR: 'there' };
    expect(load(undefined, { cwd, configFile: 'etc/v.yaml', env }).config.storage.data_dir).toBe(join(cwd, 'there'));
  });
});

describe('files that are none', () => {
  test('a directory', () => {
    const cwd = makeDirectory();
    expect(problemsOf(undefined, { cwd, configFile: cwd })).toEqual([`-: ${cwd} is a directory`]);
  });

  test('a device', () => {
    expect(problemsOf(undefined, { configFile: '/dev/zero' })).toEqual(['-: /dev/zero is not a regular file']);
  });

  test('a file that this user may not read', () => {
    const cwd = makeDirectory();
    chmodSync(cwd, 0o755);
    chmodSync(writeIn(cwd, 'v.yaml', ''), 0o000);
    expect(asNobody(() => problemsOf(undefined, { cwd, configFile: 'v.yaml' }))).toEqual([
      '-: v.yaml cannot be read by this user',
    ]);
  });

  test('a huge file: at the edge and one beyond', () => {
    const comment = (bytes: number): string => `#${'x'.repeat(bytes - 2)}\n`;
    expect(load(comment(MAX_FILE_BYTES)).config.log.level).toBe('info');
    expect(loadError(comment(MAX_FILE_BYTES + 1)).message).toContain(
      'is too large for a configuration file: 262145 bytes',
    );
  });

  test('a file that is not UTF-8', () => {
    const latin1 = new Uint8Array([...new TextEncoder().encode('log:\n  # caf'), 0xe9, 0x0a]);
    expect(loadError(latin1).message).toContain('vant.config.yaml:2 is not UTF-8 text');
    const utf16 = new Uint8Array(Buffer.from('\ufefflog:\n', 'utf16le'));
    expect(loadError(utf16).message).toContain('is written in UTF-16');
  });
});

test('whatever the file holds, it loads or a ConfigError says why', () => {
  const cwd = makeDirectory();
  const words =
    'server: relay: listen: message_ttl: nodes: redis: external: 7d [ ] { } - * & ! | > " \' # : , \t ~ ? %';
  const part = fc.oneof(fc.constantFrom(...words.split(' '), '\n', '\n  ', '\n    ', ' '), fc.string());
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      try {
        load(parts.join(''), { cwd });
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
    { numRuns: 300 },
  );
});

describe('bombs', () => {
  test('aliases cannot make the file larger than it is', () => {
    const bomb = [
      'a: &a [x, x]',
      ...'bcdefgh'.split('').map((c, i) => `${c}: &${c} [${`*${'abcdefg'[i]!}, `.repeat(9)}]`),
    ];
    const started = performance.now();
    expect(problemsOf(bomb.join('\n')).length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('a few aliases are fine, more than a hundred are not', () => {
    const yaml = (count: number): string =>
      `server:\n  public_url: &u http://localhost\n  trusted_proxies: [&a 127.0.0.1${', *a'.repeat(count)}]\n`;
    expect(load(yaml(100)).config.server.trusted_proxies).toHaveLength(101);
    expect(problemsOf(yaml(101))).toEqual(['-: the file has more than 100 aliases (*)']);
  });

  test('deep nesting is an error and not a crash', () => {
    expect(problemsOf(`log: ${'['.repeat(100_000)}`).length).toBeGreaterThan(0);
    expect(problemsOf(`log: ${'{a: '.repeat(50_000)}`).length).toBeGreaterThan(0);
  });

  test('an alias to itself', () => {
    expect(problemsOf('log: &a { level: *a }').length).toBeGreaterThan(0);
  });
});

describe('environment', () => {
  test('wins over the file, which wins over the default', () => {
    const yaml = 'relay:\n  message_ttl: 3d\n  keepalive: 20s\n';
    const { config, sources } = load(yaml, { env: { VANT_RELAY_MESSAGE_TTL: '1d' } });
    expect([config.relay.message_ttl, config.relay.keepalive]).toEqual([86_400_000, 20_000]);
    expect(sources['relay.message_ttl']).toEqual({ kind: 'env', name: 'VANT_RELAY_MESSAGE_TTL' });
    expect(sources['relay.keepalive']).toEqual({ kind: 'file', file: 'vant.config.yaml', line: 3, column: 14 });
  });

  test('covers a wrong value in the file', () => {
    const { config } = load('log: { level: loud }', { env: { VANT_LOG_LEVEL: 'debug' } });
    expect(config.log.level).toBe('debug');
  });

  test('lists are separated by commas; empty counts as not set', () => {
    const env = { VANT_SERVER_TRUSTED_PROXIES: '127.0.0.1, ::1', VANT_LOG_LEVEL: '' };
    const { config } = load(undefined, { env });
    expect(config.server.trusted_proxies).toEqual(['127.0.0.1', '::1']);
    expect(config.log.level).toBe('info');
    const yaml = 'server: { trusted_proxies: [10.0.0.1] }';
    expect(load(yaml, { env: { VANT_SERVER_TRUSTED_PROXIES: '[]' } }).config.server.trusted_proxies).toEqual([]);
  });

  test('a wrong value names the variable', () => {
    expect(loadError(undefined, { env: { VANT_RELAY_MESSAGE_TTL: '8d' } }).message).toMatchInlineSnapshot(`
      "error: relay.message_ttl: 8d is too long
       --> environment variable VANT_RELAY_MESSAGE_TTL
        = The longest allowed is 7d."
    `);
  });

  test('an unknown name is an error with the near name and without its value', () => {
    const { message } = loadError(undefined, { env: { VANT_REDIS_EXTERNAL_PASWORD: 'hunter2', VANT_FOO: 'hunter2' } });
    expect(message).toContain('Did you mean VANT_REDIS_EXTERNAL_PASSWORD?');
    expect(message).toContain('VANT_FOO is not an option');
    expect(message).not.toContain('hunter2');
  });

  test('names of the terminal client and of other programs are left alone', () => {
    const env = { VANT_HOME: '/x', VANT_AS: 'alice', VANTAGE: '1', PATH: '/bin' };
    expect(load(undefined, { env }).warnings).toEqual([]);
  });
});

describe('rules', () => {
  test.each([
    ['redis: { mode: external }', 'redis.mode: is external, and nothing says where that Redis is'],
    [
      'redis: { mode: external, external: { url: redis://h, cluster: { nodes: [h:1] } } }',
      'redis.mode: is external, and redis.external.url and redis.external.cluster.nodes are set',
    ],
    [
      'redis: { external: { url: redis://h } }',
      'redis.external.url: is set, and redis.mode is embedded: it would not be used',
    ],
    [
      'redis: { mode: external, external: { sentinel: { nodes: [h:1] } } }',
      'redis.external.sentinel.nodes: is set, and redis.external.sentinel.master is not: the sentinels have to be asked for a name',
    ],
    [
      'redis: { mode: external, external: { url: redis://h, username: vant } }',
      'redis.external.username: is set, and redis.external.password is not: a user name alone opens nothing',
    ],
    [
      'redis: { mode: external, external: { url: redis://h, tls: { server_name: h } } }',
      'redis.external.tls.server_name: is set, and TLS is off: the connection to Redis would not be encrypted',
    ],
    [
      'redis: { mode: external, external: { url: rediss://h, tls: { enabled: false } } }',
      'redis.external.tls.enabled: is false, and redis.external.url starts with rediss://',
    ],
    [
      'redis: { mode: external, external: { url: redis://h, tls: { enabled: true } } }',
      'redis.external.tls.enabled: is true, and redis.external.url starts with redis://',
    ],
    [
      'metrics: { listen: 127.0.0.1:8420 }',
      'metrics.listen: (127.0.0.1:8420) takes the same port as server.listen (127.0.0.1:8420)',
    ],
    ['invites: { max_ttl: 3d }', 'invites.default_ttl: (7d) is longer than invites.max_ttl (3d)'],
    [
      'relay: { delivery_window_bytes: 64KiB }',
      'relay.delivery_window_bytes: (64KiB) is smaller than relay.max_content (256KiB): the largest envelopes could never be delivered',
    ],
    [
      'attachments: { quota_per_account: 99MiB }',
      'attachments.quota_per_account: (99MiB) is smaller than attachments.max_size (100MiB): the largest files could never be sent',
    ],
    ['push: { apns: { key_id: ABC123DEFG } }', 'push.apns.team_id: is not set, but push.apns.key_id is'],
    [
      'push: { apns: { key_id: ABC123DEFG, team_id: ABC123DEFG, topics: [org.example] } }',
      'push.apns.key: is not set, but push.apns.key_id and push.apns.team_id and push.apns.topics are',
    ],
    [
      'push: { web_push: { contact: admin@example.org } }',
      'push.web_push.contact: the text has characters that do not belong there',
    ],
  ])('%s', (yaml, problem) => {
    expect(problemsOf(yaml)).toEqual([problem]);
  });

  test.each([
    ['redis: { mode: external, external: { url: redis://h } }', false],
    ['redis: { mode: external, external: { url: rediss://h, tls: { server_name: x } } }', true],
    ['redis: { mode: external, external: { sentinel: { master: m, nodes: [h:1] } } }', false],
    ['redis: { mode: external, external: { cluster: { nodes: [h:1, h:2] }, tls: { enabled: true } } }', true],
  ])('%s is right', (yaml, hasTls) => {
    expect(load(yaml).config.redis.external.tls.enabled).toBe(hasTls);
  });

  test.each([
    [
      'server: { listen: 0.0.0.0:8420 }',
      'server.public_url: is not set, and server.listen serves more than this machine: invite links will say http://localhost:8420',
    ],
    [
      'server: { public_url: http://chat.example.org }',
      'server.public_url: is not https: browsers will allow neither calls nor notifications',
    ],
    [
      'server: { public_url: https://chat.example.org }',
      'server.trusted_proxies: is empty, server.public_url is https, and tls.mode is off: every client will seem to come from the proxy and share one limit',
    ],
    [
      'server: { trusted_proxies: [0.0.0.0/0] }',
      'server.trusted_proxies: trusts everyone: any client can claim any address',
    ],
    [
      'redis: { mode: external, embedded: { fsync: everysec }, external: { url: redis://h } }',
      'redis.embedded.fsync: is set, and redis.mode is external: it is not used',
    ],
    [
      'attachments: { ttl: 3d }',
      'attachments.ttl: (3d) is shorter than relay.message_ttl (7d): who comes back late gets messages without their files',
    ],
  ])('%s gives a warning', (yaml, warning) => {
    expect(warningsOf(load(yaml))).toEqual([warning]);
  });

  test('another port, or the same one of another address, does not collide', () => {
    expect(load('metrics: { listen: 127.0.0.1:8421 }').config.metrics.listen?.port).toBe(8421);
    expect(load('metrics: { listen: 127.0.0.2:8420 }').config.metrics.listen?.host).toBe('127.0.0.2');
    expect(problemsOf('server: { listen: "[::]:8420" }\nmetrics: { listen: 127.0.0.1:8420 }')).toHaveLength(1);
  });

  test('a rule does not repeat what is wrong with an option', () => {
    expect(problemsOf('redis: { mode: external, external: { url: h } }')).toEqual([
      'redis.external.url: "h" is not the address of a Redis server',
    ]);
  });

  test('the default of public_url follows the port', () => {
    expect(load('server: { listen: 127.0.0.1:9000 }').config.server.public_url).toBe('http://localhost:9000');
  });
});
