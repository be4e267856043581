import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../support/free-port.ts';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';
import { startSingleRedis } from '../../support/redis.ts';
import { type RedisProcess } from '../../support/redis-process.ts';
import { runVant } from '../../support/vant-process.ts';
import { startTeam, untilStatus, untilText, type Team, type TestClient } from '../client/support.ts';

/** A team whose nodes share a Redis that others run: that Redis is lost with all that it held, and another one takes its place. */
describe('a backup, restored into an external Redis', () => {
  let directory: string;
  let port: number;
  let lost: RedisProcess;
  let fresh: RedisProcess;
  let team: Team;
  let appliance: Appliance;
  let [ada, bob]: TestClient[] = [];
  let backup: string;
  const at = (name: string) => join(directory, name);
  const on = ({ url }: RedisProcess) => ({ VANT_REDIS_MODE: 'external', VANT_REDIS_EXTERNAL_URL: url });
  const restore = (...more: string[]) =>
    runVant(['restore', backup, '--identity', at('key'), '--to', at('new'), ...more], {
      env: { ...on(fresh), VANT_STORAGE_DATA_DIR: at('second') },
    });

  /** Those that do not go away by themselves meanwhile. */
  async function lastingKeys(): Promise<string[]> {
    const all = ((await fresh.run('KEYS', '*')) as unknown[]).map(String);
    const lives = await Promise.all(all.map((key) => fresh.run('TTL', key)));
    return all.filter((_, index) => Number(lives[index]) === -1).toSorted();
  }

  async function talk(text: string): Promise<void> {
    const sent = await ada!.client.sendText(bob!.id, `${text}, says Ada`);
    await untilText(bob!, `${text}, says Ada`, ada!);
    await untilStatus(ada!, sent, 'delivered');
    await bob!.client.sendText(ada!.id, `${text}, says Bob`);
    await untilText(ada!, `${text}, says Bob`, bob!);
  }

  beforeAll(async () => {
    [directory, port, lost, fresh] = await Promise.all([
      makeTemporaryDirectory(),
      findFreePort(),
      startSingleRedis(),
      startSingleRedis(),
    ]);
    appliance = await startAppliance({ port, dataDirectory: at('first'), env: on(lost) });
    team = await startTeam(appliance);
    ada = await team.join('Ada');
    bob = await team.join('Bob');
    await talk('before');
    backup = at('team.age');
    const { stdout: recipient } = await runVant(['backup-key', at('key')]);
    const made = await runVant(['backup', backup, '--recipient', recipient.trim()], {
      env: { ...on(lost), VANT_STORAGE_DATA_DIR: appliance.dataDirectory },
    });
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('2 members') as string });
    await talk('after');
    await appliance.kill();
    await lost.stop();
  });
  afterAll(async () => {
    await team.end();
    await appliance.stop();
    await fresh.stop();
    await removeDirectory(directory);
  });

  it('members carry on, and nobody is shown a changed key', async () => {
    // What others keep in the same Redis is none of our business.
    await fresh.run('SET', 'shop:basket', 'full');
    expect(await restore()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Restored: 2 members') as string,
    });
    appliance = await startAppliance({ port, dataDirectory: at('second'), env: on(fresh) });
    expect(appliance.ownerLink).toBeUndefined();
    await talk('on another Redis');
    for (const { log } of [ada!, bob!]) {
      expect(log.filter((line) => /identity|untrusted|healing\.requested/.test(line))).toEqual([]);
    }
    expect(String(await fresh.run('GET', 'shop:basket'))).toBe('full');
  });

  it('is refused while a server of the team runs on it, whatever is said', async () => {
    expect(await restore('--force')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/A Vant runs on this Redis\.\n +Stop all servers of the team first/) as string,
    });
    await talk('undisturbed');
  });

  it('is refused where there is a team, and replaces it when told so', async () => {
    await team.join('Carla');
    await appliance.stop();
    const keys = await lastingKeys();
    expect(await restore()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('a team of 3 members here') as string,
    });
    expect(await lastingKeys()).toEqual(keys);
    expect(await restore('--force')).toMatchObject({ code: 0, stdout: expect.stringContaining('2 members') as string });
    expect(String(await fresh.run('GET', 'shop:basket'))).toBe('full');
    appliance = await startAppliance({ port, dataDirectory: at('second'), env: on(fresh) });
    await talk('and again');
    const namesOfMembers = async () => {
      const members = await (await ada!.client.team()).members();
      return members.filter(({ isMember }) => isMember).map(({ profile }) => profile?.displayName);
    };
    // Who has joined since is unknown to the restored server, and to everybody soon after.
    await expect.poll(namesOfMembers, { timeout: 10_000 }).toHaveLength(2);
  });
});
