/** The web app in real Chromium: size, start, a long conversation, a message from one browser to the other, search.
 * node scripts/bench/webui.ts */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ROOT } from '../run-program.ts';
import { WEBUI_OUTPUT } from '../webui-bundle.ts';
import { ChildProgram } from './child-program.ts';
import { makeLongHistory } from './long-history.ts';
import { joinAsMember, type WebMember } from './web-member.ts';
import { measureScrolling, measureUntilShown, openFromList, untilMessage, usedMemory } from './web-probes.ts';

const CHROMIUM = process.env['VANT_CHROMIUM'] ?? '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const MESSAGES = 10_000;
const ROUNDS = 15;
const PASSPHRASE = 'bench';

const NAME_WIDTH = 54;
const RESULT_WIDTH = 16;
/** At once, since all of it takes a minute. */
const note = (what: string, result: string, goal = ''): void =>
  console.log(`${what.padEnd(NAME_WIDTH)} | ${result.padStart(RESULT_WIDTH)} | ${goal}`);
const ms = (value: number): string => `${value.toFixed(0)} ms`;
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`;
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** What the browser has to have before anything is shown, and the worker beside it. */
function measureSizes(): void {
  const page = readFileSync(join(WEBUI_OUTPUT, 'index.html'), 'utf8');
  const zipped = (path: string): number => readFileSync(join(WEBUI_OUTPUT, `${path}.gz`)).length;
  const scripts = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '');
  const pageBytes = scripts.reduce((sum, path) => sum + zipped(path), 0);
  const files = Object.keys(
    (JSON.parse(readFileSync(join(WEBUI_OUTPUT, 'web-bundle.json'), 'utf8')) as { files: Record<string, unknown> })
      .files,
  );
  const workerBytes = zipped(files.find((path) => path.startsWith('/assets/worker-')) ?? '');
  note('initial JavaScript of the page, gzip', kilobytes(pageBytes));
  note('initial JavaScript of the worker, gzip', kilobytes(workerBytes));
  note('both', kilobytes(pageBytes + workerBytes), '< 150 KB');
}

async function measureStart(member: WebMember, url: string, slowdown: number): Promise<void> {
  const page = await member.context.newPage();
  const session = await member.context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  const usable: number[] = [];
  for (let round = 0; round < 3; round++) {
    await page.goto('about:blank');
    await page.goto(url, { waitUntil: 'commit' });
    const { firstPaint, shown } = await measureUntilShown(page);
    usable.push(shown - firstPaint);
    if (round === 2) note(`first paint, CPU slowed ${slowdown} times`, ms(firstPaint));
  }
  note(`first paint to usable, CPU slowed ${slowdown} times`, ms(median(usable)), '< 1000 ms');
  await page.close();
}

async function measureConversation(member: WebMember, peer: string): Promise<void> {
  const opened: number[] = [];
  for (let round = 0; round < 5; round++) opened.push(await openFromList(member.page, peer));
  note(`open a conversation of ${MESSAGES} messages, first time`, ms(opened[0] ?? 0), '< 200 ms');
  note(`open a conversation of ${MESSAGES} messages, median`, ms(median(opened)), '< 200 ms');
  const scrolling = await measureScrolling(member.page);
  note(
    'scrolling: frames, blank ones, longest',
    `${scrolling.frames}, ${scrolling.blank}, ${ms(scrolling.longestMs)}`,
    'none blank',
  );
  note('memory of page and worker', `${((await usedMemory(member.page)) / 1e6).toFixed(0)} MB`);
}

async function measureMessages(from: WebMember, to: WebMember): Promise<void> {
  // Something to wait for, and the session between the two.
  await from.call('client', 'sendText', to.accountId, 'hello');
  await openFromList(to.page, from.accountId);
  await openFromList(from.page, to.accountId);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const text = `bench ${round}`;
    const shown = untilMessage(to.page, text);
    await from.page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
    const sentAt = await from.page.evaluate(() => performance.timeOrigin + performance.now());
    await from.page.keyboard.press('Enter');
    times.push((await shown) - sentAt);
  }
  note('send to render, loopback, median', ms(median(times)), '< 100 ms');
  note('send to render, loopback, slowest', ms(Math.max(...times)));
}

async function measureSearch(member: WebMember): Promise<void> {
  const startedAt = performance.now();
  await member.call('search', 'prepare');
  note(`search index of ${MESSAGES} messages`, ms(performance.now() - startedAt));
  const times: number[] = [];
  for (const query of ['lazy', 'quick fo', 'nobody reads', 'lunch', 'bench']) {
    const askedAt = performance.now();
    await member.call('search', 'search', query);
    times.push(performance.now() - askedAt);
  }
  note('search query, median', ms(median(times)));
  note('memory with the index', `${((await usedMemory(member.page)) / 1e6).toFixed(0)} MB`);
}

const directory = await mkdtemp(join(tmpdir(), 'vant-bench-webui-'));
const appliance = new ChildProgram({
  script: [join(ROOT, 'cli/vant.js'), 'serve'],
  env: { VANT_SERVER_LISTEN: '127.0.0.1:0', VANT_STORAGE_DATA_DIR: join(directory, 'data') },
  isBare: true,
});
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
try {
  measureSizes();
  const ownerLink = await appliance.untilOutput(/(http\S+\/join#\S+)/);
  const url = new URL('/', ownerLink).href;
  const ada = await joinAsMember(browser, url, ownerLink, 'Ada');
  const { link } = await ada.call<{ link: string }>('team', 'createInvite', { role: 'member' });
  const bob = await joinAsMember(browser, url, link, 'Bob');
  await ada.call('team', 'members');
  const file = await makeLongHistory(ada.accountId, bob.accountId, MESSAGES, PASSPHRASE);
  const importedAt = performance.now();
  await ada.importBackup(file, PASSPHRASE);
  note(`import of ${MESSAGES} messages`, ms(performance.now() - importedAt));
  await ada.page.reload();
  await measureConversation(ada, bob.accountId);
  await measureMessages(bob, ada);
  await measureStart(ada, `${url}#/conversation/${bob.accountId}`, 4);
  await measureSearch(ada);
} finally {
  await browser.close();
  await appliance.stop();
  await rm(directory, { recursive: true, force: true });
}
