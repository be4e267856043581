import { describe, expect, test } from 'vitest';
import { ipAddress } from '../../../config/values/ip-address.ts';
import { listenIpAddress } from '../../../config/values/host-port.ts';
import { portRange } from '../../../config/values/port-range.ts';
import { turnUrl } from '../../../config/values/turn-url.ts';
import { ValueError, type ValueType } from '../../../config/values/value-type.ts';
import { load, problemsOf, warningsOf, writeIn, makeDirectory } from './support.ts';

const context = { baseDir: '/etc/vant' };

function refusal(type: Pick<ValueType<unknown>, 'parse'>, value: string): string {
  try {
    return `read as ${JSON.stringify(type.parse(value, context))}`;
  } catch (error) {
    if (error instanceof ValueError) return `${error.message} | ${error.help ?? ''}`;
    throw error;
  }
}

describe('values', () => {
  test.each([
    ['20000-20999', { min: 20_000, max: 20_999 }],
    ['1024 - 65535', { min: 1024, max: 65_535 }],
    ['5000-5000', { min: 5000, max: 5000 }],
  ])('the port range %s', (text, range) => {
    expect(portRange().parse(text, context)).toEqual(range);
    expect(portRange().parse(portRange().format(range), context)).toEqual(range);
  });

  test.each([
    ['20000', '"20000" is not a range of ports | Write FIRST-LAST such as 20000-20999.'],
    ['1023-2000', '1023 is not a port for this | Ports go from 1024 to 65535 here.'],
    ['2000-65536', '65536 is not a port for this | Ports go from 1024 to 65535 here.'],
    ['2000-1999', '"2000-1999" ends before it begins | Write 1999-2000.'],
  ])('no port range: %s', (text, expected) => {
    expect(refusal(portRange(), text)).toBe(expected);
  });

  test('addresses are addresses, and not names', () => {
    expect(ipAddress().parse('2001:db8::7', context)).toBe('2001:db8::7');
    for (const text of ['example.org', '1.2.3', 'fe80::1%eth0', '[::1]', '1.2.3.4:5']) {
      expect(refusal(ipAddress(), text)).toMatch(/is not an IP address/);
    }
    expect(listenIpAddress().parse('[::]:3478', context)).toEqual({ host: '::', port: 3478 });
    expect(refusal(listenIpAddress(), 'localhost:3478')).toMatch(/is a name.*Write 0\.0\.0\.0:3478/s);
  });

  test.each(['turn:h', 'turn:h:3478', 'turns:[2001:db8::1]:5349?transport=tcp', 'stun:stun.example.org:3478'])(
    'the URL %s',
    (text) => {
      expect(turnUrl().parse(text, context)).toBe(text);
    },
  );

  test.each(['turn://h:3478', 'http://h', 'turn:', 'turn:h?transport=sctp', 'turn:h:port', 'turn:user@h'])(
    'no URL: %s',
    (text) => {
      expect(refusal(turnUrl(), text)).toMatch(/is not the URL of a TURN server/);
    },
  );
});

describe('defaults', () => {
  const listenOf = (yaml: string | undefined) =>
    load(yaml).config.turn.embedded.listen.map(({ host, port }) => `${host} ${port}`);

  test('a server for this machine only has a relay for this machine only', () => {
    expect(listenOf(undefined)).toEqual(['127.0.0.1 3478', '::1 3478']);
    expect(load(undefined).config.turn).toMatchObject({ mode: 'embedded', embedded: { public_host: 'localhost' } });
  });

  test('behind a proxy the web server listens here only, and the relay everywhere', () => {
    const yaml = 'server: { public_url: https://chat.example.org, trusted_proxies: [127.0.0.1] }';
    expect(listenOf(yaml)).toEqual(['0.0.0.0 3478', ':: 3478']);
    expect(load(yaml).config.turn.embedded.public_host).toBe('chat.example.org');
    expect(listenOf('server: { listen: 0.0.0.0:8420 }')).toEqual(['0.0.0.0 3478', ':: 3478']);
  });

  test('an IPv6 address as host loses its brackets', () => {
    expect(load('server: { public_url: "http://[2001:db8::1]:8420" }').config.turn.embedded.public_host).toBe(
      '2001:db8::1',
    );
  });
});

describe('rules', () => {
  test.each([
    ['turn: { mode: external }', 'turn.mode: is external, and turn.external.urls and turn.external.secret are not set'],
    [
      'turn: { mode: external, external: { urls: [turn:h] } }',
      'turn.mode: is external, and turn.external.secret is not set',
    ],
    ['turn: { embedded: { tls_listen: [0.0.0.0:5349] } }', 'turn.embedded.tls_listen: is set without a certificate'],
    [
      'turn: { embedded: { external_addresses: [1.2.3.4, 5.6.7.8] } }',
      'turn.embedded.external_addresses: has several addresses of one kind',
    ],
    [
      'turn: { embedded: { max_allocations: 1001 } }',
      'turn.embedded.max_allocations: (1001) does not fit: 1001 allocations, and 1000 ports (20000-20999)',
    ],
    [
      'turn: { embedded: { relay_ports: 20000-20998 } }',
      'turn.embedded.relay_ports: (20000-20998) does not fit: 1000 allocations, and 999 ports (20000-20998)',
    ],
  ])('%s', (yaml, problem) => {
    expect(problemsOf(yaml)).toContain(problem);
  });

  test('limits at the edge hold', () => {
    const { embedded } = load('turn: { embedded: { relay_ports: 20000-20009, max_allocations: 10 } }').config.turn;
    expect(embedded.max_allocations).toBe(10);
    expect(load('turn: { embedded: { external_addresses: [1.2.3.4, "2001:db8::1"] } }').warnings).toEqual([]);
  });

  test('what is not used, or will not work well, is a warning', () => {
    expect(warningsOf(load('turn: { mode: "off", embedded: { max_lifetime: 2h } }'))).toEqual([
      'turn.embedded.max_lifetime: is set, and turn.mode is off: it is not used',
    ]);
    expect(warningsOf(load('turn: { embedded: { relay_ports: 49152-65535 } }'))).toEqual([
      expect.stringContaining('turn.embedded.relay_ports: (49152-65535) overlaps with 32768-60999'),
    ]);
  });

  test('the secret of an external server comes from its file', () => {
    const cwd = makeDirectory();
    writeIn(cwd, 'secret', 'shared\n');
    const yaml = 'turn: { mode: external, external: { urls: [turn:h], secret_file: ./secret } }';
    expect(load(yaml, { cwd }).secrets.turn.external.secret?.reveal()).toBe('shared');
  });
});
