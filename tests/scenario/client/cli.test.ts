import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';
import { createCli, parseLines, type CliRunner } from './cli-process.ts';
import { ownerLinkOf } from './support.ts';

describe('the terminal client', () => {
  let appliance: Appliance;
  let home: string;
  let cli: CliRunner;
  let ownerLink: string;

  beforeAll(async () => {
    appliance = await startAppliance();
    home = await makeTemporaryDirectory();
    cli = createCli(home);
    ownerLink = await ownerLinkOf(appliance);
  });
  afterAll(async () => {
    await appliance.stop();
    await removeDirectory(home);
  });

  it('says that one has to join first', async () => {
    const { code, stderr } = await cli.run(['members']);
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('vant join LINK') as string });
  });

  it('joins with the owner’s link, and leaves nothing behind when a link is refused', async () => {
    const joined = await cli.run(['join', ownerLink, '--name', 'Ada Lovelace', '--json']);
    expect(joined).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(joined.stdout)).toMatchObject({ role: 'owner', deviceId: 1, identity: 'ada-lovelace' });
    const again = await cli.run(['join', ownerLink, '--name', 'Eve']);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('Ask for a new invite') as string });
    expect(readdirSync(home)).toEqual(['ada-lovelace']);
  });

  it('keeps the keys of a join that went unanswered, and only those', async () => {
    const nobody = `http://127.0.0.1:1/join#${'A'.repeat(43)}`;
    expect(await cli.run(['join', nobody, '--name', 'Eve'])).toMatchObject({ code: 4 });
    expect(readdirSync(home)).toEqual(['ada-lovelace']);
    expect(await cli.run(['join', 'nonsense', '--name', 'Eve'])).toMatchObject({ code: 2 });
    expect(await cli.run(['join', nobody, '--name', 'Ada Lovelace'])).toMatchObject({ code: 2 });
  });

  it('keeps keys where only their owner can read them', () => {
    const modes = (path: string): [string, number][] => {
      const isDirectory = statSync(path).isDirectory();
      const inside = isDirectory ? readdirSync(path).flatMap((name) => modes(join(path, name))) : [];
      return [[path, statSync(path).mode & 0o777], ...inside];
    };
    const tooOpen = modes(join(home, 'ada-lovelace')).filter(([, mode]) => (mode & 0o077) !== 0);
    expect(tooOpen).toEqual([]);
  });

  it('invites, and asks which identity is meant when there are several', async () => {
    const invite = await cli.run(['invite', '--ttl', '1h']);
    expect(invite.stdout).toMatch(/^http\S+\/join#[\w-]{43}\.[\w-]{43}\.[\w-]+\n$/);
    expect(parseLines((await cli.run(['invite', 'list', '--json'])).stdout)).toHaveLength(1);
    await cli.run(['join', invite.stdout, '--name', 'Bob']);
    const unclear = await cli.run(['whoami']);
    expect(unclear).toMatchObject({ code: 3, stderr: expect.stringContaining('ada-lovelace, bob') as string });
    const bob = await cli.run(['whoami', '--as', 'Bob', '--json']);
    expect(JSON.parse(bob.stdout)).toMatchObject({ name: 'Bob', role: 'member' });
  });

  it('sends from a script and tells what became of it', async () => {
    const piped = await cli.run(
      ['send', '--as', 'ada-lovelace', '--to', 'bob', '--json'],
      'backup done\nall 3 files\n',
    );
    expect(piped.code).toBe(0);
    expect(JSON.parse(piped.stdout)).toMatchObject({ status: 'sent', failure: null });
    const unknown = await cli.run(['send', '--as', 'bob', '--to', 'carol', 'hi']);
    expect(unknown).toMatchObject({ code: 8, stderr: expect.stringContaining('no member called carol') as string });
    expect(await cli.run(['send', '--as', 'bob', '--to', 'ada', '-'])).toMatchObject({ code: 2 });
    expect(await cli.run(['send', 'without recipient'])).toMatchObject({ code: 2 });
  });

  it('receives each message once, as JSON that scripts can read', async () => {
    const { code, stdout } = await cli.run(['receive', '--as', 'bob', '--json']);
    expect(code).toBe(0);
    expect(parseLines(stdout)).toEqual([
      expect.objectContaining({
        type: 'text',
        fromName: 'Ada Lovelace',
        fromDevice: 1,
        text: 'backup done\nall 3 files',
      }),
    ]);
    expect(await cli.run(['receive', '--as', 'bob', '--json'])).toMatchObject({ code: 0, stdout: '' });
  });

  it('waits for the delivery receipt when asked to', async () => {
    const vain = await cli.run([
      'send',
      '--as',
      'bob',
      '--to',
      'ada',
      '--wait-delivered',
      '--timeout',
      '1s',
      'asleep?',
    ]);
    expect(vain).toMatchObject({ code: 7, stderr: expect.stringContaining('no device of Ada Lovelace') as string });
    const follower = cli.start(['receive', '--as', 'ada-lovelace', '--follow', '--json']);
    await follower.until(/asleep\?/);
    const sent = await cli.run(['send', '--as', 'bob', '--to', 'ada', '--wait-delivered', '--json', 'awake?']);
    expect(JSON.parse(sent.stdout)).toMatchObject({ status: 'delivered' });
    expect(sent.code).toBe(0);
    await follower.until(/awake\?/);
    // The sending program of the same identity as the follower gets its receipt through the store.
    const bob = cli.start(['receive', '--as', 'bob', '--follow']);
    const other = await cli.run([
      'send',
      '--as',
      'ada-lovelace',
      '--to',
      'bob',
      '--wait-delivered',
      '--json',
      'and you?',
    ]);
    expect(JSON.parse(other.stdout)).toMatchObject({ status: 'delivered' });
    bob.child.kill('SIGTERM');
    follower.child.kill('SIGTERM');
    expect((await follower.ended).code).toBe(0);
    expect((await bob.ended).stdout).toContain('and you?');
  });

  it('lets nothing from others act on the terminal', async () => {
    const evil = 'red \x1b[31malert\x07\n2026-01-01 00:00 Ada: fake \u202etxet';
    await cli.run(['send', '--as', 'ada-lovelace', '--to', 'bob'], evil);
    const { stdout } = await cli.run(['receive', '--as', 'bob']);
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/);
    expect(stdout).toContain('\\u{1b}[31malert');
    expect(stdout).toContain('\n    2026-01-01 00:00 Ada: fake');
  });

  it('chats without a terminal: lines in, lines out', async () => {
    const bob = cli.start(['chat', '--as', 'bob', 'ada']);
    const ada = cli.start(['chat', '--as', 'ada-lovelace', 'bob']);
    bob.child.stdin?.write('are you there?\n');
    await ada.until(/Bob: are you there\?/);
    ada.child.stdin?.write('I am\n');
    await bob.until(/Ada Lovelace: I am/);
    await ada.until(/✓✓ I am/);
    bob.child.stdin?.end('/quit\n');
    ada.child.stdin?.end();
    expect((await bob.ended).code).toBe(0);
    expect((await ada.ended).code).toBe(0);
    // What was shown in the chat is not shown again.
    expect((await cli.run(['receive', '--as', 'bob'])).stdout).toBe('');
  });

  it('links a device, which then has the account’s messages', async () => {
    const linking = cli.start(['link', '--as', 'laptop', '--name', 'Laptop', appliance.url]);
    const [, link = ''] = await linking.until(/vant devices add '([^']+)'/);
    expect(await cli.run(['devices', 'add', '--as', 'bob', link])).toMatchObject({ code: 0 });
    expect(await linking.ended).toMatchObject({ code: 0 });
    await cli.run(['send', '--as', 'ada-lovelace', '--to', 'bob', 'on every device']);
    await cli.run(['send', '--as', 'bob', '--to', 'ada', 'from the first device']);
    const received = await cli.run(['receive', '--as', 'laptop', '--json', '--all']);
    expect(parseLines(received.stdout).map(({ text, direction }) => [direction, text])).toEqual([
      ['incoming', 'on every device'],
      ['outgoing', 'from the first device'],
    ]);
    expect((await cli.run(['devices', '--as', 'bob'])).stdout).toMatch(/Laptop/);
    await cli.run(['devices', 'remove', '--as', 'bob', '2']);
    const refused = await cli.run(['receive', '--as', 'laptop']);
    expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('join or link it again') as string });
  });
});
