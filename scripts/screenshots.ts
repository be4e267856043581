/** `npm run screenshots`: starts the appliance, lets a small team of four talk, and takes a picture of every page, phone and desktop,
 * light and dark, into docs/screenshots. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { ROOT } from './run-program.ts';
import { drawPicture, PEOPLE } from './screenshots/people.ts';
import { compressPng } from './screenshots/compress-png.ts';
import { seedTeam } from './screenshots/seed.ts';
import { startServer } from './screenshots/server.ts';
import { buildWebui } from './webui-bundle.ts';

const OUTPUT = join(ROOT, 'docs', 'screenshots');
const THEMES = ['light', 'dark'] as const;

interface Screen {
  readonly name: 'desktop' | 'phone';
  readonly viewport: { readonly width: number; readonly height: number };
  readonly scale: number;
}

const SCREENS: readonly Screen[] = [
  { name: 'desktop', viewport: { width: 1200, height: 760 }, scale: 1 },
  { name: 'phone', viewport: { width: 360, height: 720 }, scale: 1.5 },
];

interface Shot {
  readonly name: string;
  /** Behind `#/`. MEMBER and GROUP stand for conversations. */
  readonly path: string;
  /** What has to be done first, or has to be there. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

const settle = (page: Page): Promise<unknown> =>
  page.evaluate(() =>
    Promise.all(document.getAnimations().map(async ({ finished }) => finished.catch(() => undefined))),
  );

const CHARTS_TIMEOUT_MS = 180_000;

/** The one with the question above it that a new member is asked. */
const NOTIFICATIONS: Shot = { name: 'notifications', path: 'settings/notifications' };

const SHOTS: readonly Shot[] = [
  { name: 'conversations', path: '' },
  { name: 'conversation', path: 'conversation/MEMBER' },
  { name: 'group', path: 'conversation/GROUP' },
  {
    name: 'invite',
    path: 'invite',
    prepare: (page) => page.getByRole('button', { name: 'Create invite link' }).click(),
  },
  { name: 'member', path: 'member/MEMBER' },
  { name: 'safety-number', path: 'safety-number/MEMBER' },
  { name: 'settings', path: 'settings' },
  { name: 'profile', path: 'settings/profile' },
  { name: 'appearance', path: 'settings/appearance' },
  { name: 'privacy', path: 'settings/privacy' },
  { name: 'devices', path: 'settings/devices' },
  { name: 'storage', path: 'settings/storage' },
  { name: 'server-records', path: 'settings/server-records' },
  { name: 'invites', path: 'settings/invites' },
  {
    name: 'connection',
    path: 'settings/connection',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Test now' }).click();
      await page.getByRole('button', { name: 'Send the result to the admins' }).click();
      await page.getByRole('button', { name: 'Sent' }).waitFor();
    },
  },
  { name: 'keyboard', path: 'settings/keyboard' },
  { name: 'about', path: 'settings/about' },
  { name: 'admin-members', path: 'admin/members' },
  { name: 'admin-status', path: 'admin/status' },
  {
    name: 'admin-checkup',
    path: 'admin/checkup',
    prepare: (page) => page.getByText('data directory').waitFor(),
  },
  { name: 'admin-connections', path: 'admin/connections' },
  { name: 'admin-configuration', path: 'admin/configuration' },
  // Last, because the first figures come after a minute.
  {
    name: 'admin-charts',
    path: 'admin/charts',
    prepare: (page) => page.locator('vant-time-chart').first().waitFor({ timeout: CHARTS_TIMEOUT_MS }),
  },
];

async function main(): Promise<void> {
  await buildWebui();
  const directory = await mkdtemp(join(tmpdir(), 'vant-screenshots-'));
  const server = await startServer(directory);
  const browser = await chromium.launch({
    executablePath: process.env['VANT_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  try {
    await rm(OUTPUT, { recursive: true, force: true });
    await mkdir(OUTPUT, { recursive: true });
    await takeAll(browser, server.ownerLink, directory);
  } finally {
    await browser.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
  console.log(`${(await readdir(OUTPUT)).length} pictures in ${OUTPUT}`);
}

async function takeAll(browser: Browser, ownerLink: string, directory: string): Promise<void> {
  const context = await openContext(browser);
  const page = await context.newPage();
  await page.goto(ownerLink);
  await page.getByLabel('Name of the team').waitFor();
  await take(page, { name: 'set-up', path: '' });
  await page.getByLabel('Name of the team').fill('Harbour Bikes');
  await page.getByRole('button', { name: 'Continue' }).click();
  const [ada] = PEOPLE;
  await page.locator('vant-avatar-field input[type=file]').setInputFiles({
    name: 'ada.png',
    mimeType: 'image/png',
    buffer: Buffer.from(await drawPicture(page, ada)),
  });
  await page.getByRole('button', { name: 'Use picture' }).click();
  await page.getByLabel('Your name').fill(ada.name);
  await take(page, { name: 'set-up-person', path: '' });
  await page.getByRole('button', { name: 'Create team' }).click();
  await page.getByRole('button', { name: 'Create invite link' }).waitFor();
  const seeded = await seedTeam(page, directory);
  await take(page, NOTIFICATIONS, true);
  await page.getByRole('button', { name: 'Not now' }).click();
  for (const shot of SHOTS) {
    const path = shot.path.replace('MEMBER', seeded.memberId).replace('GROUP', encodeURIComponent(seeded.groupId));
    await take(page, { ...shot, path }, true);
  }
  await seeded.close();
  await takeArrival(browser, seeded.inviteLink);
}

/** What somebody sees who is invited. */
async function takeArrival(browser: Browser, link: string): Promise<void> {
  const context = await openContext(browser);
  const page = await context.newPage();
  await page.goto(new URL(link).origin);
  await page.getByLabel('Your invite link').waitFor();
  await take(page, { name: 'welcome', path: '' });
  await page.goto(link);
  await page.getByLabel('Your name').fill('Noor Haddad');
  await take(page, { name: 'join', path: '' });
}

const openContext = (browser: Browser): Promise<BrowserContext> =>
  browser.newContext({
    viewport: { width: 1200, height: 760 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    deviceScaleFactor: 1.5,
  });

async function take(page: Page, shot: Shot, isRouted = false): Promise<void> {
  for (const screen of SCREENS) {
    await page.setViewportSize(screen.viewport);
    if (isRouted) {
      await page.evaluate((path) => (location.hash = `#/${path}`), shot.path);
      await shot.prepare?.(page);
    }
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.waitForLoadState('networkidle');
      await page.locator('vant-spinner:visible').first().waitFor({ state: 'hidden' });
      await settle(page);
      // The mouse shows what it rests on, and a field its caret.
      await page.mouse.move(0, 0);
      const png = await page.screenshot({ caret: 'hide', scale: screen.scale === 1 ? 'css' : 'device' });
      await compressPng(png, join(OUTPUT, `${shot.name}-${screen.name}-${colorScheme}.png`));
    }
    // Whatever was opened for the picture is closed by leaving.
    if (isRouted) await page.evaluate(() => (location.hash = '#/'));
  }
}

await main();
