import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '../../support/free-port.ts';
import { loadConfig } from '../../../config/load.ts';
import type { Finding } from '../../../server/doctor/check.ts';
import { createNetworkChecks } from '../../../server/doctor/network-checks.ts';
import { createLocalAuthority, issueLocally, type LocalAuthority } from '../../../server/tls/local/local-authority.ts';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';
import { RawDevice } from '../../support/raw-device.ts';
import { startSingleRedis } from '../../support/redis.ts';
import { type RedisProcess } from '../../support/redis-process.ts';
import { trust } from '../../support/tls/https-client.ts';
import { runVant } from '../../support/vant-process.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NAMES = ['127.0.0.1', 'vant.lan'];

interface Line extends Finding {
  readonly check: string;
}

let directory: string;
beforeAll(async () => (directory = await makeTemporaryDirectory()));
afterAll(() => removeDirectory(directory));

describe('vant doctor, with an authority of its own', () => {
  const appliances: Appliance[] = [];
  let redis: RedisProcess;
  beforeAll(async () => (redis = await startSingleRedis()));
  afterAll(async () => {
    for (const appliance of appliances) await appliance.stop();
    await redis.stop();
  });

  async function start(name: string, more: Record<string, string> = {}) {
    const [port, turnPort] = [await findFreePort(), await findFreePort()];
    const dataDirectory = join(directory, name);
    const env = {
      VANT_SERVER_PUBLIC_URL: `https://127.0.0.1:${port}`,
      VANT_TLS_MODE: 'local',
      VANT_TLS_NAMES: NAMES.join(','),
      VANT_TURN_MODE: 'embedded',
      VANT_TURN_EMBEDDED_LISTEN: `127.0.0.1:${turnPort}`,
      ...more,
    };
    const appliance = await startAppliance({ port, dataDirectory, env });
    appliances.push(appliance);
    const { stdout } = await runVant(['doctor', '--json'], {
      cwd: directory,
      env: { ...env, VANT_SERVER_LISTEN: `127.0.0.1:${port}`, VANT_STORAGE_DATA_DIR: dataDirectory },
    });
    const lines = stdout.trim().split('\n');
    const found = lines.map((line) => JSON.parse(line) as Line);
    return { appliance, find: (check: string) => found.find((line) => line.check === check) };
  }

  test('finds the way in, the relay and the running server in order: as a device that trusts it', async () => {
    const { appliance, find } = await start('own');
    expect(find('certificate')).toMatchObject({
      status: 'ok',
      seen: expect.stringMatching(/issued by Vant on 127\.0\.0\.1, .*has to trust this authority once/) as string,
    });
    for (const check of ['version', 'WebSocket', 'relay over TLS', 'the running server']) {
      expect(find(check), check).toMatchObject({ status: 'ok' });
    }
    // And so do the admin pages.
    const { cert } = JSON.parse(readFileSync(join(directory, 'own/tls/authority.json'), 'utf8')) as { cert: string };
    trust(cert);
    const owner = await RawDevice.join(appliance.url, appliance.ownerLink!);
    const { checks } = await owner.call('getAdminCheckup');
    const ofTls = checks.filter(({ check }) => check === 'certificate' || check === 'relay over TLS');
    expect(ofTls.map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  test('gets the authority from the server where nodes keep it in Redis', async () => {
    const external = { VANT_REDIS_MODE: 'external', VANT_REDIS_EXTERNAL_URL: redis.url };
    const { find } = await start('shared', external);
    expect(find('certificate')).toMatchObject({ status: 'ok' });
    expect(find('relay over TLS')).toMatchObject({ status: 'ok' });
  });
});

describe('what it does not call well', () => {
  const servers: Server[] = [];
  afterAll(() => servers.forEach((server) => server.close()));

  /** @param authority that of the data directory @param signer that of the certificate that is served */
  async function examine(authority: LocalAuthority, signer: LocalAuthority, issuedAt: number, now = Date.now) {
    const server = createServer(issueLocally(signer, NAMES, issuedAt)).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    mkdirSync(join(directory, 'data/tls'), { recursive: true });
    writeFileSync(join(directory, 'data/tls/authority.json'), JSON.stringify(authority));
    const env = {
      VANT_SERVER_PUBLIC_URL: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      VANT_TLS_MODE: 'local',
      VANT_TLS_NAMES: NAMES.join(','),
      VANT_STORAGE_DATA_DIR: join(directory, 'data'),
    };
    const checks = createNetworkChecks({ loaded: loadConfig({ cwd: directory, env }) }, now);
    return await checks.find(({ name }) => name === 'certificate')!.run();
  }

  const authority = createLocalAuthority(NAMES, Date.now());

  test('a certificate that nobody has renewed: a week before its end, and after it', async () => {
    const after = (days: number) => () => Date.now() + days * DAY_MS;
    expect(await examine(authority, authority, Date.now(), after(82))).toMatchObject({ status: 'ok' });
    expect(await examine(authority, authority, Date.now(), after(84))).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('Renew it now') as string,
    });
    const old = createLocalAuthority(NAMES, Date.now() - 100 * DAY_MS);
    expect(await examine(old, old, Date.now() - 100 * DAY_MS)).toMatchObject({
      status: 'error',
      seen: expect.stringMatching(/has expired on .* \(the clock of this machine says/) as string,
    });
  });

  test('one of another authority: devices that trusted this one refuse it', async () => {
    expect(await examine(authority, createLocalAuthority(NAMES, Date.now()), Date.now())).toMatchObject({
      status: 'error',
      seen: expect.stringContaining('no client trusts the certificate of 127.0.0.1') as string,
      remedy: expect.stringContaining('vant tls trust') as string,
    });
  });
});
