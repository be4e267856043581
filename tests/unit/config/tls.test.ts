import { describe, expect, test } from 'vitest';
import { hostName } from '../../../config/values/host-name.ts';
import { httpsUrl } from '../../../config/values/https-url.ts';
import { load, makeDirectory, problemsOf, warningsOf, writeIn } from './support.ts';

const context = { baseDir: '/etc/vant' };

describe('values', () => {
  test.each(['chat.example.org', 'localhost', 'xn--bcher-kva.example', '203.0.113.7', 'fd00::7'])(
    '%s is a host',
    (text) => {
      expect(hostName().parse(text, context)).toBe(text);
    },
  );

  test.each([
    ['https://chat.example.org', /more than a name/],
    ['chat.example.org:443', /more than a name/],
    ['*.example.org', /stands for many names/],
    ['bücher.example', /neither an address nor a host name/],
    ['1.2.3', /neither/],
    ['-a.example', /neither/],
    ['', /neither/],
    [`${'a'.repeat(64)}.example`, /neither/],
  ])('%s is none', (text, expected) => {
    expect(() => hostName().parse(text, context)).toThrow(expected);
  });

  test('an https URL is one, without a password in it', () => {
    expect(httpsUrl().parse('https://ca.test/dir?x=1', context)).toBe('https://ca.test/dir?x=1');
    expect(() => httpsUrl().parse('http://ca.test/dir', context)).toThrow(/is not https/);
    expect(() => httpsUrl().parse('ca.test', context)).toThrow(/is not a URL/);
    expect(() => httpsUrl().parse('https://u:p@ca.test/', context)).toThrow(/password/);
  });
});

describe('defaults', () => {
  test('nothing is served over TLS, and nothing listens on port 80', () => {
    const { tls, server } = load(undefined).config;
    expect(tls).toMatchObject({ mode: 'off', names: ['localhost'], http_listen: [] });
    expect(server.public_url).toBe('http://localhost:8420');
  });

  test('names follow from the public address, port 80 from port 443', () => {
    const yaml = 'server: { listen: "[::]:443", public_url: "https://[2001:db8::7]" }\ntls: { mode: acme }';
    expect(load(yaml).config.tls).toMatchObject({ names: ['2001:db8::7'], http_listen: [{ host: '::', port: 80 }] });
    const local = load('server: { listen: 0.0.0.0:8420 }\ntls: { mode: local }').config;
    expect(local.server.public_url).toBe('https://localhost:8420');
    expect(local.tls.http_listen).toEqual([]);
  });
});

describe('rules', () => {
  const server = 'server: { listen: 0.0.0.0:443, public_url: https://chat.example.org }\n';

  test.each([
    ['tls: { mode: files }', 'tls.mode: is files, and tls.cert_file and tls.key_file are not set'],
    ['tls: { mode: acme }', 'server.public_url: names this machine only, and tls.mode is acme'],
    [
      'server: { public_url: http://chat.example.org, listen: 0.0.0.0:80 }\ntls: { mode: local }',
      'server.public_url: (http://chat.example.org) is not https, and tls.mode is local',
    ],
    [`${server}tls: { mode: acme, acme: { eab_key_id: x } }`, 'tls.acme.eab_key_id: or its key is missing'],
  ])('%s', (yaml, problem) => {
    expect(problemsOf(yaml)).toEqual([problem]);
  });

  test.each([
    [
      'server: { listen: 0.0.0.0:443, public_url: https://chat.lan }\ntls: { mode: acme }',
      'tls.mode: is acme, and chat.lan is a name that exists in your network only: no public authority certifies it',
    ],
    [
      'server: { public_url: https://chat.example.org }\ntls: { mode: acme }',
      'server.listen: serves this machine only, so nobody else will find the certificate',
    ],
    [`${server}tls: { mode: acme, cert_file: FILE }`, 'tls.cert_file: is set, and tls.mode is acme: it is not used'],
  ])('%s gives a warning', (yaml, warning) => {
    const file = writeIn(makeDirectory(), 'cert.pem', 'x');
    expect(warningsOf(load(yaml.replace('FILE', file)))).toEqual([warning]);
  });

  test('an https address without proxy and certificate suggests acme', () => {
    const [problem] = load('server: { public_url: https://chat.example.org }').warnings;
    expect(problem?.help).toMatch(/If there is none, set tls\.mode: acme/);
  });

  test('TURN over TLS takes the certificate that there is', () => {
    const yaml = `${server}tls: { mode: acme }\nturn: { embedded: { tls_listen: ["0.0.0.0:5349"] } }`;
    expect(warningsOf(load(yaml))).toEqual([]);
    expect(problemsOf('turn: { embedded: { tls_listen: ["0.0.0.0:5349"] } }')).toEqual([
      'turn.embedded.tls_listen: is set without a certificate',
    ]);
  });
});
