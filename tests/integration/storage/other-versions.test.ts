/** Real servers of other versions than the one that everything else is tested with: too old, and newer. */
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { findFreePort } from '../../support/free-port.ts';
import { prepareOtherRedis, type OtherRedisName } from '../../../scripts/prepare-other-redis.ts';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';
import { RawDevice } from '../../support/raw-device.ts';
import { DURABLE } from '../../support/redis.ts';
import { startRedisProcess } from '../../support/redis-process.ts';
import { runVant } from '../../support/vant-process.ts';

const TIMEOUT_MS = 120_000;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

async function prepare(name: OtherRedisName) {
  const found = await prepareOtherRedis(name);
  if ('path' in found) return found;
  process.stdout.write(`Skipped: ${found.obstacle}. It needs apt and a mirror of Debian.\n`);
  return undefined;
}

async function directory(): Promise<string> {
  const path = await makeTemporaryDirectory();
  cleanups.push(() => removeDirectory(path));
  return path;
}

async function startExternal(path: string): Promise<Record<string, string>> {
  const redis = await startRedisProcess({ binary: { path, env: {} }, args: DURABLE });
  cleanups.push(() => redis.stop());
  return { VANT_REDIS_MODE: 'external', VANT_REDIS_EXTERNAL_URL: redis.url };
}

async function start(options: Parameters<typeof startAppliance>[0]): Promise<Appliance> {
  const appliance = await startAppliance(options);
  cleanups.push(() => appliance.stop());
  return appliance;
}

const old = await prepare('old');
describe.skipIf(old === undefined)('Redis 6.0', { timeout: TIMEOUT_MS }, () => {
  const { path = '', version = '' } = old ?? {};
  const sentence = `It is version ${version}, and Vant needs sharded publish/subscribe, which came with 7.0: upgrade it.`;

  test('that others run is refused in a sentence: by the server, and by the doctor', async () => {
    expect(version).toMatch(/^6\.0\./);
    const env = { ...(await startExternal(path)), VANT_STORAGE_DATA_DIR: join(await directory(), 'data') };
    const served = await runVant(['serve'], { env: { ...env, VANT_SERVER_LISTEN: '127.0.0.1:0' } });
    expect(served.code).toBe(1);
    expect(served.stdout + served.stderr).toContain(sentence);
    const { stdout } = await runVant(['doctor', 'basic', '--json'], { env });
    const line = stdout.split('\n').find((each) => each.includes('"check":"Redis"')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      status: 'error',
      seen: expect.stringContaining(sentence) as string,
    });
  });

  test('is not started, either', async () => {
    const env = {
      VANT_REDIS_EMBEDDED_BINARY: path,
      VANT_STORAGE_DATA_DIR: join(await directory(), 'data'),
      VANT_SERVER_LISTEN: '127.0.0.1:0',
    };
    const { code, stdout, stderr } = await runVant(['serve'], { env });
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(`${path} is version ${version}, and Vant needs 7.0 or newer.`);
  });
});

for (const [name, label] of [
  ['redis8', 'Redis 8'],
  ['valkey8', 'Valkey 8'],
] as const) {
  const newer = await prepare(name);
  describe.skipIf(newer === undefined)(label, { timeout: TIMEOUT_MS }, () => {
    const { path = '' } = newer ?? {};

    test('that others run has nothing to be said against it, and keeps what waits', async () => {
      const port = await findFreePort();
      const options = { port, env: await startExternal(path), dataDirectory: join(await directory(), 'data') };
      const first = await startAppliance(options);
      expect(first.output()).toMatch(/external Redis \d+\.\d+\.\d+ \(url\)/);
      expect(first.output()).not.toMatch(/"level":"(warn|error)"[^\n]*Redis/);
      const owner = await RawDevice.join(first.url, first.ownerLink!);
      const member = await owner.inviteAndJoin();
      const connection = await owner.connect();
      await connection.send(member, 'waits');
      await connection.close();
      expect(await first.stop()).toBe(0);
      await start(options);
      expect(await (await member.connect()).untilReceived(1)).toHaveLength(1);
    });

    test('takes over what the version before has written, also after a crash', async () => {
      const options = { port: await findFreePort(), dataDirectory: join(await directory(), 'data') };
      const before = await startAppliance(options);
      const owner = await RawDevice.join(before.url, before.ownerLink!);
      const member = await owner.inviteAndJoin();
      const connection = await owner.connect();
      await connection.send(member, 'before the upgrade');
      expect(await before.stop()).toBe(0);

      const env = { VANT_REDIS_EMBEDDED_BINARY: path };
      const upgraded = await startAppliance({ ...options, env });
      const again = await owner.connect();
      await again.send(member, 'after it');
      await upgraded.kill();
      await start({ ...options, env });
      expect(await (await member.connect()).untilReceived(2)).toHaveLength(2);
    });
  });
}
