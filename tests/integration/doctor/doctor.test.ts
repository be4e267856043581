import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '../../support/free-port.ts';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';
import { call, codeOf, RawDevice } from '../../support/raw-device.ts';
import { startSingleRedis } from '../../support/redis.ts';
import { runVant } from '../../support/vant-process.ts';

interface Line {
  readonly check: string;
  readonly status: string;
  readonly seen: string;
  readonly remedy?: string;
  readonly option: string;
}

/** The program and the route, with a server that runs, and without one. */
describe('vant doctor', () => {
  let directory: string;
  let appliance: Appliance;
  let owner: RawDevice;
  let env: Record<string, string>;
  beforeAll(async () => {
    directory = await makeTemporaryDirectory();
    const port = await findFreePort();
    env = { VANT_PUSH_WEB_PUSH_ENABLED: 'false', VANT_PUSH_UNIFIED_PUSH_ENABLED: 'false', VANT_HOME: directory };
    appliance = await startAppliance({ port, dataDirectory: join(directory, 'data'), env });
    env = { ...env, VANT_SERVER_LISTEN: `127.0.0.1:${port}`, VANT_STORAGE_DATA_DIR: appliance.dataDirectory };
    owner = await RawDevice.join(appliance.url, appliance.ownerLink!);
  });
  afterAll(async () => {
    await appliance.stop();
    await removeDirectory(directory);
  });

  async function examine(more: Record<string, string> = {}, ...args: string[]) {
    const { code, stdout } = await runVant(['doctor', ...args, '--json'], { cwd: directory, env: { ...env, ...more } });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    return { code, lines, find: (check: string) => lines.find((line) => line.check === check) };
  }

  test('looks at everything while the server runs, and ends with 0 when nothing is wrong', async () => {
    const { code, lines, find } = await examine();
    expect(lines.filter(({ status }) => status === 'error')).toEqual([]);
    expect(code).toBe(0);
    for (const name of ['version', 'configuration', 'data directory', 'disk', 'memory', 'clock', 'DNS', 'relay']) {
      expect(find(name), name).toMatchObject({ seen: expect.stringMatching(/\S/) as string });
    }
    expect(find('Redis')).toMatchObject({
      status: 'ok',
      seen: expect.stringContaining('on disk before it is acknowledged') as string,
    });
    expect(find('WebSocket')).toMatchObject({ status: 'ok' });
    // Whatever is not right can be mended somewhere.
    for (const line of lines.filter(({ status }) => status !== 'ok')) {
      expect(line).toMatchObject({ remedy: expect.stringMatching(/\S/) as string });
      expect(line.option).toMatch(/^[a-z_]+(\.[a-z_]+)*$/);
    }
  });

  test('says the same on the admin page, to owners and admins, and no secret', async () => {
    const member = await owner.inviteAndJoin();
    expect(await codeOf(member.call('getAdminCheckup'))).toBe('FORBIDDEN');
    expect(await codeOf(call(appliance.url, 'getAdminCheckup'))).toBe('UNAUTHORIZED');
    const [first, second] = await Promise.all([owner.call('getAdminCheckup'), owner.call('getAdminCheckup')]);
    // One run for both: checks ask other machines.
    expect(second).toEqual(first);
    const { lines } = await examine();
    const names = (checks: readonly { readonly check: string }[]) => checks.map(({ check }) => check);
    expect(names(first.checks)).toEqual(names(lines).filter((name) => name !== 'a wake to this device'));
    const ofRedis = (each: { readonly check: string }) => each.check === 'Redis';
    expect(first.checks.find(ofRedis)).toMatchObject({ status: 'ok', option: 'redis.embedded' });
    const [, , secret] = owner.credentials.split('.');
    expect(JSON.stringify(first)).not.toContain(secret);
  });

  test('works without a server, and says so', async () => {
    const more = {
      VANT_SERVER_LISTEN: `127.0.0.1:${await findFreePort()}`,
      VANT_STORAGE_DATA_DIR: join(directory, 'off'),
    };
    const { code, find } = await examine(more, 'basic');
    expect(code).toBe(1);
    expect(find('Redis')).toMatchObject({
      status: 'warning',
      seen: expect.stringContaining('no server runs') as string,
    });
    expect(find('WebSocket')).toMatchObject({ status: 'error', option: 'server.public_url' });
  });

  test('names what others may read or write', async () => {
    const open = join(directory, 'open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    const file = join(directory, 'open.yaml');
    writeFileSync(file, 'relay:\n  message_ttl: 3d\n');
    chmodSync(file, 0o666);
    const { find } = await examine({ VANT_STORAGE_DATA_DIR: open }, 'basic', '--config', file);
    expect(find('data directory')).toMatchObject({ status: 'error', remedy: `chmod 700 ${open}` });
    expect(find('configuration')).toMatchObject({ status: 'error', remedy: `chmod go-w ${file}` });
  });

  test('tells mistakes of the configuration as findings', async () => {
    const file = join(directory, 'wrong.yaml');
    writeFileSync(file, 'relay:\n  message_ttl: soon\n');
    const { code, lines } = await examine({}, 'basic', '--config', file);
    expect(code).toBe(1);
    expect(lines).toEqual([
      expect.objectContaining({ check: 'configuration', status: 'error', option: 'relay.message_ttl' }),
    ]);
  });

  test('an external Redis that could lose messages, or is not there', async () => {
    const redis = await startSingleRedis(['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru']);
    const external = { VANT_REDIS_MODE: 'external', VANT_REDIS_EXTERNAL_URL: redis.url };
    expect((await examine(external, 'basic')).find('Redis')).toMatchObject({
      status: 'error',
      option: 'redis.external',
      seen: expect.stringMatching(/CONFIG SET appendonly yes.*CONFIG SET maxmemory-policy noeviction/) as string,
    });
    await redis.stop();
    expect((await examine(external, 'basic')).find('Redis')).toMatchObject({ status: 'error' });
  });
});
