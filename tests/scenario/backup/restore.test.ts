import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../support/free-port.ts';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';
import { runVant } from '../../support/vant-process.ts';
import { startTeam, untilStatus, untilText, type Team, type TestClient } from '../client/support.ts';

/** The server is lost after a backup, and stands up again from it on another machine, while its members have gone on. */
describe('a restored server', () => {
  let directory: string;
  let port: number;
  let team: Team;
  let appliance: Appliance;
  let [ada, bob, carla, dora]: TestClient[] = [];
  let identity: string;
  let backup: string;

  async function talk(a: TestClient, b: TestClient, text: string): Promise<void> {
    const sent = await a.client.sendText(b.id, `${text} there`);
    await untilText(b, `${text} there`, a);
    await untilStatus(a, sent, 'delivered');
    await b.client.sendText(a.id, `${text} back`);
    await untilText(a, `${text} back`, b);
  }

  async function namesAt({ client }: TestClient): Promise<(string | undefined)[]> {
    const members = await (await client.team()).members();
    return members.map(({ profile }) => profile?.displayName).sort();
  }

  beforeAll(async () => {
    directory = await makeTemporaryDirectory();
    port = await findFreePort();
    appliance = await startAppliance({ port, dataDirectory: join(directory, 'first') });
    team = await startTeam(appliance);
    ada = await team.join('Ada');
    bob = await team.join('Bob');
    carla = await team.join('Carla');
    dora = await team.join('Dora');
    await talk(ada, bob, 'before');
    // Waits at the moment of the backup, and is delivered after it.
    await dora.close();
    await untilStatus(ada, await ada.client.sendText(dora.id, 'for when you are back'), 'sent');

    identity = join(directory, 'backup.key');
    const { stdout: recipient } = await runVant(['backup-key', identity]);
    backup = join(directory, 'team.age');
    const made = await runVant(['backup', backup, '--recipient', recipient.trim(), '--with-queues'], {
      env: { VANT_STORAGE_DATA_DIR: appliance.dataDirectory },
    });
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('4 members') as string });
  });
  afterAll(async () => {
    await team.end();
    await appliance.stop();
    await removeDirectory(directory);
  });

  it('stands up with the same members, after everybody has moved on', async () => {
    dora = await team.open('Dora');
    await dora.client.connect({ receive: true });
    await untilText(dora, 'for when you are back', ada!);
    // One-time keys are used up, ratchets turn, a profile changes, someone joins and someone leaves.
    await talk(carla!, bob!, 'new session');
    for (let turn = 0; turn < 3; turn++) await talk(ada!, bob!, `after ${turn}`);
    await (await bob!.client.team()).setProfile({ displayName: 'Robert' });
    await appliance.kill();

    const refused = await runVant(['restore', backup, '--identity', identity, '--to', directory], {
      env: { VANT_STORAGE_DATA_DIR: appliance.dataDirectory },
    });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('a team of 4 members here') as string });

    const restored = await runVant(['restore', backup, '--identity', identity, '--to', join(directory, 'new')], {
      env: { VANT_STORAGE_DATA_DIR: join(directory, 'second') },
    });
    expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('4 members') as string });
    appliance = await startAppliance({ port, dataDirectory: join(directory, 'second') });
    expect(appliance.ownerLink).toBeUndefined();
    await talk(ada!, bob!, 'on the new machine');
  });

  it('lets sessions go on that have moved on since, also those that it has never seen', async () => {
    await talk(carla!, bob!, 'a session younger than the backup');
    await talk(bob!, dora!, 'the first words between these two');
    await talk(dora!, carla!, 'likewise');
    expect(await namesAt(ada!)).toEqual(['Ada', 'Carla', 'Dora', 'Robert']);
  });

  it('shows nobody a changed key, and asks for nothing to be sent again', () => {
    for (const { log } of [ada!, bob!, carla!, dora!]) {
      expect(log.filter((line) => /identity|untrusted|healing\.requested/.test(line))).toEqual([]);
    }
  });

  it('delivers again what had been delivered after the backup, and it is shown once', () => {
    expect(dora!.texts.filter((text) => text === 'for when you are back')).toHaveLength(1);
  });

  it('has what members have changed since: they bring it back themselves', async () => {
    const erin = await team.join('Erin');
    await expect.poll(() => namesAt(erin)).toEqual(['Ada', 'Carla', 'Dora', 'Erin', 'Robert']);
    await talk(erin, bob!, 'hello');
  });
});
