import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountId } from '../../../wire/ids.ts';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';
import { createCli, parseLines, type CliRunner } from './cli-process.ts';
import { nextEvent, ownerLinkOf, startTeam, untilStatus, untilText } from './support.ts';

describe('without the server', () => {
  let appliance: Appliance;
  let home: string;
  let cli: CliRunner;

  beforeAll(async () => {
    appliance = await startAppliance();
    home = await makeTemporaryDirectory();
    cli = createCli(home);
    await cli.run(['join', await ownerLinkOf(appliance), '--name', 'Ada']);
    await cli.run(['join', (await cli.run(['invite'])).stdout, '--name', 'Bob']);
    await cli.run(['members', '--as', 'ada']);
  });
  afterAll(async () => {
    await appliance.stop();
    await removeDirectory(home);
  });

  const restart = async (): Promise<void> => {
    const { port, dataDirectory } = appliance;
    appliance = await startAppliance({ port, dataDirectory });
  };

  it('a message stays in the outbox, the exit code says so, and any later command sends it', async () => {
    await appliance.stop();
    for (const text of ['one', 'two']) {
      const queued = await cli.run(['send', '--as', 'ada', '--to', 'bob', '--timeout', '500ms', '--json', text]);
      expect(queued.code).toBe(4);
      expect(JSON.parse(queued.stdout)).toMatchObject({ status: 'queued' });
    }
    await restart();
    expect((await cli.run(['receive', '--as', 'ada'])).code).toBe(0);
    const { stdout } = await cli.run(['receive', '--as', 'bob', '--json']);
    expect(parseLines(stdout).map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('connected clients come back by themselves after a crash of the server, and lose nothing', async () => {
    const server = await startAppliance();
    const team = await startTeam(server);
    const ada = await team.join('Ada');
    const bob = await team.join('Bob');
    await untilStatus(ada, await ada.client.sendText(bob.id, 'before'), 'delivered');
    const isWaiting = nextEvent(ada, 'connection', ({ status }) => status === 'waiting');
    const isBobWaiting = nextEvent(bob, 'connection', ({ status }) => status === 'waiting');
    await server.kill();
    await Promise.all([isWaiting, isBobWaiting]);
    const sent = await ada.client.sendText(bob.id, 'meanwhile');
    expect(sent.status).toBe('queued');
    const { port, dataDirectory } = server;
    const again = await startAppliance({ port, dataDirectory });
    await untilText(bob, 'meanwhile', ada);
    await untilStatus(ada, sent, 'delivered');
    expect(bob.texts).toEqual(['before', 'meanwhile']);
    await team.end();
    await again.stop();
  });
});

describe('two terminals of one device', () => {
  it('share the store: both send, one receives, and the other takes over', async () => {
    const appliance = await startAppliance();
    const team = await startTeam(appliance);
    const ada = await team.join('Ada');
    const bob = await team.join('Bob');
    const second = await team.open('Bob');
    const connected = nextEvent(second, 'connection', ({ status }) => status === 'connected');
    await second.client.connect({ receive: true });
    expect(await connected).toEqual({ status: 'connected', isReceiving: false });
    // Both see what arrives, though it is delivered to one of them.
    const seen = untilText(second, 'to both terminals', ada);
    await ada.client.sendText(bob.id, 'to both terminals');
    await Promise.all([untilText(bob, 'to both terminals', ada), seen]);
    // Their messages keep to one session.
    const texts = Array.from({ length: 20 }, (_, index) => `terminal ${index % 2}, ${index}`);
    const sent = await Promise.all(
      texts.map((text, index) => [bob, second][index % 2]!.client.sendText(ada.id as AccountId, text)),
    );
    for (const [index, message] of sent.entries()) await untilStatus([bob, second][index % 2]!, message, 'delivered');
    expect([...ada.texts].sort()).toEqual([...texts].sort());
    expect(ada.log.filter((line) => line.includes('healing'))).toEqual([]);
    const takeover = nextEvent(second, 'connection', (state) => state.status === 'connected' && state.isReceiving);
    await bob.close();
    await takeover;
    await ada.client.sendText(bob.id, 'to the one that is left');
    await untilText(second, 'to the one that is left', ada);
    await team.end();
    await appliance.stop();
  });
});
