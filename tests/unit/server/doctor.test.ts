import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkClock } from '../../../server/doctor/clock-check.ts';
import { describeBytes } from '../../../server/doctor/describe-bytes.ts';
import { examine } from '../../../server/doctor/examine.ts';
import { checkDns } from '../../../server/doctor/network-checks.ts';
import { judgeAddress } from '../../../server/doctor/proxy-check.ts';
import { parsePublicAddress } from '../../../server/doctor/public-address.ts';

const DAY_MS = 86_400_000;

describe('the clock', () => {
  const server = createServer((_, response) => response.end());
  let source: string;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    source = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it.each([
    [0, 'ok', /as 127.0.0.1 says/],
    [-20_000, 'ok', /as 127.0.0.1 says/],
    [45_000, 'warning', /45 seconds ahead|4\d seconds ahead/],
    [-200_000, 'warning', /3 minutes behind/],
    [DAY_MS, 'error', /24 hours ahead/],
    [-3 * DAY_MS, 'error', /3 days behind/],
  ])('that is %i ms off', async (offsetMs, status, words) => {
    const found = await checkClock([source], () => Date.now() + offsetMs);
    expect(found).toMatchObject({ status, seen: expect.stringMatching(words) as string });
    if (status !== 'ok') expect(found.remedy).toContain('timedatectl');
  });

  it('that cannot be compared is not called right', async () => {
    const found = await checkClock(['http://127.0.0.1:1'], Date.now);
    expect(found.seen).toMatch(/not compared|timesyncd/);
  });
});

describe('DNS', () => {
  const target = parsePublicAddress('https://chat.example.org');
  const check = (ipv4: string[], ipv6: string[] = [], isFromHostsFile = false) =>
    checkDns(target, false, async () => ({ ipv4, ipv6, isFromHostsFile }));

  it.each([
    [[], [], 'error', 'is not known to DNS'],
    [['8.8.8.8'], ['2001:4860:4860::8888'], 'ok', 'A: 8.8.8.8; AAAA: 2001:4860:4860::8888'],
    [['8.8.8.8'], [], 'ok', 'AAAA: none'],
    [[], ['2001:4860:4860::8888'], 'warning', 'whoever has no IPv6 cannot come'],
    [['192.168.1.5'], [], 'warning', '192.168.1.5 cannot be reached from the internet'],
  ])('A %j and AAAA %j', async (ipv4, ipv6, status, words) => {
    expect(await check(ipv4, ipv6)).toMatchObject({ status, seen: expect.stringContaining(words) as string });
  });

  it('with a private address, where nobody is to come from elsewhere', async () => {
    const found = await checkDns(target, true, async () => ({
      ipv4: ['192.168.1.5'],
      ipv6: [],
      isFromHostsFile: false,
    }));
    expect(found).toMatchObject({ status: 'ok' });
  });

  it('that only this machine believes', async () => {
    expect(await check(['127.0.1.1'], [], true)).toMatchObject({
      status: 'warning',
      seen: expect.stringContaining('/etc/hosts') as string,
    });
  });
});

describe('the address that Vant sees', () => {
  const seen = { address: '203.0.113.7', peer: '10.0.0.2', isForwarded: true, isPeerTrusted: true };
  it.each([
    [{}, 'ok'],
    [{ isForwarded: false, isPeerTrusted: false, peer: '203.0.113.7' }, 'ok'],
    [{ isPeerTrusted: false }, 'error'],
    [{ isForwarded: false }, 'error'],
    [{ isForwarded: false, isPeerTrusted: false, peer: '127.0.0.1' }, 'error'],
    [{ address: 'nonsense' }, 'warning'],
  ])('%j is %s', (change, status) => {
    expect(judgeAddress({ ...seen, ...change }, false)).toMatchObject({ status });
  });
});

describe('a check', () => {
  it('that fails itself is a finding', async () => {
    const run = async () => Promise.reject(new Error('oops'));
    expect(await examine({ name: 'x', option: 'y', run })).toMatchObject({ status: 'error', check: 'x', option: 'y' });
  });
});

it('sizes are for reading', () => {
  expect([0, 1023, 1536, 20 * 1024 ** 2, 1.5 * 1024 ** 4].map(describeBytes)).toEqual([
    '0 B',
    '1023 B',
    '1.5 KiB',
    '20 MiB',
    '1.5 TiB',
  ]);
});
