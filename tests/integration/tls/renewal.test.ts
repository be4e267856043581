/** Renewal, on a clock of the test; refusals of the authority; and what is left by a process that is killed in the middle. */
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { planRenewal } from '../../../server/tls/acme/renewal.ts';
import { REPOSITORY } from '../../support/appliance.ts';
import { createTestDirectory } from '../../support/redis-process.ts';
import { startAcmeHost, type AcmeHostOptions } from '../../support/tls/acme-host.ts';
import { get, trust } from '../../support/tls/https-client.ts';
import { startPebble, type Pebble } from '../../support/tls/pebble.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NAME = 'chat.vant.test';
let pebble: Pebble;
let root: string;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  // Nobody refuses nonces here: the number of steps is to be the same each time.
  pebble = await startPebble({ nonceReject: 0, blocked: ['blocked.vant.test'] });
  root = await pebble.root();
});
afterAll(() => pebble.stop());
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

type Settings = Partial<AcmeHostOptions['settings']>;

const toOptions = (settings: Settings = {}, directory = createTestDirectory()): AcmeHostOptions => ({
  tlsPort: pebble.tlsPort,
  directory,
  settings: { directoryUrl: pebble.directoryUrl, ca: pebble.ca, ...settings },
});

async function start(settings?: Settings, directory?: string) {
  const host = await startAcmeHost(toOptions(settings, directory));
  cleanups.push(() => host.stop());
  return host;
}

describe('renewal', () => {
  test('is due when the authority says so, or at a third of the life', async () => {
    const host = await start();
    await host.step();
    const [first] = host.seen;
    const certificate = new X509Certificate(first!.cert);
    // Asked, and far away: it looks again in a while.
    expect(await host.step()).toBeGreaterThan(60_000);
    expect(host.seen).toHaveLength(1);
    await pebble.setRenewalWindow(first!.cert, Date.now() - 2 * DAY_MS, Date.now() - DAY_MS);
    host.clock.offsetMs = 6 * 60 * 60 * 1000;
    await host.step();
    expect(host.seen).toHaveLength(2);
    expect(new X509Certificate(host.seen[1]!.cert).serialNumber).not.toBe(certificate.serialNumber);
    expect(pebble.output()).toMatch(/replac/i);
    // Without a word of the authority: a third of 90 days is left.
    host.clock.offsetMs = 61 * DAY_MS;
    await host.step();
    expect(host.seen).toHaveLength(3);
    expect((await get({ port: pebble.tlsPort, serverName: NAME, ca: root })).certificate.serialNumber).toBe(
      new X509Certificate(host.seen[2]!.cert).serialNumber,
    );
  });

  test('that fails leaves the certificate, and comes back to it', async () => {
    const directory = createTestDirectory();
    const host = await start({}, directory);
    await host.step();
    host.clock.offsetMs = 70 * DAY_MS;
    pebble.dns.unknown.add(NAME);
    const retries = [await host.step(), await host.step(), await host.step()];
    pebble.dns.unknown.delete(NAME);
    expect(host.seen).toHaveLength(1);
    expect(retries[0]).toBeGreaterThanOrEqual(45_000);
    expect(retries[2]).toBeGreaterThan(retries[0]!);
    expect(host.lastComplaint()).toMatch(
      /^The certificate authority .*chat\.vant\.test.* The one in use is good until /,
    );
    expect((await get({ port: pebble.tlsPort, serverName: NAME, ca: root })).status).toBe(200);
    await host.step();
    expect(host.seen).toHaveLength(2);
  });

  test('other names, or another authority, are a new certificate', async () => {
    const directory = createTestDirectory();
    const first = await start({}, directory);
    await first.step();
    await first.stop();
    cleanups.pop();
    const second = await start({ names: [NAME, 'other.vant.test'] }, directory);
    // What there is, is served meanwhile.
    expect(second.opened.cert).toBe(first.seen[0]!.cert);
    await second.step();
    expect(new X509Certificate(second.seen[0]!.cert).subjectAltName).toContain('DNS:other.vant.test');
  });
});

describe('what the authority refuses is one sentence with what to do', () => {
  test.each<[string, Settings, RegExp]>([
    [
      'a name that it does not certify',
      { names: ['blocked.vant.test'] },
      /does not certify this name \(.*blocked\.vant\.test.*tls\.mode: local/,
    ],
    [
      'a profile',
      { profile: 'eternal' },
      /no such profile \(it has default, shortlived\)\. Correct tls\.acme\.profile/,
    ],
    ['another directory', { directoryUrl: '' }, /tls\.acme\.directory is no ACME server \(.*Correct the address/],
    [
      'nobody there',
      { directoryUrl: 'https://localhost:1/dir' },
      /cannot be reached \(ECONNREFUSED\)\. Let this machine out/,
    ],
    ['a stranger', { ca: undefined }, /not trusted by this machine .*tls\.acme\.ca_file/],
    ['no way', { challengeTypes: ['http-01'] }, /cannot connect to chat\.vant\.test .*Open TCP port 443/],
  ])('%s', async (_, settings, expected) => {
    const elsewhere =
      settings.directoryUrl === '' ? { directoryUrl: pebble.directoryUrl.replace(/dir$/, 'nowhere') } : {};
    const host = await start({ ...settings, ...elsewhere });
    if (settings.ca === undefined && 'ca' in settings) trust();
    expect(await host.step()).toBeGreaterThanOrEqual(45_000);
    trust(pebble.ca);
    expect(host.lastComplaint()).toMatch(expected);
    expect(host.lastComplaint()).toMatch(/There is no certificate yet\. It is tried again at \d{4}-/);
  });

  test('a name that leads to another server', async () => {
    const other = await startAcmeHost({ ...toOptions(), tlsPort: 0 });
    cleanups.push(() => other.stop());
    await other.step();
    expect(other.lastComplaint()).toMatch(/cannot connect to chat\.vant\.test/);
  });

  test('a clock that is a day off is told with the direction', async () => {
    const host = await start();
    host.clock.offsetMs = -DAY_MS - 60_000;
    await host.step();
    expect(host.logText()).toMatch(
      /clock of this machine is 24 hours behind that of the certificate authority: set it/,
    );
  });

  test('customers’ accounts', async () => {
    const key = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W';
    const shop = await startPebble({ eab: { 'kid-1': key }, tlsPort: pebble.tlsPort });
    cleanups.push(() => shop.stop());
    const place = { directoryUrl: shop.directoryUrl, ca: shop.ca };
    const stranger = await start(place);
    await stranger.step();
    expect(stranger.lastComplaint()).toMatch(/accounts for its customers only .*tls\.acme\.eab_key_id/);
    await stranger.stop();
    cleanups.pop();
    const customer = await start({ ...place, eab: { keyId: 'kid-1', key } });
    await customer.step();
    expect(customer.seen).toHaveLength(1);
  });
});

describe('killed at any step', () => {
  test('the next start goes on, and asks for no more than it needs', async () => {
    const process_ = join(REPOSITORY, 'tests/support/tls/acme-process.ts');
    let killedAt = 0;
    for (let step = 1; ; step++) {
      const directory = createTestDirectory();
      const before = countIssued();
      const child = spawn(process.execPath, [process_, JSON.stringify(toOptions({}, directory)), String(step)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      if (signal === null) {
        expect(code).toBe(0);
        break;
      }
      killedAt = step;
      const host = await startAcmeHost(toOptions({}, directory));
      await host.step();
      const { certificate } = await get({ port: pebble.tlsPort, serverName: NAME, ca: root });
      expect(certificate.subjectaltname, `step ${step}`).toBe(`DNS:${NAME}`);
      expect(countIssued() - before, `step ${step}`).toBe(1);
      // What is left of the order does not stand in the way of the next one.
      host.clock.offsetMs = 70 * DAY_MS;
      await host.step();
      await host.stop();
      expect(countIssued() - before, `step ${step}`).toBe(2);
      expect(existsSync(join(directory, 'tls', 'order.json')), `step ${step}`).toBe(false);
    }
    expect(killedAt).toBeGreaterThan(10);
  }, 180_000);
});

const countIssued = (): number => pebble.output().match(/Issued certificate serial/g)?.length ?? 0;

test('the moment within the window is chosen by the certificate, and never too late', () => {
  const certificate = new X509Certificate(root);
  const to = certificate.validToDate.getTime();
  const window = { startMs: 1000, endMs: 2000, retryAfterMs: undefined };
  const at = planRenewal(certificate, window);
  expect(at).toBe(planRenewal(certificate, window));
  expect(at).toBeGreaterThanOrEqual(1000);
  expect(at).toBeLessThanOrEqual(2000);
  expect(planRenewal(certificate, { ...window, startMs: to + 1, endMs: to + 2 })).toBeLessThan(to);
});
