/** Real Chromium with one profile a person, for end-to-end tests of the web app. */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** No sandbox inside containers, no traffic of Chromium's own. */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const ACTION_DEADLINE_MS = 20_000;

/** The narrowest phone that the app is made for. */
export const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const;

export interface Profile {
  readonly name: string;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors that the page or its console has shown, the refusals of the content security policy among them. */
  readonly errors: string[];
}

export interface TestBrowser {
  readonly browser: Browser;
  /** A browser of one's own, as another person or device has it. */
  openProfile(name: string, options?: Parameters<Browser['newContext']>[0]): Promise<Profile>;
  close(): Promise<void>;
}

export const CHROMIUM = process.env['VANT_CHROMIUM'] ?? '/usr/bin/chromium';

/** @param home where it looks for authorities to trust, among other things; by default that of the user
 * @param executablePath Chromium, or a program that becomes it */
export async function startBrowser(
  extraArguments: readonly string[] = [],
  home?: string,
  executablePath = CHROMIUM,
): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath,
    args: [...CHROMIUM_ARGUMENTS, ...extraArguments],
    ...(home !== undefined && { env: { ...process.env, HOME: home } }),
  });
  return {
    browser,
    async openProfile(name, options) {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(ACTION_DEADLINE_MS);
      const page = await context.newPage();
      const errors = watchErrors(context);
      return { name, context, page, errors };
    },
    close: () => browser.close(),
  };
}

/** What a browser writes by itself when the network is away is no fault of the page. */
const NETWORK_NOISE =
  /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_NETWORK_CHANGED|Failed to load resource|WebSocket connection to/;

function watchErrors(context: BrowserContext): string[] {
  const errors: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error' && !NETWORK_NOISE.test(message.text())) errors.push(message.text());
  });
  context.on('weberror', (error) => errors.push(String(error.error())));
  return errors;
}
