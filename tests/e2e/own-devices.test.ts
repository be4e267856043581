/** One member with two browsers: what happens on one shows on the other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Profile } from '../support/browser.ts';
import { goTo, openConversation, send, startWebTeam, type WebTeam } from '../support/web-team.ts';

let team: WebTeam;
let ada: Profile;
let laptop: Profile;
let bob: Profile;

beforeAll(async () => {
  team = await startWebTeam();
  ada = await team.join('Ada');
  bob = await team.join('Bob');
  laptop = await team.browser.openProfile('laptop');
  await linkLaptop();
});
afterAll(() => team.stop());

async function linkLaptop(): Promise<void> {
  await laptop.page.goto(team.appliance.url);
  await laptop.page.getByRole('link', { name: 'Link to my other device' }).click();
  await laptop.page.getByLabel('Name of this device').fill('Laptop');
  await laptop.page.getByRole('button', { name: 'Show the code' }).click();
  const link = await laptop.page.getByLabel('Link for the first device').inputValue();
  await ada.page.goto(link);
  await ada.page.getByRole('button', { name: 'Link this device' }).click();
  await laptop.page.getByText('This browser is linked.').waitFor();
  await goTo(laptop.page, '#/');
  await goTo(ada.page, '#/');
}

const bubble = ({ page }: Profile, text: string) => page.getByRole('listitem').filter({ hasText: text }).last();

describe('two own devices', () => {
  it('both show what one of them has written, and what is answered', async () => {
    await openConversation(ada, 'Bob');
    await send(ada, 'From the first device');
    await openConversation(laptop, 'Bob');
    await bubble(laptop, 'From the first device').waitFor();
    await openConversation(bob, 'Ada');
    await send(bob, 'An answer for both');
    await bubble(ada, 'An answer for both').waitFor();
    await bubble(laptop, 'An answer for both').waitFor();
    await send(laptop, 'From the second device');
    await bubble(ada, 'From the second device').waitFor();
    await bubble(bob, 'From the second device').waitFor();
  });

  it('what was read on one is not new on the other', async () => {
    for (const { page } of [ada, laptop]) await goTo(page, '#/');
    await send(bob, 'Read it anywhere');
    const unread = laptop.page
      .getByRole('link', { name: /Bob.*1 unread/ })
      .or(laptop.page.getByLabel('1 unread message'));
    await unread.first().waitFor();
    await openConversation(ada, 'Bob');
    await bubble(ada, 'Read it anywhere').waitFor();
    await unread.first().waitFor({ state: 'detached' });
    expect([...ada.errors, ...laptop.errors, ...bob.errors]).toEqual([]);
  });
});
