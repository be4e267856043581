/** A group in three browsers, one of them a phone: made, written to, changed, left. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Profile } from '../support/browser.ts';
import { goTo, messageField, send, startWebTeam, type WebTeam } from '../support/web-team.ts';

let team: WebTeam;
let ada: Profile;
let grace: Profile;
let alan: Profile;
beforeAll(async () => {
  team = await startWebTeam();
  ada = await team.join('Ada Lovelace', { viewport: { width: 1440, height: 900 } });
  grace = await team.join('Grace Hopper');
  alan = await team.join('Alan Turing', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
});
afterAll(() => team.stop());

describe('a group', () => {
  it('is made with its members, who see what is written', async () => {
    await goTo(ada.page, '#/new');
    await ada.page.getByRole('link', { name: 'New group' }).click();
    await ada.page.getByLabel('Name of the group').fill('Engine room');
    for (const name of ['Grace Hopper', 'Alan Turing']) await ada.page.getByRole('checkbox', { name }).check();
    await ada.page.getByRole('button', { name: 'Create group' }).click();
    await send(ada, 'Welcome to the engine room');
    for (const { page } of [grace, alan]) {
      await page.getByRole('link', { name: /Engine room/ }).click();
      await page.locator('.row', { hasText: 'Welcome to the engine room' }).waitFor();
    }
  });

  it('has mentions, picked from its members', async () => {
    await messageField(grace).pressSequentially('Thank you @Lov');
    await grace.page.getByRole('option', { name: 'Ada Lovelace' }).waitFor();
    await grace.page.keyboard.press('Enter');
    await grace.page.keyboard.press('Enter');
    await ada.page.locator('.mention.self', { hasText: '@Ada Lovelace' }).waitFor();
  });

  it('shows a phone one pane, where a button sends and Enter makes a new line', async () => {
    await messageField(alan).fill('First');
    await alan.page.keyboard.press('Enter');
    await alan.page.keyboard.type('second');
    await alan.page.getByRole('button', { name: 'Send' }).click();
    await ada.page.getByText('First\nsecond').first().waitFor();
    expect(await alan.page.getByRole('heading', { name: 'Chats' }).isVisible()).toBe(false);
    await alan.page.getByRole('link', { name: 'Back' }).click();
    await alan.page.getByRole('heading', { name: 'Chats' }).waitFor();
  });

  it('is renamed, and left', async () => {
    await ada.page.getByRole('button', { name: /^Engine room/ }).click();
    await ada.page.getByRole('button', { name: 'Edit name' }).click();
    await ada.page.getByLabel('Name of the group').fill('Boiler room');
    await ada.page.getByRole('button', { name: 'Save' }).click();
    await grace.page.getByRole('heading', { name: 'Boiler room' }).first().waitFor();
    await grace.page.getByRole('button', { name: /^Boiler room/ }).click();
    await grace.page.getByRole('button', { name: 'Leave the group' }).click();
    await grace.page.getByRole('button', { name: 'Leave', exact: true }).click();
    await grace.page.getByText('You are not in this group any more.').waitFor();
    await ada.page.getByText('Grace Hopper left the group.').first().waitFor();
  });

  it('has shown no error to anybody', () => {
    expect([...ada.errors, ...grace.errors, ...alan.errors]).toEqual([]);
  });
});
