import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteSize, formatByteSize, parseByteSize } from '../../../config/values/byte-size.ts';
import { choice } from '../../../config/values/choice.ts';
import { cidr } from '../../../config/values/cidr.ts';
import { duration, formatDuration, parseDuration } from '../../../config/values/duration.ts';
import { flag } from '../../../config/values/flag.ts';
import { formatHostPort, hostPort, listenAddress } from '../../../config/values/host-port.ts';
import { integer } from '../../../config/values/integer.ts';
import { list } from '../../../config/values/list.ts';
import { origin } from '../../../config/values/origin.ts';
import { path } from '../../../config/values/path.ts';
import { formatRate, parseRate } from '../../../config/values/rate.ts';
import { redisUrl } from '../../../config/values/redis-url.ts';
import { text } from '../../../config/values/text.ts';
import { maskUrlCredentials, quote, ValueError, type ValueType } from '../../../config/values/value-type.ts';
import { makeDirectory, writeIn } from './support.ts';

const context = { baseDir: '/etc/vant' };

/** What a reader sees of a refused value: what is wrong | what would be right. */
function refusal(type: Pick<ValueType<unknown>, 'parse'>, value: string): string {
  try {
    type.parse(value, context);
  } catch (error) {
    if (error instanceof ValueError) return `${error.message} | ${error.help ?? ''}`;
    throw error;
  }
  throw new Error(`${value} was expected to be refused`);
}

/** Any text at all is either read or refused with a ValueError, and what was read can be written and read again. */
function survivesAnything<T>(type: ValueType<T>): void {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[0-9a-z.:/[\]@,%+-]{0,20}$/)),
      (input) => {
        let value: T;
        try {
          value = type.parse(input, context);
        } catch (error) {
          expect(error).toBeInstanceOf(ValueError);
          return;
        }
        expect(type.parse(type.format(value), context)).toEqual(value);
      },
    ),
  );
}

describe('duration', () => {
  test.each([
    ['0s', 0],
    ['1ms', 1],
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['0.07s', 70],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['1w', 604_800_000],
    ['1w1d1h1m1s1ms', 694_861_001],
  ])('%s is %d ms', (written, ms) => {
    expect(parseDuration(written)).toBe(ms);
  });

  test.each([
    ['30', '"30" is not a duration | A unit is missing: 30s would be seconds, 30m minutes, 30ms milliseconds.'],
    ['7days', '"7days" is not a duration | Write 7d.'],
    ['7 d', '"7 d" is not a duration | Write 7d.'],
    ['1 hour and 30 minutes', '"1 hour and 30 minutes" is not a duration | Write 1h30m.'],
    ['10S', '"10S" is not a duration | Write 10s.'],
    [
      '30m1h',
      '"30m1h" is not a duration | Write a number and a unit (ms, s, m, h, d or w), such as 30s, 10m, 1h30m or 7d.',
    ],
    [
      '-1s',
      '"-1s" is not a duration | Write a number and a unit (ms, s, m, h, d or w), such as 30s, 10m, 1h30m or 7d.',
    ],
    [
      '0.5ms',
      '"0.5ms" is not a whole number of milliseconds | Write a number and a unit (ms, s, m, h, d or w), such as 30s, 10m, 1h30m or 7d.',
    ],
    ['', '"" is not a duration | Write a number and a unit (ms, s, m, h, d or w), such as 30s, 10m, 1h30m or 7d.'],
  ])('%j is refused', (written, expected) => {
    expect(refusal(duration(), written)).toBe(expected);
  });

  test('holds its bounds: at the edge and one beyond', () => {
    const type = duration({ min: '1m', max: '7d' });
    expect(type.parse('1m', context)).toBe(60_000);
    expect(type.parse('168h', context)).toBe(604_800_000);
    expect(refusal(type, '59999ms')).toBe('59999ms is too short | The shortest allowed is 1m.');
    expect(refusal(type, '604800001ms')).toBe('604800001ms is too long | The longest allowed is 7d.');
  });

  test('what is written can be read', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
    survivesAnything(duration());
  });
});

describe('size', () => {
  test.each([
    ['0B', 0],
    ['1B', 1],
    ['1.5KiB', 1536],
    ['256KiB', 262_144],
    ['256KB', 256_000],
    ['256kB', 256_000],
    ['1MiB', 1_048_576],
    ['2GiB', 2_147_483_648],
    ['1TB', 10 ** 12],
  ])('%s is %d bytes', (written, bytes) => {
    expect(parseByteSize(written)).toBe(bytes);
  });

  test.each([
    [
      '262144',
      '"262144" is not a size | A unit is missing: 256KiB if you mean bytes, 262144KiB or 262144MiB otherwise.',
    ],
    ['256K', '"256K" is not a size | Write 256KiB (powers of 1024) or 256KB (powers of 1000).'],
    ['256 kib', '"256 kib" is not a size | Write 256KiB.'],
    ['1gb', '"1gb" is not a size | Write 1GB.'],
    ['1 MiBytes', '"1 MiBytes" is not a size | Write 1MiB.'],
    [
      'large',
      '"large" is not a size | Write a number and a unit (B, KiB, MiB, GiB; or KB, MB, GB for powers of ten), such as 256KiB.',
    ],
    [
      '0.3B',
      '"0.3B" is not a whole number of bytes | Write a number and a unit (B, KiB, MiB, GiB; or KB, MB, GB for powers of ten), such as 256KiB.',
    ],
  ])('%j is refused', (written, expected) => {
    expect(refusal(byteSize(), written)).toBe(expected);
  });

  test('holds its bounds: at the edge and one beyond', () => {
    const type = byteSize({ min: '4KiB', max: '1MiB' });
    expect(type.parse('4096B', context)).toBe(4096);
    expect(type.parse('1MiB', context)).toBe(1_048_576);
    expect(refusal(type, '4095B')).toBe('4095B is too small | The smallest allowed is 4KiB.');
    expect(refusal(type, '1048577B')).toBe('1048577B is too large | The largest allowed is 1MiB.');
  });

  test('what is written can be read', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(parseByteSize(formatByteSize(bytes))).toBe(bytes);
      }),
    );
    survivesAnything(byteSize());
  });
});

describe('rate', () => {
  const type = { parse: parseRate };

  test('reads a count over a duration, and off', () => {
    expect(parseRate('600/10s')).toEqual({ count: 600, perMs: 10_000 });
    expect(parseRate('1/24h')).toEqual({ count: 1, perMs: 86_400_000 });
    expect(parseRate('off')).toBe('off');
  });

  test.each([
    ['600', '"600" is not a rate | Say over what time: 600/1s is per second, 600/1h per hour.'],
    ['600/s', '"600/s" is not a rate | Write 600/1s.'],
    ['600/10', '"10" is not a duration | A unit is missing: 10s would be seconds, 10m minutes, 10ms milliseconds.'],
    ['0/10s', 'a rate of 0 would refuse everything | Write off for no limit, or a count of 1 or more.'],
    ['600/0s', 'the duration of a rate cannot be 0 | Write COUNT/DURATION such as 600/10s or 30/1h, or off.'],
    ['600/25h', '25h is too long for a rate | The longest allowed is 24h.'],
    ['1000000001/1s', 'the count "1000000001" is too large | Write off for no limit.'],
    ['unlimited', '"unlimited" is not a rate | Write off for no limit.'],
    ['10s/600', '"10s/600" is not a rate | Write COUNT/DURATION such as 600/10s or 30/1h, or off.'],
  ])('%j is refused', (written, expected) => {
    expect(refusal(type, written)).toBe(expected);
  });

  test('what is written can be read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), fc.integer({ min: 1, max: 86_400_000 }), (count, perMs) => {
        expect(parseRate(formatRate({ count, perMs }))).toEqual({ count, perMs });
      }),
    );
  });
});

describe('host:port', () => {
  test.each([
    ['127.0.0.1:8420', { host: '127.0.0.1', port: 8420 }],
    ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
    ['[::]:65535', { host: '::', port: 65_535 }],
    ['localhost:80', { host: 'localhost', port: 80 }],
  ])('%s', (written, value) => {
    expect(listenAddress().parse(written, context)).toEqual(value);
    expect(formatHostPort(value)).toBe(written);
  });

  test.each([
    ['8420', '"8420" is not HOST:PORT | Write 127.0.0.1:8420 for this machine only, or 0.0.0.0:8420 for everyone.'],
    [
      ':8420',
      '":8420" names no address | Write 0.0.0.0:8420 for all IPv4 addresses, [::]:8420 for IPv6 too, 127.0.0.1:8420 for this machine only.',
    ],
    ['localhost', '"localhost" is not HOST:PORT | The port is missing: write localhost:PORT.'],
    ['::1', '"::1": an IPv6 address stands in brackets | Write [::1]:PORT.'],
    ['127.0.0.1:65536', 'there is no port 65536 | Ports go from 0 to 65535.'],
    ['[fe80::zz]:80', '"fe80::zz" in brackets is not an IPv6 address | '],
    ['256.0.0.1:80', '"256.0.0.1" is neither an address nor a host name | '],
    [
      'http://localhost:80',
      '"http://localhost:80" is not HOST:PORT | Leave out the scheme: write HOST:PORT such as 127.0.0.1:8420, 0.0.0.0:8420 or [::]:8420.',
    ],
  ])('%j is refused', (written, expected) => {
    expect(refusal(listenAddress(), written)).toBe(expected);
  });

  test('another program has no port 0', () => {
    expect(refusal(hostPort(), 'redis:0')).toBe('there is no port 0 | Ports go from 1 to 65535.');
    expect(hostPort().parse('redis:1', context)).toEqual({ host: 'redis', port: 1 });
  });

  test('what is written can be read', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), fc.integer({ min: 1, max: 65_535 }), (host, port) => {
        expect(hostPort().parse(formatHostPort({ host, port }), context)).toEqual({ host, port });
      }),
    );
    survivesAnything(listenAddress());
  });
});

describe('origin', () => {
  test.each([
    ['https://chat.example.org', 'https://chat.example.org'],
    ['https://chat.example.org/', 'https://chat.example.org'],
    ['https://chat.example.org:443', 'https://chat.example.org'],
    ['http://localhost:8420', 'http://localhost:8420'],
    ['https://Chät.example.org', 'https://xn--cht-rla.example.org'],
  ])('%s', (written, value) => {
    expect(origin().parse(written, context)).toBe(value);
  });

  test.each([
    [
      'chat.example.org',
      '"chat.example.org" has no scheme | Write https://chat.example.org or http(s)://HOST or http(s)://HOST:PORT, such as https://chat.example.org.',
    ],
    ['https://a.example/chat', 'the address has a path | Write https://a.example.'],
    ['https://a.example/?', 'the address has a query (after ?) | Write https://a.example.'],
    [
      'https://a.example/x?y#z',
      'the address has a fragment (after #) and a query (after ?) and a path | Write https://a.example.',
    ],
    [
      'ftp://a.example',
      'the scheme "ftp" is not for browsers | Write http(s)://HOST or http(s)://HOST:PORT, such as https://chat.example.org.',
    ],
    ['https://me:hunter2@a.example', 'a user name or password stands in the address | Write https://a.example.'],
    [
      'https://a b',
      '"https://a b" is not a URL | Write http(s)://HOST or http(s)://HOST:PORT, such as https://chat.example.org.',
    ],
  ])('%j is refused', (written, expected) => {
    expect(refusal(origin(), written)).toBe(expected);
  });

  test('survives anything', () => survivesAnything(origin()));
});

describe('Redis URL', () => {
  test.each(['redis://localhost', 'redis://[::1]:6379', 'rediss://redis.example.org:6380/15'])('%s', (written) => {
    expect(redisUrl().parse(written, context)).toBe(written);
  });

  test.each([
    'redis://u:hunter2@h',
    'redis://:hunter2@h:1/0',
    'u:hunter2@h',
    'redis://u:hunt/er2@h',
    'redis://u:hunter2',
  ])('%s is refused without repeating it', (written) => {
    expect(refusal(redisUrl(), written)).not.toContain('hunt');
  });

  test.each([
    [
      'redis.example.org:6379',
      '"redis.example.org:6379" is not the address of a Redis server | Write redis://redis.example.org:6379, or rediss://redis.example.org:6379 for TLS.',
    ],
    ['redis://h/zero', '"/zero" is not a database number | After the port comes / and a number, such as /0.'],
    [
      'redis://h?db=1',
      '"redis://h?db=1" has a query or fragment | Options of the connection have their own names under redis.external.',
    ],
    [
      'http://h',
      '"http://h" is not the address of a Redis server | Write redis://HOST:PORT/DATABASE, or rediss:// for TLS, such as redis://redis.example.org:6379/0.',
    ],
  ])('%j is refused', (written, expected) => {
    expect(refusal(redisUrl(), written)).toBe(expected);
  });

  test('survives anything', () => survivesAnything(redisUrl()));
});

describe('address or network', () => {
  test.each([
    '127.0.0.1',
    '::1',
    '10.0.0.0/8',
    '0.0.0.0/0',
    '192.168.1.1/32',
    'fd00::/8',
    '::ffff:10.0.0.0/104',
    '::/0',
  ])('%s', (written) => {
    expect(cidr().parse(written, context)).toBe(written);
  });

  test.each([
    ['10.0.0.0/33', '/33 is not a prefix length | It goes from /0 to /32 here.'],
    ['fd00::/129', '/129 is not a prefix length | It goes from /0 to /128 here.'],
    [
      '10.0.0.5/8',
      '"10.0.0.5/8" names a host inside a network | Write 10.0.0.5 for that host alone, or clear the bits after the first 8.',
    ],
    [
      'fd00::1/64',
      '"fd00::1/64" names a host inside a network | Write fd00::1 for that host alone, or clear the bits after the first 64.',
    ],
    [
      '*',
      '"*" is not an address or network | Name the proxies one by one: who is trusted can claim any client address.',
    ],
    [
      'proxy.example.org',
      '"proxy.example.org" is not an address or network | Write an address or a network, such as 127.0.0.1, 10.0.0.0/8 or fd00::/8. Host names are not looked up here.',
    ],
  ])('%j is refused', (written, expected) => {
    expect(refusal(cidr(), written)).toBe(expected);
  });

  test('every address is its own network, and anything else is refused in words', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const whole = `${address}/${address.includes(':') ? 128 : 32}`;
        expect(cidr().parse(whole, context)).toBe(whole);
      }),
    );
    survivesAnything(cidr());
  });
});

describe('plain values', () => {
  test('whole numbers hold their bounds', () => {
    const type = integer({ min: 1, max: 127 });
    expect([type.parse('1', context), type.parse('127', context)]).toEqual([1, 127]);
    expect(refusal(type, '0')).toBe('0 is too small | The smallest allowed is 1.');
    expect(refusal(type, '128')).toBe('128 is too large | The largest allowed is 127.');
    expect(refusal(type, '10,000')).toBe('"10,000" is not a whole number | Write 10000.');
    expect(refusal(type, '1.5')).toBe('"1.5" is not a whole number | Write digits only, such as 1000.');
    expect(refusal(type, 'many')).toBe('"many" is not a whole number | Write digits only, such as 1000.');
    survivesAnything(type);
  });

  test('true and false, and no other words for them', () => {
    expect([flag().parse('true', context), flag().parse('false', context)]).toEqual([true, false]);
    expect(refusal(flag(), 'yes')).toBe('"yes" is neither true nor false | Write true.');
    expect(refusal(flag(), 'off')).toBe('"off" is neither true nor false | Write false.');
    expect(refusal(flag(), 'maybe')).toBe('"maybe" is neither true nor false | Write true or false.');
  });

  test('a choice suggests the near word', () => {
    const type = choice(['embedded', 'external']);
    expect(type.parse('external', context)).toBe('external');
    expect(refusal(type, 'externel')).toBe(
      '"externel" is not one of embedded, external | Write one of embedded, external. Did you mean external?',
    );
    expect(refusal(type, 'none')).toBe('"none" is not one of embedded, external | Write one of embedded, external.');
  });

  test('text is one word of at most 256 characters', () => {
    expect(text().parse('x'.repeat(256), context)).toHaveLength(256);
    expect(refusal(text(), 'x'.repeat(257))).toBe('the text is longer than 256 characters | ');
    expect(refusal(text(), '')).toBe('the value is empty | Write text without spaces.');
    expect(refusal(text(), 'a b')).toBe(
      'the text has characters that do not belong there | Write text without spaces.',
    );
  });

  test('a list is separated by commas, with or without brackets', () => {
    const type = list(integer({ min: 0, max: 9 }), 'list of digits');
    expect(type.parse('1, 2,3', context)).toEqual([1, 2, 3]);
    expect(type.parse('[1, 2]', context)).toEqual([1, 2]);
    expect(type.parse('[]', context)).toEqual([]);
    expect(type.format([1, 2])).toBe('[1, 2]');
    expect(refusal(type, '1,,2')).toContain('"" is not a whole number');
  });
});

describe('path', () => {
  test('starts at the directory of the file', () => {
    expect(path().parse('data', context)).toBe('/etc/vant/data');
    expect(path().parse('/var/lib/vant/', context)).toBe('/var/lib/vant');
    expect(path({ word: 'auto' }).parse('auto', context)).toBe('auto');
  });

  test('refuses what no program understands', () => {
    expect(refusal(path(), '~/data')).toBe('"~/data": only a shell knows what ~ is | Write the path in full.');
    expect(refusal(path(), '')).toBe('the path is empty | Write a path.');
    expect(refusal(path(), 'a\0b')).toBe('a path cannot contain a zero byte | ');
  });

  test('a file that must be there is looked at while loading', () => {
    const directory = makeDirectory();
    const file = writeIn(directory, 'ca.pem', 'x');
    const type = path({ mustBe: 'readable-file' });
    expect(type.parse(file, context)).toBe(file);
    expect(refusal(type, `${file}x`)).toContain('there is no file');
    expect(refusal(type, directory)).toContain('is a directory');
    expect(refusal(path({ mustBe: 'program' }), file)).toContain('cannot be run by the user that runs Vant');
  });
});

describe('quoting', () => {
  test('shortens, and shows control characters as dots', () => {
    expect(quote('x'.repeat(61))).toBe(`"${'x'.repeat(60)}…"`);
    expect(quote('\u001b[31m\u202e')).toBe('"·[31m·"');
  });

  test('hides what stands before the @ of an address', () => {
    expect(maskUrlCredentials('redis://u:p@ss@h:1')).toBe('redis://…@h:1');
    expect(maskUrlCredentials('redis://h:hunter2')).toBe('redis://h:…');
    expect(maskUrlCredentials('redis://h:6379/0')).toBe('redis://h:6379/0');
  });
});
