/** A Chromium for the tests that run in a real browser. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProgram } from './run-program.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Finds or installs one, and says what it did. @returns its path.
 * @throws Error with what to do. */
export async function prepareChromium(): Promise<string> {
  const found = findChromium();
  if (found !== undefined) return found;
  for (const install of [installWithApt, installWithPlaywright]) {
    const path = await install();
    if (path !== undefined) return path;
  }
  throw new Error(
    'The tests need Chromium, and none could be installed. Install it (apt-get install chromium), or set VANT_CHROMIUM to its path.',
  );
}

function findChromium(): string | undefined {
  const configured = process.env['VANT_CHROMIUM'];
  if (configured !== undefined) return configured;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
}

async function installWithApt(): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  console.log('Chromium: not installed; installing the package chromium of the distribution (apt-get, as root).');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runProgram('apt-get', ['update', '-qq'], env);
  await runProgram('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], env);
  return findChromium();
}

async function installWithPlaywright(): Promise<string | undefined> {
  console.log('Chromium: not installed, and this is not root on Debian; asking Playwright for its build.');
  const { chromium } = await import('playwright-core');
  await runProgram('node', [join('node_modules', 'playwright-core', 'cli.js'), 'install', 'chromium']);
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined;
}
