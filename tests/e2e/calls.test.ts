/** Calls through the whole product: real appliance with its TURN server, real Chromium, a tone for a voice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../support/appliance.ts';
import { accept, call, expectBothHear, hangUp, openCaller, untilOver, type Caller } from '../support/callers.ts';
import { untilSilent } from '../support/tone.ts';
import { engineOf } from '../support/web-engine.ts';

const ADA_HZ = 440;
const BOB_HZ = 880;
const SILENT_WITHIN_MS = 30_000;

let appliance: Appliance;
let directory: string;
let ada: Caller;
let bob: Caller;

beforeAll(async () => {
  [appliance, directory] = await Promise.all([
    startAppliance({ env: { VANT_TURN_MODE: 'embedded', VANT_TURN_EMBEDDED_LISTEN: '127.0.0.1:0' } }),
    makeTemporaryDirectory(),
  ]);
  const { url, ownerLink = '' } = appliance;
  ada = await openCaller({ name: 'Ada', hz: ADA_HZ, url, directory, invite: ownerLink });
  bob = await openCaller({ name: 'Bob', hz: BOB_HZ, url, directory, invite: ada });
});
afterAll(async () => {
  await Promise.all([ada, bob].map(({ browser }) => browser.close()));
  await appliance.stop();
  await removeDirectory(directory);
});

describe('two members', () => {
  it('call each other and hear what the other says', async () => {
    await call(ada, bob);
    await ada.page.getByText('Ringing …').waitFor();
    await accept(bob);
    await expectBothHear(ada, bob);
    await ada.page.getByRole('img', { name: /connection, directly/ }).waitFor();
    await hangUp(bob);
    await ada.page.getByText(/Call ended · \d:\d\d/).waitFor();
    await untilOver(ada, bob);
    expect([...ada.errors, ...bob.errors]).toEqual([]);
  });

  it('switch video on within the call', async () => {
    await call(bob, ada);
    await accept(ada);
    await expectBothHear(ada, bob);
    await bob.page.getByRole('button', { name: 'Camera' }).click();
    const video = ada.page.locator('video.other');
    await video.waitFor();
    await ada.page.waitForFunction(
      (element) => (element as HTMLVideoElement).videoWidth > 0,
      await video.elementHandle(),
    );
    await hangUp(ada);
    await untilOver(ada, bob);
  });

  it('mute', async () => {
    await call(ada, bob);
    await accept(bob);
    await expectBothHear(ada, bob);
    await ada.page.getByRole('button', { name: 'Mute' }).click();
    await untilSilent(bob.page, SILENT_WITHIN_MS);
    await hangUp(ada);
    await untilOver(ada, bob);
  });

  it('decline, and the call is in both conversations', async () => {
    await call(ada, bob);
    await bob.page.getByRole('button', { name: 'Decline' }).click();
    await ada.page.getByText('Declined').waitFor();
    await untilOver(ada, bob);
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
    await untilOver(ada, bob);
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
    await expectBothHear(ada, bob);
    await ada.page.getByRole('img', { name: /connection, through the relay/ }).waitFor();
    await hangUp(ada);
    await untilOver(ada, bob);
  });
});
