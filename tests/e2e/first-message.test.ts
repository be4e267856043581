/** From the owner's link to the first message, in two browsers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAppliance, type Appliance } from '../support/appliance.ts';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';

let appliance: Appliance;
let browser: TestBrowser;
beforeAll(async () => {
  [appliance, browser] = await Promise.all([startAppliance(), startBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await appliance.stop();
});

async function join(name: string, link: string): Promise<Profile> {
  const profile = await browser.openProfile(name);
  await profile.page.goto(link);
  await profile.page.getByLabel('Your name').fill(name);
  await profile.page.getByRole('button', { name: 'Join' }).click();
  await profile.page.getByRole('button', { name: 'Invite' }).waitFor();
  return profile;
}

describe('two people with only a browser and a link', () => {
  it('talk to each other', async () => {
    const ada = await join('Ada', appliance.ownerLink!);
    const invite = ada.page.waitForEvent('dialog').then(async (dialog) => {
      await dialog.accept();
      return dialog.message();
    });
    await ada.page.getByRole('button', { name: 'Invite' }).click();
    const bob = await join('Bob', await invite);
    await bob.page.getByRole('link', { name: 'Ada' }).click();
    await bob.page.getByLabel('Message').fill('Hello Ada');
    await bob.page.keyboard.press('Enter');
    await ada.page.reload();
    await ada.page.getByRole('link', { name: 'Bob' }).click();
    await ada.page.getByText('Hello Ada').waitFor();
    await ada.page.getByLabel('Message').fill('Hello Bob');
    await ada.page.keyboard.press('Enter');
    await bob.page.getByText('Hello Bob').waitFor();
    expect([...ada.errors, ...bob.errors]).toEqual([]);
  });
});
