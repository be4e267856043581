import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { registerConfigCommand } from '../../../cli/commands/config.ts';
import { renderJsonSchema } from '../../../config/generate/json-schema.ts';
import { makeDirectory, writeIn } from './support.ts';

interface Run {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number;
}

/** Runs `vant config …` in a directory that holds `yaml` as vant.config.yaml. */
function run(words: readonly string[], yaml?: string, env: Record<string, string> = {}): Run {
  const cwd = makeDirectory();
  writeIn(cwd, 'vant.config.yaml', yaml ?? '');
  const written = { out: '', err: '', exitCode: 0 };
  const program = new Command('vant');
  registerConfigCommand(program, {
    env,
    cwd,
    hasColors: false,
    writeOut: (text) => (written.out += text),
    writeError: (text) => (written.err += text),
    setExitCode: (code) => (written.exitCode = code),
  });
  program.parse(['config', ...words], { from: 'user' });
  return { ...written, out: written.out.replaceAll(cwd, '/vant'), err: written.err.replaceAll(cwd, '/vant') };
}

describe('vant config check', () => {
  test('says in one line that all is well', () => {
    expect(run(['check'], 'log: { level: debug }', { VANT_LOG_FORMAT: 'json' })).toEqual({
      out: 'vant.config.yaml is right: 2 options set, 1 of them by the environment.\n',
      err: '',
      exitCode: 0,
    });
  });

  test('prints every error and exits with 1', () => {
    const { out, err, exitCode } = run(['check'], 'log: { level: loud }\nrelay: { keepalive: 30 }\n');
    expect([out, exitCode]).toEqual(['', 1]);
    expect(err).toMatchInlineSnapshot(`
      "error: log.level: "loud" is not one of trace, debug, info, warn, error, fatal
       --> vant.config.yaml:1:15
        |
      1 | log: { level: loud }
        |               ^^^^
        = Write one of trace, debug, info, warn, error, fatal.

      error: relay.keepalive: "30" is not a duration
       --> vant.config.yaml:2:21
        |
      2 | relay: { keepalive: 30 }
        |                     ^^
        = A unit is missing: 30s would be seconds, 30m minutes, 30ms milliseconds.

      2 errors. The server would not start.
      "
    `);
  });

  test('prints warnings, and is content', () => {
    const { out, err, exitCode } = run(['check'], 'server: { listen: 0.0.0.0:8420 }');
    expect([out, exitCode]).toEqual(['vant.config.yaml is right: 1 option set; warnings: 1.\n', 0]);
    expect(err).toContain('warning: server.public_url: is not set');
  });

  test('takes another file', () => {
    expect(run(['check', '--config', 'other.yaml']).err).toContain('there is no file other.yaml');
  });
});

describe('vant config show', () => {
  test('prints value and source of every option, and no secret', () => {
    const yaml = 'redis:\n  mode: external\n  external:\n    url: redis://h\nlimits: { send_per_device: off }\n';
    const env = {
      VANT_STORAGE_DATA_DIR: '/var/lib/vant',
      VANT_RELAY_MESSAGE_TTL: '1d',
      VANT_REDIS_EXTERNAL_PASSWORD: 'hunter2',
    };
    const { out, exitCode } = run(['show'], yaml, env);
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "# vant.config.yaml
      server.listen                              127.0.0.1:8420                            default
      server.public_url                          http://localhost:8420                     default
      server.trusted_proxies                     []                                        default
      server.drain_timeout                       10s                                       default
      tls.mode                                   off                                       default
      tls.names                                  [localhost]                               default
      tls.cert_file                              none                                      default
      tls.key_file                               none                                      default
      tls.http_listen                            []                                        default
      tls.hsts                                   180d                                      default
      tls.acme.directory                         https://acme-v02.api.letsencrypt.org/directory  default
      tls.acme.email                             none                                      default
      tls.acme.profile                           none                                      default
      tls.acme.challenge                         auto                                      default
      tls.acme.ca_file                           none                                      default
      tls.acme.eab_key_id                        none                                      default
      storage.data_dir                           /var/lib/vant                             VANT_STORAGE_DATA_DIR
      redis.mode                                 external                                  vant.config.yaml:2
      redis.key_prefix                           vant:                                     default
      redis.embedded.binary                      auto                                      default
      redis.embedded.max_memory                  256MiB                                    default
      redis.embedded.fsync                       always                                    default
      redis.embedded.aof_rewrite_interval        1h                                        default
      redis.external.url                         redis://h                                 vant.config.yaml:4
      redis.external.username                    none                                      default
      redis.external.sentinel.master             none                                      default
      redis.external.sentinel.nodes              []                                        default
      redis.external.sentinel.username           none                                      default
      redis.external.cluster.nodes               []                                        default
      redis.external.tls.enabled                 false                                     default
      redis.external.tls.ca_file                 none                                      default
      redis.external.tls.cert_file               none                                      default
      redis.external.tls.key_file                none                                      default
      redis.external.tls.server_name             none                                      default
      redis.external.require_durable             true                                      default
      relay.message_ttl                          1d                                        VANT_RELAY_MESSAGE_TTL
      relay.max_content                          256KiB                                    default
      relay.queue_max_envelopes                  10000                                     default
      relay.keepalive                            30s                                       default
      relay.delivery_window_envelopes            64                                        default
      relay.delivery_window_bytes                256KiB                                    default
      relay.slow_reader_timeout                  30s                                       default
      relay.max_connections                      10000                                     default
      relay.max_connections_per_address          500                                       default
      push.acknowledge_within                    10s                                       default
      push.quiet_interval                        20m                                       default
      push.allow_private                         []                                        default
      push.ca_file                               none                                      default
      push.web_push.enabled                      true                                      default
      push.web_push.contact                      https://localhost                         default
      push.web_push.rate                         200/1s                                    default
      push.unified_push.enabled                  true                                      default
      push.unified_push.rate                     200/1s                                    default
      push.apns.key_id                           none                                      default
      push.apns.team_id                          none                                      default
      push.apns.topics                           []                                        default
      push.apns.endpoint                         https://api.push.apple.com                default
      push.apns.sandbox_endpoint                 https://api.sandbox.push.apple.com        default
      push.apns.rate                             500/1s                                    default
      push.fcm.endpoint                          https://fcm.googleapis.com                default
      push.fcm.rate                              500/1s                                    default
      attachments.directory                      /var/lib/vant/attachments                 default
      attachments.max_size                       100MiB                                    default
      attachments.quota_per_account              1GiB                                      default
      attachments.ttl                            7d                                        default
      attachments.min_free                       512MiB                                    default
      limits.max_accounts                        1000                                      default
      limits.max_devices_per_account             8                                         default
      limits.send_per_device                     off                                       vant.config.yaml:5
      limits.send_per_account                    1200/10s                                  default
      limits.requests_per_device                 300/10s                                   default
      limits.requests_per_address                600/10s                                   default
      limits.connects_per_address                300/10s                                   default
      limits.registrations_per_address           30/1h                                     default
      limits.attachments_per_account             200/1h                                    default
      limits.records_per_account                 60/10m                                    default
      limits.echo_calls_per_account              20/1h                                     default
      limits.bundles_per_device                  300/10m                                   default
      limits.push_changes_per_device             30/10m                                    default
      invites.default_ttl                        7d                                        default
      invites.max_ttl                            30d                                       default
      invites.allow_members                      false                                     default
      calls.echo                                 false                                     default
      calls.echo_max_calls                       2                                         default
      calls.echo_max_duration                    3m                                        default
      turn.mode                                  embedded                                  default
      turn.credential_ttl                        12h                                       default
      turn.embedded.listen                       [127.0.0.1:3478, [::1]:3478]              default
      turn.embedded.tls_listen                   []                                        default
      turn.embedded.tls_cert_file                none                                      default
      turn.embedded.tls_key_file                 none                                      default
      turn.embedded.public_host                  localhost                                 default
      turn.embedded.external_addresses           []                                        default
      turn.embedded.stun_server                  none                                      default
      turn.embedded.relay_ports                  20000-20999                               default
      turn.embedded.allow_peers                  []                                        default
      turn.embedded.deny_peers                   []                                        default
      turn.embedded.max_allocations              1000                                      default
      turn.embedded.max_allocations_per_device   24                                        default
      turn.embedded.max_allocations_per_address  200                                       default
      turn.embedded.max_lifetime                 1h                                        default
      turn.embedded.bandwidth_per_allocation     256KiB                                    default
      turn.embedded.bandwidth_total              none                                      default
      turn.embedded.replies_per_address          100                                       default
      turn.external.urls                         []                                        default
      log.level                                  info                                      default
      log.format                                 auto                                      default
      log.addresses                              truncated                                 default
      metrics.listen                             none                                      default
      tls.acme.eab_key                           (not set)
      redis.external.password                    (set, from VANT_REDIS_EXTERNAL_PASSWORD)
      redis.external.sentinel.password           (not set)
      push.apns.key                              (not set)
      push.fcm.service_account                   (not set)
      turn.external.secret                       (not set)
      "
    `);
  });

  test('as JSON', () => {
    const { out } = run(['show', '--json'], 'relay: { message_ttl: 3d }', {});
    const shown = JSON.parse(out) as {
      file: string;
      options: Record<string, unknown>;
      secrets: Record<string, unknown>;
    };
    expect(shown.file).toBe('vant.config.yaml');
    expect(shown.options['relay.message_ttl']).toEqual({
      value: '3d',
      source: { kind: 'file', file: 'vant.config.yaml', line: 1, column: 23 },
    });
    expect(shown.options['limits.max_accounts']).toEqual({ value: 1000, source: { kind: 'default' } });
    expect(shown.options['metrics.listen']).toEqual({ value: null, source: { kind: 'unset' } });
    expect(shown.secrets['redis.external.password']).toEqual({ isSet: false, source: { kind: 'unset' } });
  });

  test('of a wrong configuration prints the errors', () => {
    expect(run(['show'], 'log: { level: loud }')).toMatchObject({ out: '', exitCode: 1 });
  });
});

test('vant config schema prints the JSON Schema, whatever the configuration is', () => {
  expect(run(['schema'], 'log: {').out).toBe(renderJsonSchema());
});
