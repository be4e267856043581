/** The network and the server come and go, a clock is wrong, and the other side is a terminal. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../client/conversations/history.ts';
import { createCli, parseLines } from '../scenario/client/cli-process.ts';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../support/appliance.ts';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { engineOf, hookEngines, invite, joinTeam, textsOf, type WebEngine } from '../support/web-engine.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const DEADLINE_MS = 30_000;

interface Member {
  readonly profile: Profile;
  readonly engine: WebEngine;
  readonly id: string;
}

let appliance: Appliance;
let browser: TestBrowser;
let ada: Member;
let bob: Member;

beforeAll(async () => {
  [appliance, browser] = await Promise.all([startAppliance(), startBrowser()]);
  ada = await open('Ada', async () => appliance.ownerLink!);
  bob = await open('Bob', () => invite(ada.engine));
});
afterAll(async () => {
  await browser.close();
  await appliance.stop();
});

async function open(name: string, getLink: () => Promise<string>, clockOffsetMs = 0): Promise<Member> {
  const profile = await browser.openProfile(name);
  await hookEngines(profile.context);
  await profile.page.goto(appliance.url);
  const engine = engineOf(profile.page);
  await engine.untilState('empty');
  if (clockOffsetMs !== 0) await shiftClock(profile, clockOffsetMs);
  const { accountId } = await joinTeam(engine, await getLink(), name);
  return { profile, engine, id: accountId };
}

/** The clock of the device, in page and worker. */
async function shiftClock({ page }: Profile, offsetMs: number): Promise<void> {
  const shift = (by: number): void => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + by;
  };
  await page.evaluate(shift, offsetMs);
  for (const worker of page.workers()) await worker.evaluate(shift, offsetMs);
}

async function untilTexts(member: Member, peer: string, expected: readonly string[]): Promise<void> {
  await until(
    expected.join(', '),
    async () => {
      const texts = (await textsOf(member.engine, peer)).filter((text) => expected.includes(text));
      return texts.length >= expected.length;
    },
    DEADLINE_MS,
  );
  expect((await textsOf(member.engine, peer)).filter((text) => expected.includes(text))).toEqual(expected);
}

const untilStatus = (member: Member, peer: string, text: string, status: string): Promise<unknown> =>
  until(
    `${text} ${status}`,
    async () => {
      const messages = await member.engine.call<StoredMessage[]>('client', 'messages', peer);
      return messages.some((message) => message.text === text && message.status === status);
    },
    DEADLINE_MS,
  );

const send = (from: Member, to: Member, text: string): Promise<StoredMessage> =>
  from.engine.call('client', 'sendText', to.id, text);

describe('a browser without network', () => {
  it('takes what is written, and sends it in order and once when the network is back', async () => {
    await send(ada, bob, 'hello');
    await untilTexts(bob, ada.id, ['hello']);
    await ada.profile.context.setOffline(true);
    const texts = ['offline 1', 'offline 2', 'offline 3'];
    for (const text of texts) await send(ada, bob, text);
    await send(bob, ada, 'meanwhile');
    // Written while offline survives closing the tab, too.
    await ada.profile.context.setOffline(false);
    await ada.profile.page.reload();
    await ada.engine.untilState('joined');
    await untilTexts(bob, ada.id, texts);
    await untilTexts(ada, bob.id, ['meanwhile']);
    for (const text of texts) await untilStatus(ada, bob.id, text, 'delivered');
  });

  it('starts from its service worker, and shows what it has', async () => {
    await ada.profile.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await ada.profile.context.setOffline(true);
    await ada.profile.page.reload();
    await ada.engine.untilState('joined');
    expect(await textsOf(ada.engine, bob.id)).toContain('hello');
    await ada.profile.context.setOffline(false);
    await ada.engine.call('control', 'reconnectNow');
    await ada.engine.untilEvent('connection', '"connected"');
  });
});

describe('a server that is restarted in mid-conversation', () => {
  it('is found again at once when the browser says that it should look', async () => {
    const { port, dataDirectory } = appliance;
    await send(ada, bob, 'before the restart');
    await appliance.stop();
    const texts = ['while it is down 1', 'while it is down 2'];
    for (const text of texts) await send(ada, bob, text);
    await ada.engine.untilEvent('connection', '"waiting"');
    appliance = await startAppliance({ port, dataDirectory });
    for (const { engine } of [ada, bob]) await engine.call('control', 'reconnectNow');
    await untilTexts(bob, ada.id, ['before the restart', ...texts]);
    await send(bob, ada, 'after the restart');
    await untilTexts(ada, bob.id, ['after the restart']);
  });
});

describe('a clock that is wrong', () => {
  it.each([
    ['late', -DAY_MS],
    ['early', DAY_MS],
  ])('by a day (%s) does not keep anybody from talking', async (name, offsetMs) => {
    const carol = await open(`Carol ${name}`, () => invite(ada.engine), offsetMs);
    const { timestamp } = await send(carol, ada, `I am ${name}`);
    expect(Math.abs(timestamp - Date.now() - offsetMs)).toBeLessThan(DAY_MS / 24);
    await untilTexts(ada, carol.id, [`I am ${name}`]);
    await send(ada, carol, `you are ${name}`);
    await untilTexts(carol, ada.id, [`you are ${name}`]);
    await untilStatus(carol, ada.id, `I am ${name}`, 'delivered');
    await carol.profile.context.close();
  });
});

describe('a member with the terminal client', () => {
  it('talks to a browser, both ways, over libsignal’s native library', async () => {
    const home = await makeTemporaryDirectory();
    const cli = createCli(home);
    const joined = await cli.run(['join', await invite(ada.engine), '--name', 'Term', '--json']);
    const { accountId } = JSON.parse(joined.stdout) as { accountId: string };
    const sent = await cli.run(['send', '--to', 'ada', '--wait-delivered', '--json', 'from the terminal']);
    expect(sent).toMatchObject({ code: 0 });
    expect(await textsOf(ada.engine, accountId)).toEqual(['from the terminal']);
    const follower = cli.start(['receive', '--follow', '--json']);
    await ada.engine.call('client', 'sendText', accountId, 'from the browser');
    await follower.until(/from the browser/);
    follower.child.kill('SIGTERM');
    expect(parseLines((await follower.ended).stdout)).toMatchObject([{ text: 'from the browser' }]);
    const messages = await ada.engine.call<StoredMessage[]>('client', 'messages', accountId);
    expect(messages.filter(({ kind }) => kind === 'text').map(({ text }) => text)).toEqual([
      'from the terminal',
      'from the browser',
    ]);
    await removeDirectory(home);
  });
});
