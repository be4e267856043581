/** Several tabs of one browser: each has an engine, all share one store and one device. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../client/conversations/history.ts';
import { startAppliance, type Appliance } from '../support/appliance.ts';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { engineOf, hookEngines, invite, joinTeam, textsOf, type WebEngine } from '../support/web-engine.ts';

const DEADLINE_MS = 60_000;

let appliance: Appliance;
let browser: TestBrowser;
let ada: Profile;
let bob: WebEngine;
let adaId: string;
let bobId: string;
const tabs: { readonly page: Page; readonly engine: WebEngine }[] = [];

beforeAll(async () => {
  [appliance, browser] = await Promise.all([startAppliance(), startBrowser()]);
  ada = await openProfile('Ada');
  tabs.push({ page: ada.page, engine: engineOf(ada.page) });
  adaId = (await joinTeam(tabs[0]!.engine, appliance.ownerLink!, 'Ada')).accountId;
  const other = await openProfile('Bob');
  bob = engineOf(other.page);
  bobId = (await joinTeam(bob, await invite(tabs[0]!.engine), 'Bob')).accountId;
});
afterAll(async () => {
  await browser.close();
  await appliance.stop();
});

async function openProfile(name: string): Promise<Profile> {
  const profile = await browser.openProfile(name);
  await hookEngines(profile.context);
  await profile.page.goto(appliance.url);
  await engineOf(profile.page).untilState('empty');
  return profile;
}

async function openTab(): Promise<{ readonly page: Page; readonly engine: WebEngine }> {
  const page = await ada.context.newPage();
  await page.goto(appliance.url);
  const tab = { page, engine: engineOf(page) };
  await tab.engine.untilState('joined');
  await tab.engine.untilEvent('connection', '"connected"');
  tabs.push(tab);
  return tab;
}

const series = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name} ${index}`);

async function sendAll(engine: WebEngine, to: string, texts: readonly string[]): Promise<void> {
  for (const text of texts) await engine.call('client', 'sendText', to, text);
}

/** Each of them once, and those of one series in their order. */
async function expectAll(
  engine: WebEngine,
  conversation: string,
  expected: readonly (readonly string[])[],
): Promise<void> {
  const wanted = expected.flat();
  const find = async (): Promise<string[]> => {
    const all = new Set(wanted);
    return (await textsOf(engine, conversation)).filter((text) => all.has(text));
  };
  const found = await until(
    `${wanted.length} messages`,
    async () => {
      const texts = await find();
      return texts.length >= wanted.length ? texts : undefined;
    },
    DEADLINE_MS,
  );
  expect(found.toSorted()).toEqual(wanted.toSorted());
  for (const texts of expected) expect(found.filter((text) => texts.includes(text))).toEqual(texts);
}

async function expectEvents(engine: WebEngine, texts: readonly string[]): Promise<void> {
  await until(
    'events for all messages',
    async () => {
      const seen = ((await engine.events('message')) as StoredMessage[]).map(({ text }) => text);
      return texts.every((text) => seen.includes(text));
    },
    DEADLINE_MS,
  );
}

describe('several tabs', () => {
  it('send and receive at once: nothing lost, doubled or forked, and each tab sees all of it', async () => {
    const [second, third] = [await openTab(), await openTab()];
    const [a, b, c, d] = [series('a', 34), series('b', 33), series('c', 33), series('d', 100)];
    await Promise.all([
      sendAll(tabs[0]!.engine, bobId, a),
      sendAll(second.engine, bobId, b),
      sendAll(third.engine, bobId, c),
      sendAll(bob, adaId, d),
    ]);
    await expectAll(bob, adaId, [a, b, c, d]);
    await expectAll(third.engine, bobId, [a, b, c, d]);
    for (const { engine } of tabs) await expectEvents(engine, [...a, ...b, ...c, ...d]);
  });

  it('go on when the one that receives is closed in the middle', async () => {
    const [from, back] = [series('closing', 40), series('answer', 40)];
    const sending = sendAll(bob, adaId, from);
    const answering = sendAll(tabs[1]!.engine, bobId, back);
    await tabs[1]!.engine.untilEvent('message', '"closing 5"');
    await tabs.shift()!.page.close();
    await Promise.all([sending, answering]);
    await expectAll(tabs[0]!.engine, bobId, [from, back]);
    await expectAll(bob, adaId, [from, back]);
    await expectEvents(tabs[1]!.engine, [...from, ...back]);
  });

  it('go on when the worker of the one that receives is killed, and that tab catches up after a reload', async () => {
    const from = series('killing', 40);
    const sending = sendAll(bob, adaId, from);
    await tabs[1]!.engine.untilEvent('message', '"killing 5"');
    await tabs[0]!.engine.kill();
    await sending;
    await expectAll(tabs[1]!.engine, bobId, [from]);
    await tabs[0]!.page.reload();
    await tabs[0]!.engine.untilState('joined');
    await expectAll(tabs[0]!.engine, bobId, [from]);
  });

  it('go on while the one that receives sleeps, and it catches up when it wakes', async () => {
    // The only other tab takes the deliveries now; a third is opened, then the receiving one is frozen.
    const awake = tabs[0]!;
    const asleep = tabs[1]!;
    const session = await ada.context.newCDPSession(asleep.page);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    const from = series('sleeping', 10);
    await sendAll(bob, adaId, from);
    await expectAll(awake.engine, bobId, [from]);
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await expectEvents(asleep.engine, from);
    await sendAll(asleep.engine, bobId, ['awake']);
    await expectAll(bob, adaId, [['awake']]);
  });

  it('have shown no error', () => expect(ada.errors).toEqual([]));
});
