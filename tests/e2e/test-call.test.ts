/** The echo service through the whole product: real Chromium calls the appliance, and hears its own tone again. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../support/appliance.ts';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';
import { fakeMedia, listenFor, writeTone } from '../support/tone.ts';
import { engineOf, hookEngines, joinTeam } from '../support/web-engine.ts';

const HZ = 620;
const LISTEN_MS = 30_000;

let appliance: Appliance;
let directory: string;
let browser: TestBrowser;
let ada: Profile;

beforeAll(async () => {
  [appliance, directory] = await Promise.all([
    startAppliance({
      env: { VANT_TURN_MODE: 'embedded', VANT_TURN_EMBEDDED_LISTEN: '127.0.0.1:0', VANT_CALLS_ECHO: 'true' },
    }),
    makeTemporaryDirectory(),
  ]);
  const file = join(directory, 'ada.wav');
  await writeTone(file, HZ);
  browser = await startBrowser(fakeMedia(file));
  ada = await browser.openProfile('Ada', { permissions: ['microphone'] });
  await hookEngines(ada.context);
  await ada.page.goto(appliance.url);
  await engineOf(ada.page).untilState('empty');
  await joinTeam(engineOf(ada.page), appliance.ownerLink!, 'Ada');
  await reload(ada.page);
});
afterAll(async () => {
  await browser.close();
  await appliance.stop();
  await removeDirectory(directory);
});

async function reload(page: Page): Promise<void> {
  await page.reload();
  await engineOf(page).untilEvent('connection', '"connected"');
}

async function makeTestCall({ page }: Profile): Promise<void> {
  await page.evaluate(() => (location.hash = '#/settings/calls'));
  await page.getByRole('button', { name: 'Make a test call' }).click();
  await page.getByText('Test call (echo)').waitFor();
}

async function hangUp({ page }: Profile): Promise<void> {
  await page.getByRole('button', { name: 'Hang up' }).click();
  await page.locator('vant-call-view section').waitFor({ state: 'detached' });
}

describe('a member', () => {
  it('hears what they say in a test call, and nothing of it stays', async () => {
    await makeTestCall(ada);
    const heard = await listenFor(ada.page, HZ, LISTEN_MS);
    expect(Math.abs(heard - HZ)).toBeLessThan(15);
    await ada.page.getByText('you hear it again').waitFor();
    expect(await ada.page.getByRole('button', { name: 'Camera' }).count()).toBe(0);
    await hangUp(ada);
    const engine = engineOf(ada.page);
    expect(await engine.call<unknown[]>('client', 'conversations')).toEqual([]);
    expect(await engine.call<unknown[]>('team', 'members')).toHaveLength(1);
    expect(ada.errors).toEqual([]);
  });

  it('hears it through the relay, too', async () => {
    await ada.page.evaluate(() => localStorage.setItem('vant-calls', '{"isAlwaysRelayed":true}'));
    await reload(ada.page);
    await makeTestCall(ada);
    const heard = await listenFor(ada.page, HZ, LISTEN_MS);
    expect(Math.abs(heard - HZ)).toBeLessThan(15);
    await ada.page.getByRole('img', { name: /connection, through the relay/ }).waitFor();
    await hangUp(ada);
  });
});
