/** The ways into a team: the owner's set-up, an invite, another device, and what is said when a way is closed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { PHONE, type Profile } from '../support/browser.ts';
import { goTo, openConversation, send, startWebTeam, type WebTeam } from '../support/web-team.ts';

let team: WebTeam;
let ada: Profile;
beforeAll(async () => {
  team = await startWebTeam();
});
afterAll(() => team.stop());

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name });

async function createInvite(): Promise<string> {
  await goTo(ada.page, '#/settings/invites');
  await ada.page.getByRole('button', { name: 'Create invite link' }).click();
  const link = await ada.page.getByLabel('Invite link', { exact: true }).inputValue();
  await goTo(ada.page, '#/');
  return link;
}

/** A browser of a stranger, at an address. */
async function open(address: string): Promise<Page> {
  const { page } = await team.browser.openProfile('stranger', PHONE);
  await page.goto(address);
  return page;
}

describe('the owner', () => {
  it('sets the team up in three steps, and the link leaves address bar and history', async () => {
    ada = await team.join('Ada');
    expect(new URL(ada.page.url()).pathname).toBe('/');
    const addresses = await ada.page.evaluate(() => [location.href, document.referrer]);
    expect(addresses.join()).not.toContain('join');
    await ada.page.goBack().catch(() => undefined);
    expect(ada.page.url()).not.toContain('/join#');
    await goTo(ada.page, '#/settings/profile');
    await expect.poll(() => ada.page.getByLabel('Name of the team').inputValue()).toBe('Analytical Engines');
  });
});

describe('an invite', () => {
  it('says whose team it is and who invites, and lets in; the first message comes', async () => {
    const link = await createInvite();
    const bob = await team.browser.openProfile('Bob', PHONE);
    await bob.page.goto(link);
    await heading(bob.page, 'Join Analytical Engines').waitFor();
    await bob.page.getByText('Ada invites you.').waitFor();
    await bob.page.getByLabel('Your name').fill('Bob');
    await bob.page.getByRole('button', { name: 'Join' }).click();
    await heading(bob.page, 'Chats').waitFor();
    expect(bob.page.url()).not.toContain('join');
    await openConversation(bob, 'Ada');
    await send(bob, 'Hello Ada');
    await openConversation(ada, 'Bob');
    await ada.page.getByText('Hello Ada').first().waitFor();
    expect(bob.errors).toEqual([]);
    await goTo(ada.page, '#/settings/invites');
    await ada.page.getByText('Bob has joined with it').waitFor();
    const second = await open(link);
    await second.getByLabel('Your name').fill('Eve');
    await second.getByRole('button', { name: 'Join' }).click();
    await heading(second, 'This invite no longer works').waitFor();
    await second.context().close();
  });

  it('can be revoked', async () => {
    const link = await createInvite();
    await goTo(ada.page, '#/settings/invites');
    await ada.page.getByRole('button', { name: 'Revoke' }).click();
    await ada.page.locator('vant-confirm-dialog').getByRole('button', { name: 'Revoke' }).click();
    await ada.page.getByText('There is no open invite.').waitFor();
    const page = await open(link);
    await page.getByLabel('Your name').fill('Eve');
    await page.getByRole('button', { name: 'Join' }).click();
    await heading(page, 'This invite no longer works').waitFor();
    await page.getByRole('button', { name: 'Use another link' }).click();
    await page.getByLabel('Your invite link').fill(link.slice(0, -30));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('This link is not complete.').waitFor();
    await page.context().close();
  });

  it('that has expired says so before anything is typed', async () => {
    const link = await createInvite();
    const { page } = await team.browser.openProfile('late', PHONE);
    await page.clock.setFixedTime(Date.now() + 4 * 24 * 60 * 60 * 1000);
    await page.goto(link);
    await heading(page, 'This invite has expired').waitFor();
    await page.context().close();
  });

  it.each([
    ['cut off', (link: string) => link.slice(0, -90), 'A part of the link is missing'],
    ['without its greeting', (link: string) => link.split('.').slice(0, 2).join('.'), 'Join the team'],
  ])('%s', async (_what, change, expected) => {
    const page = await open(change(await createInvite()));
    await heading(page, expected).waitFor();
    await page.context().close();
  });

  it('in a browser with an account is not used', async () => {
    const link = await createInvite();
    await ada.page.goto(link);
    await heading(ada.page, 'You are in a team already').waitFor();
    await ada.page.getByRole('button', { name: 'To my messages' }).click();
    await heading(ada.page, 'Chats').waitFor();
    expect(ada.page.url()).not.toContain('join');
  });
});

describe('another device', () => {
  it('is linked by its link, gets a name, and is removed', async () => {
    const laptop = await team.browser.openProfile('laptop');
    await laptop.page.goto(team.appliance.url);
    await laptop.page.getByRole('link', { name: 'Link to my other device' }).click();
    await laptop.page.getByLabel('Name of this device').fill('Old laptop');
    await laptop.page.getByRole('button', { name: 'Show the code' }).click();
    await laptop.page.getByRole('img', { name: 'Code to link this device' }).waitFor();
    const link = await laptop.page.getByLabel('Link for the first device').inputValue();
    // As the system's camera opens it on the first device.
    await ada.page.goto(link);
    await ada.page.getByRole('button', { name: 'Link this device' }).click();
    expect(ada.page.url()).not.toContain('link#');
    await laptop.page.getByText('This browser is linked.').waitFor();
    await laptop.page.getByText('Old laptop').waitFor();
    await goTo(laptop.page, '#/');
    await heading(laptop.page, 'Chats').waitFor();
    await ada.page.reload();
    await ada.page.getByText('Old laptop').waitFor();
    await ada.page.getByRole('button', { name: 'Remove', exact: true }).click();
    await ada.page.getByRole('button', { name: 'Remove device' }).click();
    await ada.page.getByText('The device was removed.').waitFor();
    await laptop.page.getByText('This device was removed from the team.').first().waitFor();
  });

  it('is explained where there is no account', async () => {
    const page = await open(`${team.appliance.url}/link#x`);
    await heading(page, 'Open this on your first device').waitFor();
    await page.context().close();
  });
});

describe('a browser that cannot run it', () => {
  it('is told so without a secure connection', async () => {
    const { page } = await team.browser.openProfile('insecure');
    await page.addInitScript(() => Object.defineProperty(globalThis, 'isSecureContext', { value: false }));
    await page.addInitScript(() => Object.defineProperty(globalThis, 'Worker', { value: undefined }));
    await page.goto(team.appliance.url);
    await heading(page, 'Vant cannot run here').waitFor();
    await page.getByText('put the server behind HTTPS').waitFor();
    await page.context().close();
  });

  it('is told so where nothing can be stored', async () => {
    const { page } = await team.browser.openProfile('private');
    await page.addInitScript(() => {
      indexedDB.open = () => {
        throw new DOMException('denied', 'SecurityError');
      };
      // The worker would have its own: it must not even get that far.
      Object.defineProperty(globalThis, 'Worker', { value: undefined });
    });
    await page.goto(team.appliance.url);
    await page.getByText('This window lets pages keep nothing').waitFor();
    await page.context().close();
  });

  it('whose storage was lost is told what to do', async () => {
    const { page } = await team.browser.openProfile('lost');
    await page.addInitScript(() => localStorage.setItem('vant-had-account', '1'));
    await page.goto(team.appliance.url);
    await heading(page, 'The messages in this browser are gone').waitFor();
    await page.getByRole('button', { name: 'I have a new invite' }).click();
    await page.getByLabel('Your invite link').waitFor();
    await page.context().close();
  });
});
