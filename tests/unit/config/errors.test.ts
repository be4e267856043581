import { describe, expect, test } from 'vitest';
import { renderProblems } from '../../../config/render-problems.ts';
import { loadError, problemsOf } from './support.ts';

describe('what an admin reads', () => {
  test('names file, line, column and option, what is wrong and what would be right', () => {
    expect(loadError('relay:\n  message_ttl: 7days\n').message).toMatchInlineSnapshot(`
      "error: relay.message_ttl: "7days" is not a duration
       --> vant.config.yaml:2:16
        |
      2 |   message_ttl: 7days
        |                ^^^^^
        = Write 7d."
    `);
  });

  test('suggests the near name for a typo', () => {
    expect(loadError('server:\n  lsiten: 0.0.0.0:8420\n').message).toMatchInlineSnapshot(`
      "error: server.lsiten: there is no such option
       --> vant.config.yaml:2:3
        |
      2 |   lsiten: …
        |   ^^^^^^
        = Did you mean listen?"
    `);
  });

  test('lists all errors at once, in the order of the file', () => {
    const yaml = [
      'sever:',
      '  listen: 127.0.0.1:8420',
      'limits:',
      '  max_accounts: 0',
      '  send_per_device: 600/s',
      'log:',
      '  level: verbose',
      'redis:',
      '  external:',
      '    sentinel:',
      '      nodes: [sentinel-1:26379, sentinel-2]',
      '',
    ].join('\n');
    expect(loadError(yaml, { env: { VANT_LOG_FORMAT: 'xml', VANT_LOG_LEVLE: 'debug' } }).message)
      .toMatchInlineSnapshot(`
      "error: sever: there is no such section
       --> vant.config.yaml:1:1
        |
      1 | sever:
        | ^^^^^
        = Did you mean server?

      error: limits.max_accounts: 0 is too small
       --> vant.config.yaml:4:17
        |
      4 |   max_accounts: 0
        |                 ^
        = The smallest allowed is 1.

      error: limits.send_per_device: "600/s" is not a rate
       --> vant.config.yaml:5:20
        |
      5 |   send_per_device: 600/s
        |                    ^^^^^
        = Write 600/1s.

      error: log.level: "verbose" is not one of trace, debug, info, warn, error, fatal
       --> vant.config.yaml:7:10
        |
      7 |   level: verbose
        |          ^^^^^^^
        = Write one of trace, debug, info, warn, error, fatal.

      error: redis.external.sentinel.nodes: "sentinel-2" is not HOST:PORT
        --> vant.config.yaml:11:33
         |
      11 |       nodes: [sentinel-1:26379, sentinel-2]
         |                                 ^^^^^^^^^^
         = The port is missing: write sentinel-2:PORT.

      error: VANT_LOG_LEVLE is not an option
       --> environment variable VANT_LOG_LEVLE
        = Did you mean VANT_LOG_LEVEL?

      error: log.format: "xml" is not one of auto, json, text
       --> environment variable VANT_LOG_FORMAT
        = Write one of auto, json, text."
    `);
  });

  test('explains the three ways of a secret', () => {
    expect(loadError('redis:\n  external:\n    password: hunter2\n').message).toMatchInlineSnapshot(`
      "error: redis.external.password: a secret does not stand in this file
       --> vant.config.yaml:3:5
        |
      3 |     password: …
        |     ^^^^^^^^
        = Give it in one of three ways:
            password_file: PATH     a file that holds nothing else and that only Vant can read
            VANT_REDIS_EXTERNAL_PASSWORD  in the environment, or VANT_REDIS_EXTERNAL_PASSWORD_FILE with the path of a file
            a systemd credential named redis.external.password (LoadCredential= or LoadCredentialEncrypted=)
          Change the one written here: it may have been copied already."
    `);
  });

  test('names both options of a broken rule', () => {
    expect(loadError('relay:\n  max_content: 1MiB\n').message).toMatchInlineSnapshot(`
      "error: relay.delivery_window_bytes: (256KiB) is smaller than relay.max_content (1MiB): the largest envelopes could never be delivered
       --> vant.config.yaml:2:16
        |
      2 |   max_content: 1MiB
        |                ^^^^
        = Set relay.delivery_window_bytes to 1MiB or more, or relay.max_content to 256KiB or less."
    `);
  });

  test('a syntax error has a position and plain words', () => {
    expect(loadError('server:\n\tlisten: 127.0.0.1:8420\n').message).toMatchInlineSnapshot(`
      "error: a tab is used for indentation
       --> vant.config.yaml:2:1
        |
      2 | ·listen: 127.0.0.1:8420
        | ^
        = YAML is indented with spaces: use two per level."
    `);
  });

  test('colors change nothing but colors', () => {
    const { problems, message } = loadError('relay:\n  message_ttl: 7days\n');
    const colored = renderProblems(problems, 'error', { color: true });
    expect(colored).not.toBe(message);
    expect(colored.replaceAll(/\u001b\[[0-9;]*m/g, '')).toBe(message);
  });
});

describe('names', () => {
  test.each([
    ['relay: { messageTtl: 7d }', 'Did you mean message_ttl?'],
    ['relay: { message-ttl: 7d }', 'Did you mean message_ttl?'],
    ['message_ttl: 7d', 'Did you mean relay.message_ttl? message_ttl stands indented below "relay:".'],
    ['relay.message_ttl: 7d', 'Did you mean relay.message_ttl? message_ttl stands indented below "relay:".'],
    ['server: { message_ttl: 7d }', 'Did you mean relay.message_ttl? message_ttl stands indented below "relay:".'],
    ['redis: { external: { pasword: x } }', 'Did you mean password_file?'],
    [
      'redis: { external: { tls: { ca: x } } }',
      'redis.external.tls knows enabled, ca_file, cert_file, key_file, server_name.',
    ],
    [
      'tsl1: x',
      'The sections are server, tls, storage, redis, relay, push, attachments, limits, invites, calls, turn, log, metrics.',
    ],
    [
      'constructor: x',
      'The sections are server, tls, storage, redis, relay, push, attachments, limits, invites, calls, turn, log, metrics.',
    ],
  ])('%s', (yaml, help) => {
    expect(loadError(yaml).problems.map((problem) => problem.help)).toEqual([help]);
  });

  test('a name that is no plain word is not printed', () => {
    expect(problemsOf('"\\e[31mred": x')).toEqual(['…: there is no such section']);
  });

  test('a name twice is an error that knows the first place', () => {
    const [problem, ...others] = loadError('log:\n  level: info\n  level: debug\n').problems;
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      option: 'log.level',
      place: { line: 3, column: 3 },
      message: 'stands here for the second time',
      help: 'The first is at vant.config.yaml:2:3. Keep one of them.',
    });
  });

  test('a section twice is an error', () => {
    expect(problemsOf('log:\n  level: info\nlog:\n  format: json\n')).toEqual(['log: stands here for the second time']);
  });
});

describe('shapes', () => {
  test.each([
    ['- a\n- b\n', '-: the file does not hold sections'],
    ['hello', '-: the file does not hold sections'],
    ['relay: 7d', 'relay: is a section, and has a value as if it were an option'],
    ['relay: [7d]', 'relay: is a section, and has a value as if it were an option'],
    ['relay: { message_ttl: { days: 7 } }', 'relay.message_ttl: is one value, and not a list or section'],
    ['relay: { message_ttl: }', 'relay.message_ttl: has no value'],
    ['relay: { message_ttl: ~ }', 'relay.message_ttl: has no value'],
    ['server: { trusted_proxies: 127.0.0.1 }', 'server.trusted_proxies: is a list'],
    ['server: { trusted_proxies: [[127.0.0.1]] }', 'server.trusted_proxies: is one value, and not a list or section'],
    ['? [a, b]\n: c\n', '-: a name is expected here'],
    ['1: x', '-: a name is expected here'],
  ])('%j', (yaml, problem) => {
    expect(problemsOf(yaml)).toEqual([problem]);
  });
});

describe('syntax', () => {
  test.each([
    ['server:\n  listen: "127.0.0.1:8420\n', 'something is missing here'],
    ['server:\n  listen: a: b\n', 'a second name stands on the same line'],
    ['server:\n  trusted_proxies: [127.0.0.1\n', 'the indentation does not fit the lines above'],
    ['log:\n  level: @info\n', 'a value cannot start with this character'],
    ['log:\n  level: *info\n', '* refers to an anchor that is not there'],
    ['log:\n  level: !info x\n', 'a tag (!) means nothing here'],
    ['log:\n  level: info\n---\nlog:\n  level: info\n', 'a second document starts here'],
    ['log:\n  level: "\\q"\n', 'an unknown escape stands in double quotes'],
    ['log:\n   level: info\n  format: json\n', 'the indentation does not fit the lines above'],
  ])('%j', (yaml, message) => {
    const { problems } = loadError(yaml);
    expect(problems[0]).toMatchObject({ message, place: { kind: 'file', file: 'vant.config.yaml' } });
  });
});
