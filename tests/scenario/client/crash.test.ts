import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../../client/client.ts';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import { createNodePorts } from '../../../cli/ports/node-ports.ts';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';
import { createCli, parseLines, type CliRunner } from './cli-process.ts';
import { ownerLinkOf } from './support.ts';

const LINE_DEADLINE_MS = 60_000;
/** Each lets one message through, or prints one again. */
const MAX_KILLS = 80;

/** Random, but printed, so that a failure can be looked at again. */
const SEED = Number(process.env['VANT_TEST_SEED'] ?? Date.now() % 100_000);

function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

describe(`kill -9 at random moments (seed ${SEED})`, () => {
  const random = createRandom(SEED);
  let appliance: Appliance;
  let home: string;
  let cli: CliRunner;
  let adaId: string;
  let bobId: string;

  beforeAll(async () => {
    appliance = await startAppliance();
    home = await makeTemporaryDirectory();
    cli = createCli(home);
    const ada = await cli.run(['join', await ownerLinkOf(appliance), '--name', 'Ada', '--json']);
    const { stdout: link } = await cli.run(['invite']);
    const bob = await cli.run(['join', link, '--name', 'Bob', '--json']);
    adaId = (JSON.parse(ada.stdout) as { accountId: string }).accountId;
    bobId = (JSON.parse(bob.stdout) as { accountId: string }).accountId;
    await cli.run(['members', '--as', 'ada']);
  });
  afterAll(async () => {
    await appliance.stop();
    await removeDirectory(home);
  });

  async function readHistory(identity: string, conversation: string): Promise<StoredMessage[]> {
    const ports = createNodePorts(join(home, identity), { write: () => undefined });
    try {
      return await createClient(ports).messages(conversation, { limit: 10_000 });
    } finally {
      await ports.storage.close();
    }
  }

  const textsOf = (messages: readonly StoredMessage[]): string[] => messages.map(({ text }) => text);

  it('while joining: the same command finishes it, and makes one account', async () => {
    const { stdout: link } = await cli.run(['invite', '--as', 'ada']);
    for (let attempt = 0; attempt < 6; attempt++) {
      const process = cli.start(['join', link, '--name', 'Carol']);
      await Promise.race([delay(250 + random(400)), process.ended]);
      process.child.kill('SIGKILL');
      if ((await process.ended).code === 0) break;
    }
    const finished = await cli.run(['join', link, '--name', 'Carol']);
    // 2: an attempt was quick enough to finish, so the identity is there already.
    expect([0, 2]).toContain(finished.code);
    expect((await cli.run(['whoami', '--as', 'carol'])).code).toBe(0);
    const members = parseLines<{ name: string }>((await cli.run(['members', '--as', 'carol', '--json'])).stdout);
    expect(members.map(({ name }) => name).sort()).toEqual(['Ada', 'Bob', 'Carol']);
  });

  it('while sending: what was accepted from the user arrives once, in order', async () => {
    const finished: string[] = [];
    for (let index = 0; index < 12; index++) {
      const text = `send ${index}`;
      const process = cli.start(['send', '--as', 'ada', '--to', 'bob', text]);
      await Promise.race([delay(350 + random(350)), process.ended]);
      process.child.kill('SIGKILL');
      if ((await process.ended).code === 0) finished.push(text);
    }
    expect((await cli.run(['send', '--as', 'ada', '--to', 'bob', 'send last'])).code).toBe(0);
    expect((await cli.run(['receive', '--as', 'bob'])).code).toBe(0);
    const written = textsOf(await readHistory('ada', bobId));
    expect(textsOf(await readHistory('bob', adaId))).toEqual(written);
    expect(written).toEqual(expect.arrayContaining([...finished, 'send last']));
    expect(new Set(written).size).toBe(written.length);
  });

  it('while receiving: nothing is lost, stored twice, or out of order', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `receive ${index}`);
    const chat = cli.start(['chat', '--as', 'ada', 'bob']);
    chat.child.stdin?.end(`${texts.join('\n')}\n`);
    expect((await chat.ended).code).toBe(0);
    const printed: string[] = [];
    let kills = 0;
    while (!printed.includes(texts.at(-1)!) && kills < MAX_KILLS) {
      const follower = cli.start(['receive', '--as', 'bob', '--follow', '--json']);
      // From the first line on, however long a busy machine takes to start it: so each round gets somewhere.
      const lines = Math.min(1 + random(3), texts.length - new Set(printed).size);
      await follower.until(new RegExp(`(?:\\n[^\\n]*){${lines}}`), LINE_DEADLINE_MS);
      await delay(random(40));
      follower.child.kill('SIGKILL');
      kills++;
      printed.push(...parseLines<{ text: string }>((await follower.ended).stdout).map(({ text }) => text));
    }
    const stored = textsOf(await readHistory('bob', adaId)).filter((text) => text.startsWith('receive '));
    expect(stored).toEqual(texts);
    expect([...new Set(printed)]).toEqual(texts);
    // Between printing a line and noting that it was printed, a kill repeats the line, with the same id.
    expect(printed.length - texts.length).toBeLessThanOrEqual(kills);
  });
});
