/** The service worker: a verified version, offline, and the next one when the person says so. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';
import { startVersionServer, type VersionServer } from '../support/web-versions.ts';

let browser: TestBrowser;
let server: VersionServer;
beforeAll(async () => {
  [browser, server] = await Promise.all([startBrowser(), startVersionServer()]);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

let profile: Profile;
afterEach(() => profile.context.close());

async function visit(): Promise<Page> {
  profile = await browser.openProfile('visitor');
  const { page } = profile;
  await page.goto(server.url);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  return page;
}

const markerOf = (page: Page): Promise<string | undefined> => page.evaluate(() => document.body.dataset['marker']);
const shellsOf = (page: Page): Promise<string[]> =>
  page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('vant-shell-')));

/** Looks for a new version, and waits until its worker is in this state. */
const untilWorker = (page: Page, state: ServiceWorkerState): Promise<void> =>
  page.evaluate(async (wanted) => {
    const registration = (await navigator.serviceWorker.getRegistration())!;
    const found = new Promise<void>((resolve) => {
      const watch = (): void => {
        const worker = registration.installing;
        worker?.addEventListener('statechange', () => {
          if (worker.state === wanted) resolve();
        });
      };
      registration.addEventListener('updatefound', watch);
      watch();
    });
    await registration.update().catch(() => undefined);
    await found;
  }, state);

const takeOver = (page: Page): Promise<void> =>
  page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting?.postMessage('take-over'));

const askHash = (page: Page): Promise<unknown> =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => resolve(data);
        navigator.serviceWorker.controller!.postMessage('version', [port2]);
      }),
  );

describe('the service worker', () => {
  it('has the hash that the server says, and starts the app without network', async () => {
    const page = await visit();
    expect(await askHash(page)).toBe(server.firstHash);
    expect(await page.evaluate(async () => (await (await fetch('/web-bundle.json')).json()) as unknown)).toEqual({
      hash: server.firstHash,
    });
    await profile.context.setOffline(true);
    await page.reload();
    await page.locator('vant-app').waitFor({ state: 'attached' });
    await page.waitForFunction(() => customElements.get('vant-app') !== undefined);
    for (const path of ['join', 'link']) {
      await page.goto(server.url + path);
      await page.waitForFunction(() => customElements.get('vant-app') !== undefined);
    }
  });

  it('has nothing to show at a first visit without network', async () => {
    profile = await browser.openProfile('visitor');
    await profile.context.setOffline(true);
    await expect(profile.page.goto(server.url)).rejects.toThrow('ERR_INTERNET_DISCONNECTED');
  });

  it('keeps the old version when a file of the new one is not what it should be', async () => {
    const page = await visit();
    const hash = await askHash(page);
    await server.publish('tampered', { isTampered: true });
    await untilWorker(page, 'redundant');
    await page.reload();
    expect(await askHash(page)).toBe(hash);
    expect(await markerOf(page)).toBeUndefined();
    expect(await shellsOf(page)).toContain(`vant-shell-${String(hash)}`);
    await server.publish('repaired');
  });

  it('lets the new version wait until it is taken, in all tabs, and then drops the old one', async () => {
    const page = await visit();
    const old = await askHash(page);
    const other = await profile.context.newPage();
    await other.goto(server.url);
    const hash = await server.publish('next');
    await untilWorker(page, 'installed');
    await other.reload();
    expect(await markerOf(other)).toBe('repaired');
    expect(await askHash(other)).toBe(old);
    // A page that was left for a moment keeps its draft, because it is asked to save before it reloads.
    const reloads = [page, other].map((tab) => tab.waitForEvent('load'));
    await takeOver(page);
    await Promise.all(reloads);
    for (const tab of [page, other]) {
      expect(await markerOf(tab)).toBe('next');
      expect(await askHash(tab)).toBe(hash);
    }
    await page.waitForFunction(async () => (await caches.keys()).length === 1);
    expect(await shellsOf(page)).toEqual([`vant-shell-${hash}`]);
    await profile.context.setOffline(true);
    await page.reload();
    expect(await markerOf(page)).toBe('next');
  });
});
