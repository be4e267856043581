/** Calls through the whole product: real appliance with its TURN server, real Chromium, a tone for a voice. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../support/appliance.ts';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';
import { fakeMedia, listenFor, untilSilent, writeTone } from '../support/tone.ts';
import { engineOf, hookEngines, invite, joinTeam } from '../support/web-engine.ts';

const ADA_HZ = 440;
const BOB_HZ = 880;
const LISTEN_MS = 30_000;

interface Caller extends Profile {
  readonly id: string;
}

let appliance: Appliance;
let directory: string;
const browsers: TestBrowser[] = [];
let ada: Caller;
let bob: Caller;

async function open(name: string, hz: number, link: string): Promise<Caller> {
  const file = join(directory, `${name}.wav`);
  await writeTone(file, hz);
  const browser = await startBrowser(fakeMedia(file));
  browsers.push(browser);
  const profile = await browser.openProfile(name, { permissions: ['microphone', 'camera'] });
  await hookEngines(profile.context);
  await profile.page.goto(appliance.url);
  await engineOf(profile.page).untilState('empty');
  const { accountId } = await joinTeam(engineOf(profile.page), link, name);
  await profile.page.reload();
  await engineOf(profile.page).untilEvent('connection', '"connected"');
  return { ...profile, id: accountId };
}

beforeAll(async () => {
  [appliance, directory] = await Promise.all([
    startAppliance({ env: { VANT_TURN_MODE: 'embedded', VANT_TURN_EMBEDDED_LISTEN: '127.0.0.1:0' } }),
    makeTemporaryDirectory(),
  ]);
  ada = await open('Ada', ADA_HZ, appliance.ownerLink!);
  bob = await open('Bob', BOB_HZ, await invite(engineOf(ada.page)));
  // So that both know each other's names.
  await engineOf(ada.page).call('team', 'members');
});
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await appliance.stop();
  await removeDirectory(directory);
});

async function call(from: Caller, to: Caller): Promise<void> {
  await from.page.evaluate((id) => (location.hash = `#/conversation/${id}`), to.id);
  await from.page.getByRole('button', { name: 'Call', exact: true }).click();
}

const accept = (who: Caller) => who.page.getByRole('button', { name: 'Accept' }).click();
const hangUp = (who: Caller) => who.page.getByRole('button', { name: 'Hang up' }).click();

async function untilOver(): Promise<void> {
  for (const { page } of [ada, bob]) await page.locator('vant-call-view section').waitFor({ state: 'detached' });
}

async function expectBothHear(): Promise<void> {
  const [atAda, atBob] = await Promise.all([
    listenFor(ada.page, BOB_HZ, LISTEN_MS),
    listenFor(bob.page, ADA_HZ, LISTEN_MS),
  ]);
  const shown = await Promise.all([ada, bob].map(({ page }) => page.locator('vant-call-view').innerText()));
  const seen = `heard ${atAda} and ${atBob} Hz; shown: ${JSON.stringify(shown)}`;
  expect(Math.abs(atAda - BOB_HZ), seen).toBeLessThan(15);
  expect(Math.abs(atBob - ADA_HZ), seen).toBeLessThan(15);
}

describe('two members', () => {
  it('call each other and hear what the other says', async () => {
    await call(ada, bob);
    await ada.page.getByText('Ringing …').waitFor();
    await accept(bob);
    await expectBothHear();
    await ada.page.getByRole('img', { name: /connection, directly/ }).waitFor();
    await hangUp(bob);
    await ada.page.getByText(/Call ended · \d:\d\d/).waitFor();
    await untilOver();
    expect([...ada.errors, ...bob.errors]).toEqual([]);
  });

  it('switch video on within the call', async () => {
    await call(bob, ada);
    await accept(ada);
    await expectBothHear();
    await bob.page.getByRole('button', { name: 'Camera' }).click();
    const video = ada.page.locator('video.other');
    await video.waitFor();
    await ada.page.waitForFunction(
      (element) => (element as HTMLVideoElement).videoWidth > 0,
      await video.elementHandle(),
    );
    await hangUp(ada);
    await untilOver();
  });

  it('mute', async () => {
    await call(ada, bob);
    await accept(bob);
    await expectBothHear();
    await ada.page.getByRole('button', { name: 'Mute' }).click();
    await untilSilent(bob.page, LISTEN_MS);
    await hangUp(ada);
    await untilOver();
  });

  it('decline, and the call is in both conversations', async () => {
    await call(ada, bob);
    await bob.page.getByRole('button', { name: 'Decline' }).click();
    await ada.page.getByText('Declined').waitFor();
    await untilOver();
    const [last] = await engineOf(ada.page).call<{ notice: object }[]>('client', 'messages', bob.id, { limit: 1 });
    expect(last!.notice).toMatchObject({ type: 'call', direction: 'outgoing', isMissed: true });
  });

  it('see a missed call when they were away', async () => {
    await bob.context.setOffline(true);
    await call(ada, bob);
    await ada.page.getByText('Calling …').waitFor();
    await hangUp(ada);
    await bob.context.setOffline(false);
    await engineOf(bob.page).untilEvent('message', '"isMissed":true');
    await untilOver();
  });
});

describe('through the relay', () => {
  it('they hear each other when one hides their address', async () => {
    for (const { page } of [ada, bob]) {
      await page.evaluate(() => localStorage.setItem('vant-calls', '{"isAlwaysRelayed":true}'));
      await page.reload();
      await engineOf(page).untilEvent('connection', '"connected"');
    }
    await call(ada, bob);
    await accept(bob);
    await expectBothHear();
    await ada.page.getByRole('img', { name: /connection, through the relay/ }).waitFor();
    await hangUp(ada);
    await untilOver();
  });
});
