/** Whether everybody can use the chat: axe on its states in both themes, and a walk by keyboard alone. */
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Profile } from '../support/browser.ts';
import { goTo, messageField, openConversation, send, startWebTeam, type WebTeam } from '../support/web-team.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let team: WebTeam;
let ada: Profile;
let grace: Profile;
beforeAll(async () => {
  team = await startWebTeam();
  // Only so that axe can be put into the page: its policy refuses foreign scripts, as it should.
  ada = await team.join('Ada Lovelace', { viewport: { width: 1280, height: 800 }, bypassCSP: true });
  grace = await team.join('Grace Hopper');
  await openConversation(grace, 'Ada');
  await openConversation(ada, 'Grace');
  await send(grace, 'Good **morning**, see https://example.org');
  await ada.page.locator('.row', { hasText: 'morning' }).waitFor();
  await send(ada, 'Thank you ||secret|| `code`');
  await ada.page.addScriptTag({ path: AXE });
});
afterAll(() => team.stop());

interface AxeWindow {
  axe: { run(): Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary?: string }[] }[] }> };
}

async function findViolations(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(() => (globalThis as unknown as AxeWindow).axe.run());
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary ?? ''}`),
  );
}

/** Colours on their way from one theme to the other are no colours to judge; what stays is a finding. */
async function expectNoViolations(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      // They set out with the next frame.
      await frame();
      await frame();
      await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)));
    });
    await expect.poll(() => findViolations(page), { message: colorScheme }).toEqual([]);
  }
}

describe('axe finds nothing', () => {
  const STATES: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['in a conversation', async () => undefined],
    [
      'in the menu of a message',
      async () => {
        await ada.page.locator('.row .text').first().click({ button: 'right' });
        await ada.page.getByRole('menuitem', { name: 'Reply' }).waitFor();
      },
    ],
    ['in a reply', () => ada.page.getByRole('menuitem', { name: 'Reply' }).click()],
    [
      'in the picker of emoji',
      async () => {
        await messageField(ada).press('Control+j');
        await ada.page.getByRole('button', { name: 'grinning face', exact: true }).waitFor();
      },
    ],
    [
      'in the details',
      async () => {
        await ada.page.keyboard.press('Escape');
        await ada.page.keyboard.press('Control+Shift+I');
        await ada.page.getByRole('complementary', { name: 'Details' }).waitFor();
      },
    ],
    [
      'while messages are selected',
      async () => {
        await ada.page.locator('.row .text').first().click({ button: 'right' });
        await ada.page.getByRole('menuitem', { name: 'Select' }).click();
      },
    ],
    [
      'in search results',
      async () => {
        await ada.page.keyboard.press('Control+k');
        await ada.page.keyboard.type('morning');
        await ada.page.locator('.hit').first().waitFor();
      },
    ],
    [
      'where a conversation is begun',
      async () => {
        await goTo(ada.page, '#/new');
        await ada.page.getByRole('link', { name: 'New group' }).waitFor();
      },
    ],
    [
      'where a group is made',
      async () => {
        await ada.page.getByRole('link', { name: 'New group' }).click();
        await ada.page.getByRole('checkbox', { name: 'Grace Hopper' }).waitFor();
      },
    ],
  ];
  it.each(STATES)('%s', async (_name, enter) => {
    await enter();
    await expectNoViolations(ada.page);
  });
});

describe('by keyboard alone', () => {
  it('one finds a person, writes, replies, reacts and deletes', async () => {
    const { page } = grace;
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Ada');
    await page.locator('.hit').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await messageField(grace).waitFor();
    await page.keyboard.press('Control+Shift+T');
    await page.keyboard.type('Only keys');
    await page.keyboard.press('Enter');
    const message = page.locator('.row', { hasText: 'Only keys' });
    await message.waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await expect.poll(() => message.evaluate((row) => row.matches(':focus'))).toBe(true);
    await page.keyboard.press('r');
    await page.keyboard.type('A reply');
    await page.keyboard.press('Enter');
    await page.locator('.row', { hasText: 'A reply' }).locator('.quote').waitFor();
  });

  it('the text may be twice as large on a small screen, and nothing scrolls sideways', async () => {
    // 200 % of a window of 1280 pixels leaves 640.
    await grace.page.setViewportSize({ width: 640, height: 400 });
    await messageField(grace).waitFor();
    const isWide = await grace.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(isWide).toBe(false);
  });
});
