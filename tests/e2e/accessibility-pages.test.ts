/** axe finds nothing on any page besides the chat, in both themes, on phone and desktop. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PHONE, type Profile } from '../support/browser.ts';
import { createInvite, goTo, startWebTeam, type WebTeam } from '../support/web-team.ts';

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

const PAGES = [
  'settings/profile',
  'settings/appearance',
  'settings/notifications',
  'settings/privacy',
  'settings/devices',
  'settings/linked',
  'settings/storage',
  'settings/server-records',
  'settings/invites',
  'settings/connection',
  'settings/keyboard',
  'settings/about',
  'admin/members',
  'admin/members/ID',
  'admin/invites',
  'admin/status',
  'admin/checkup',
  'admin/charts',
  'admin/configuration',
  'admin/connections',
  'member/ID',
  'safety-number/ID',
  'identity/ID',
  'invite',
  'invite/first',
];
const THEMES = ['light', 'dark'] as const;

let team: WebTeam;
let ada: Profile;
let bobId: string;

beforeAll(async () => {
  team = await startWebTeam();
  ada = await team.join('Ada');
  await team.join('Bob');
  await goTo(ada.page, '#/new');
  const link = ada.page.locator('vant-new-conversation').getByRole('link', { name: 'Bob' });
  bobId = (await link.getAttribute('href'))?.split('/').at(-1) ?? '';
});
afterAll(() => team.stop());

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary: string }[];
}

/** What axe finds, a line each. The page's own policy forbids scripts of others: it comes in through the debugger. */
async function findViolations(page: Page): Promise<string[]> {
  await page.locator('vant-spinner[label]').first().waitFor({ state: 'detached' });
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: unknown): Promise<{ violations: Violation[] }> } };
    return (await axe.run({ resultTypes: ['violations'] })).violations;
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${JSON.stringify(target)}: ${failureSummary}`),
  );
}

async function checkBothThemes(page: Page): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    // Colours on their way from one theme to the other are no colours to judge.
    await page.evaluate(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      // They begin with the next frame; one that is replaced never finishes.
      await frame();
      await frame();
      await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)));
    });
    // On a busy machine the colours set out later than that; what stays is a finding.
    await expect.poll(() => findViolations(page), { message: colorScheme }).toEqual([]);
  }
}

describe('with an account', () => {
  it.each(PAGES)('%s', async (path) => {
    await goTo(ada.page, `#/${path.replace('ID', bobId)}`);
    await checkBothThemes(ada.page);
  });

  it.each(['settings', 'settings/privacy', 'settings/server-records', 'admin', 'admin/status'])(
    '%s, on a phone',
    async (path) => {
      await ada.page.setViewportSize(PHONE.viewport);
      await goTo(ada.page, `#/${path}`);
      await checkBothThemes(ada.page);
      expect(await ada.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await ada.page.setViewportSize({ width: 1280, height: 720 });
    },
  );

  it('a connection test that is over, and what the admins see of it', async () => {
    await goTo(ada.page, '#/settings/connection');
    await ada.page.getByRole('button', { name: 'Test now' }).click();
    await ada.page.getByRole('button', { name: 'Send the result to the admins' }).click();
    await ada.page.getByRole('button', { name: 'Sent' }).waitFor();
    await checkBothThemes(ada.page);
    await goTo(ada.page, '#/admin/connections');
    await ada.page.getByRole('row', { name: /Ada/ }).waitFor();
    await checkBothThemes(ada.page);
  });

  it('notifications that are on, where there is no push service, and quiet hours', async () => {
    await ada.context.grantPermissions(['notifications']);
    await goTo(ada.page, '#/settings/notifications');
    await ada.page.getByRole('switch', { name: 'Notifications' }).click();
    await ada.page.getByText('Vant cannot wake this browser').waitFor();
    await ada.page.getByText(/could not register with its push service/).waitFor();
    await ada.page.getByRole('switch', { name: 'Quiet hours' }).click();
    await ada.page.getByLabel('From').waitFor();
    await ada.page.getByRole('button', { name: 'Send me a test' }).click();
    await ada.page.getByText('The last test did not get through.').waitFor();
    await checkBothThemes(ada.page);
    await ada.page.setViewportSize(PHONE.viewport);
    await checkBothThemes(ada.page);
    expect(await ada.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await ada.page.setViewportSize({ width: 1280, height: 720 });
  });

  it('dialogs', async () => {
    await goTo(ada.page, '#/settings/devices');
    await ada.page.getByRole('button', { name: 'Link a device' }).click();
    await checkBothThemes(ada.page);
    await ada.page.keyboard.press('Escape');
    await goTo(ada.page, '#/settings/storage');
    await ada.page.getByRole('button', { name: 'Erase …' }).click();
    await checkBothThemes(ada.page);
    await ada.page.keyboard.press('Escape');
    await goTo(ada.page, '#/settings/privacy');
    await ada.page.getByRole('button', { name: 'Set a passphrase' }).click();
    await checkBothThemes(ada.page);
    await ada.page.keyboard.press('Escape');
  });
});

describe('without an account', () => {
  it.each([
    ['start', ''],
    ['link this browser', '#/link'],
    ['a link for the other device', 'link#x'],
    ['a link that is cut off', 'join#abc'],
  ])('%s', async (_what, path) => {
    const { page } = await team.browser.openProfile('stranger', PHONE);
    await page.goto(`${team.appliance.url}/${path}`);
    await page.getByRole('heading').first().waitFor();
    await checkBothThemes(page);
    await page.context().close();
  });

  it('joining', async () => {
    const { page } = await team.browser.openProfile('invited', PHONE);
    await page.goto(await createInvite(ada));
    await page.getByLabel('Your name').waitFor();
    await checkBothThemes(page);
    await page.context().close();
  });
});

describe('locked', () => {
  it('shows nothing but the lock', async () => {
    const { page } = ada;
    await goTo(page, '#/settings/privacy');
    await page.getByRole('button', { name: 'Set a passphrase' }).click();
    await page.getByLabel('New passphrase').fill('correct horse');
    await page.getByLabel('The same again').fill('correct horse');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await page.getByRole('heading', { name: 'Vant is locked' }).waitFor();
    await page.getByLabel('Passphrase').waitFor();
    await checkBothThemes(page);
    expect(await page.locator('body').innerText()).not.toContain('Bob');
  });
});
