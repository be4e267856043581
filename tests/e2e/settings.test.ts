/** Settings, trust and administration, as people use them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { sealProfile } from '../../client/directory/profile-crypto.ts';
import { credentialsOf } from '../../client/account/account-record.ts';
import { createApi } from '../../client/transport/api.ts';
import { PHONE, type Profile } from '../support/browser.ts';
import { createInvite, goTo, openConversation, send, startWebTeam, type WebTeam } from '../support/web-team.ts';
import { startTeam, type TestClient } from '../scenario/client/support.ts';

/** One pixel. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const PASSPHRASE = 'correct horse battery';

let team: WebTeam;
let ada: Profile;
let bob: Profile;
beforeAll(async () => {
  team = await startWebTeam();
  ada = await team.join('Ada');
  bob = await team.join('Bob', PHONE);
});
afterAll(() => team.stop());

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name, exact: true });

async function memberId(profile: Profile, name: string): Promise<string> {
  await goTo(profile.page, '#/new');
  const link = profile.page.locator('vant-new-conversation').getByRole('link', { name });
  return (await link.getAttribute('href'))?.split('/').at(-1) ?? '';
}

describe('the profile', () => {
  it('changes for the others: name, text and picture', async () => {
    await goTo(bob.page, '#/settings/profile');
    await bob.page.getByLabel('Your name').fill('Robert');
    await bob.page.getByLabel('About you').fill('In the engine room');
    await bob.page.getByRole('button', { name: 'Save' }).click();
    await bob.page.getByText('Saved.').waitFor();
    await bob.page
      .locator('vant-avatar-field input[type=file]')
      .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: PICTURE });
    await bob.page.getByRole('button', { name: 'Use picture' }).click();
    await bob.page.getByRole('button', { name: 'Change picture' }).waitFor();
    await ada.page.reload();
    const id = await memberId(ada, 'Robert');
    await goTo(ada.page, `#/member/${id}`);
    await heading(ada.page, 'Robert').waitFor();
    await ada.page.getByText('In the engine room').waitFor();
    await ada.page.locator('vant-avatar img').waitFor();
  });

  it('refuses what is no picture', async () => {
    await bob.page
      .locator('vant-avatar-field input[type=file]')
      .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await bob.page.getByText('This file is not a picture').waitFor();
  });
});

describe('the language', () => {
  it('is that of the browser, and another one at once, with dates and the lang attribute', async () => {
    const { page } = await team.browser.openProfile('Ana', { locale: 'es-MX' });
    await page.goto(team.appliance.url);
    await heading(page, 'Te damos la bienvenida a Vant').waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('es');
    await page.context().close();
    await goTo(ada.page, '#/settings/appearance');
    const language = ada.page.getByLabel('Language of this page');
    await language.selectOption('de');
    await heading(ada.page, 'Aussehen').waitFor();
    await heading(ada.page, 'Einstellungen').waitFor();
    expect(await ada.page.evaluate(() => document.documentElement.lang)).toBe('de');
    await ada.page.reload();
    await heading(ada.page, 'Aussehen').waitFor();
    await ada.page.getByLabel('Sprache dieser Seite').selectOption('en');
    await heading(ada.page, 'Appearance').waitFor();
  });

  it('and the theme, size and movement stay after a reload', async () => {
    await ada.page.getByRole('radio', { name: 'Dark' }).click();
    await ada.page.getByRole('radio', { name: 'Large', exact: true }).click();
    await ada.page.getByRole('radio', { name: 'Reduced' }).click();
    await ada.page.reload();
    await heading(ada.page, 'Appearance').waitFor();
    expect(await ada.page.evaluate(() => Object.assign({}, document.documentElement.dataset))).toEqual({
      theme: 'dark',
      textSize: 'large',
      motion: 'reduced',
    });
    const size = await ada.page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
    expect(Number.parseFloat(size)).toBeGreaterThan(16);
    for (const name of ['System', 'Normal']) await ada.page.getByRole('radio', { name }).first().click();
  });
});

describe('the lock', () => {
  it('asks for the passphrase, refuses a wrong one, and opens with the right one', async () => {
    const { page } = bob;
    await goTo(page, '#/settings/privacy');
    await page.getByRole('button', { name: 'Set a passphrase' }).click();
    await page.getByLabel('New passphrase').fill('short');
    await page.getByLabel('The same again').fill('short');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('This is too short').waitFor();
    await page.getByLabel('New passphrase').fill(PASSPHRASE);
    await page.getByLabel('The same again').fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('The lock was changed.').waitFor();
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await heading(page, 'Vant is locked').waitFor();
    await page.getByLabel('Passphrase').fill('wrong');
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    await page.getByText('This is not the passphrase.').waitFor();
    await page.getByLabel('Passphrase').fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await heading(page, 'Privacy').waitFor();
    await page.getByRole('button', { name: 'Remove', exact: true }).first().click();
    await page.getByLabel('Present passphrase').fill(PASSPHRASE);
    await page.locator('vant-lock-dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Set a passphrase' }).waitFor();
  });
});

describe('privacy', () => {
  it('settings and the list of blocked members are kept', async () => {
    const id = await memberId(ada, 'Robert');
    await goTo(ada.page, `#/member/${id}`);
    await ada.page.getByRole('button', { name: 'Block' }).click();
    await ada.page.getByRole('button', { name: 'Unblock' }).waitFor();
    await goTo(ada.page, '#/settings/privacy');
    await ada.page.getByRole('switch', { name: /Typing indicators/ }).click();
    await ada.page.getByRole('button', { name: 'Unblock' }).click();
    await ada.page.getByText('You have blocked nobody.').waitFor();
    await ada.page.reload();
    await expect.poll(() => ada.page.getByRole('switch', { name: /Typing indicators/ }).isChecked()).toBe(false);
  });
});

describe('a safety number', () => {
  it('is the same on both sides, and is marked as verified', async () => {
    const digits = async (profile: Profile, name: string): Promise<string> => {
      const id = await memberId(profile, name);
      await goTo(profile.page, `#/safety-number/${id}`);
      const list = profile.page.getByRole('list', { name: 'Safety number' });
      await list.waitFor();
      return (await list.innerText()).replace(/\s+/g, '');
    };
    const seenByAda = await digits(ada, 'Robert');
    expect(seenByAda).toMatch(/^\d{60}$/);
    expect(await digits(bob, 'Ada')).toBe(seenByAda);
    await ada.page.getByRole('button', { name: 'Mark as verified' }).click();
    await ada.page.getByText('You have verified Robert').waitFor();
  });
});

/** As someone who has Carol's credentials and the team key could. */
async function publishOtherKey({ client, ports }: TestClient): Promise<void> {
  const account = (await client.account())!;
  const texts = { displayName: 'Carol', avatar: new Uint8Array(), avatarContentType: '', about: '', team: undefined };
  const identityKey = ports.signal.IdentityKeyPair.generate().publicKey.serialize();
  const fields = { ...texts, identityKey, revision: 2 };
  const profile = sealProfile(ports.signal, ports.random, account.teamKey, account.accountId, fields);
  await createApi(ports.http, account.origin, credentialsOf(account)).call('putProfile', { body: { profile } });
}

describe('another key of a member in the terminal', () => {
  it('is noticed, explained, and accepted', async () => {
    const terminal = await startTeam(team.appliance);
    const carol = await terminal.open('carol');
    const { accountId } = await carol.client.join({
      link: await createInvite(ada),
      displayName: 'Carol',
      deviceName: 'terminal',
    });
    await carol.client.connect({ receive: true });
    await openConversation(ada, 'Carol');
    await send(ada, 'Hello terminal');
    await expect.poll(() => carol.texts).toEqual(['Hello terminal']);
    await publishOtherKey(carol);
    await ada.page.reload();
    await goTo(ada.page, `#/identity/${accountId}`);
    await ada.page.getByText('The key of Carol is another one now.').waitFor();
    await ada.page.getByRole('button', { name: 'Accept the new key' }).click();
    await ada.page.getByText('The new key is accepted.').waitFor();
    await terminal.end();
  });
});

describe('what the server knows', () => {
  it('is shown in words, from its live answer, and is copied as JSON', async () => {
    await ada.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await goTo(ada.page, '#/settings/server-records');
    await heading(ada.page, 'Your account').waitFor();
    await heading(ada.page, 'What it can never know').waitFor();
    await ada.page.getByText('Your name and picture, readable by members only').waitFor();
    await ada.page.getByRole('button', { name: 'Copy as JSON' }).click();
    await ada.page.getByText('Copied.').waitFor();
    const copied = await ada.page.evaluate(() => navigator.clipboard.readText());
    const { sections } = JSON.parse(copied) as { sections: { id: string }[] };
    expect(sections.map(({ id }) => id)).toEqual(expect.arrayContaining(['account', 'devices', 'keys', 'connections']));
    expect(copied).not.toContain('Analytical');
    expect(copied).not.toContain('Robert');
  });
});

describe('a backup', () => {
  it('is written, and read again on a device that has lost its messages', async () => {
    await openConversation(ada, 'Robert');
    await send(ada, 'To be kept');
    await goTo(ada.page, '#/settings/storage');
    // Without the dialog of the browser, which a test cannot answer, it becomes a download.
    await ada.page.evaluate(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
    await ada.page.getByRole('button', { name: 'Make a backup' }).click();
    await ada.page.getByLabel('Passphrase of the backup').fill(PASSPHRASE);
    await ada.page.getByLabel('The same again').fill(PASSPHRASE);
    const download = ada.page.waitForEvent('download');
    await ada.page.getByRole('button', { name: 'Export' }).click();
    const path = await (await download).path();
    await ada.page.getByText('The backup is complete.').waitFor();
    await ada.page.locator('vant-backup-section input[type=file]').setInputFiles(path);
    await ada.page.getByLabel('Passphrase of the backup').fill('another one');
    await ada.page.getByRole('button', { name: 'Import' }).click();
    await ada.page.getByText('This is not the passphrase of the backup.').waitFor();
    await ada.page.getByLabel('Passphrase of the backup').fill(PASSPHRASE);
    await ada.page.getByRole('button', { name: 'Import' }).click();
    await ada.page.getByText(/messages? (was|were) imported/).waitFor();
  });
});

describe('administration', () => {
  it('shows members, status, figures and configuration to the owner only', async () => {
    await goTo(ada.page, '#/admin/members');
    await ada.page.getByText('3 members').waitFor();
    await goTo(ada.page, '#/admin/status');
    await ada.page.getByText('connections of at most').waitFor();
    await goTo(ada.page, '#/admin/checkup');
    const dns = ada.page.getByRole('listitem').filter({ hasText: 'localhost is this machine' });
    await dns.getByText('Set server.public_url to the https address').waitFor();
    await dns.getByRole('link', { name: 'server.public_url' }).click();
    await ada.page.getByText('The address that people type').waitFor();
    await goTo(ada.page, '#/admin/configuration');
    await ada.page.getByRole('searchbox', { name: 'Search options' }).fill('message_ttl');
    await ada.page.getByText('relay.message_ttl', { exact: true }).waitFor();
    await goTo(ada.page, '#/admin/charts');
    await ada.page.getByRole('radio', { name: '30 days' }).click();
    await goTo(bob.page, '#/admin/members');
    await heading(bob.page, 'This is for owners and admins').waitFor();
  });

  it('changes a role, and removes a member, who is told', async () => {
    await goTo(ada.page, '#/admin/members');
    await ada.page.getByRole('link', { name: /Robert/ }).click();
    await ada.page.getByLabel('Role').selectOption('admin');
    await ada.page.getByRole('button', { name: 'Change the role' }).click();
    await ada.page.getByText('The role was changed.').waitFor();
    await ada.page.getByRole('button', { name: 'Remove …' }).click();
    const dialog = ada.page.locator('vant-confirm-dialog');
    expect(await dialog.getByRole('button', { name: 'Remove' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Write “Robert” to confirm').fill('robert');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await ada.page.getByText('Robert was removed from the team.').waitFor();
    await goTo(bob.page, '#/');
    await bob.page.getByText('This device was removed from the team.').first().waitFor();
  });
});

describe('the device', () => {
  it('is erased after it was confirmed in writing', async () => {
    await goTo(bob.page, '#/settings/storage');
    await bob.page.getByRole('button', { name: 'Erase …' }).click();
    await bob.page.getByLabel('Write “erase” to confirm').fill('erase');
    const isLoaded = bob.page.waitForEvent('load');
    await bob.page.getByRole('button', { name: 'Erase', exact: true }).click();
    await isLoaded;
    await heading(bob.page, 'Welcome to Vant').waitFor();
    expect(await bob.page.evaluate(() => localStorage.length)).toBeLessThanOrEqual(1);
  });

  it('has shown no error in all this', () => {
    expect([...ada.errors, ...bob.errors]).toEqual([]);
  });
});
