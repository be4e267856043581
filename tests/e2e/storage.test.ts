/** The storage of the browser goes away, runs full, or belongs to a newer version. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAppliance, type Appliance } from '../support/appliance.ts';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';
import { engineOf, hookEngines, invite, joinTeam, textsOf, type WebEngine } from '../support/web-engine.ts';

let appliance: Appliance;
let browser: TestBrowser;
let owner: WebEngine;
let ownerId: string;

beforeAll(async () => {
  [appliance, browser] = await Promise.all([startAppliance(), startBrowser()]);
  const profile = await openProfile('Ada');
  owner = engineOf(profile.page);
  ownerId = (await joinTeam(owner, appliance.ownerLink!, 'Ada')).accountId;
});
afterAll(async () => {
  await browser.close();
  await appliance.stop();
});

async function openProfile(name: string, prepare?: (profile: Profile) => Promise<void>): Promise<Profile> {
  const profile = await browser.openProfile(name);
  await hookEngines(profile.context);
  await prepare?.(profile);
  await profile.page.goto(appliance.url);
  await engineOf(profile.page).untilState('empty');
  return profile;
}

async function openMember(name: string): Promise<{ readonly profile: Profile; readonly engine: WebEngine }> {
  const profile = await openProfile(name);
  const engine = engineOf(profile.page);
  await joinTeam(engine, await invite(owner), name);
  return { profile, engine };
}

async function openTab(profile: Profile, state: string): Promise<{ readonly page: Page; readonly engine: WebEngine }> {
  const page = await profile.context.newPage();
  await page.goto(appliance.url);
  const engine = engineOf(page);
  await engine.untilState(state);
  return { page, engine };
}

const hadAccount = (page: Page): Promise<boolean> =>
  page.evaluate(() => localStorage.getItem('vant-had-account') !== null);

describe('storage that was lost', () => {
  it('while the app runs, or before it starts, leaves a clean start and a hint that there was an account', async () => {
    const { profile, engine } = await openMember('Bob');
    const other = await openTab(profile, 'joined');
    expect(await hadAccount(profile.page)).toBe(true);
    const session = await profile.context.newCDPSession(profile.page);
    await session.send('Storage.clearDataForOrigin', { origin: appliance.url, storageTypes: 'indexeddb' });
    await engine.untilState('empty');
    await other.engine.untilState('empty');
    await profile.page.reload();
    await engine.untilState('empty');
    expect(await hadAccount(profile.page)).toBe(true);
    // The way out works at once.
    await joinTeam(engine, await invite(owner), 'Bob again');
    await other.engine.untilState('joined');
    await engine.call('client', 'sendText', ownerId, 'I am back');
    await owner.untilEvent('message', 'I am back');
  });

  it('by another page of this origin that removes the database, too', async () => {
    const { profile, engine } = await openMember('Carol');
    await profile.page.evaluate(
      () =>
        new Promise((resolve) => {
          indexedDB.deleteDatabase('vant').onsuccess = resolve;
        }),
    );
    await engine.untilState('empty');
  });
});

describe('erasing this device', () => {
  it('signs out, and leaves nothing in any tab or store', async () => {
    const { profile, engine } = await openMember('Dora');
    const other = await openTab(profile, 'joined');
    const { accountId } = await engine.call<{ accountId: string }>('client', 'account');
    await engine.call('control', 'eraseDevice');
    await engine.untilState('empty');
    await other.engine.untilState('empty');
    const members = await owner.call<{ accountId: string }[]>('team', 'members');
    expect(members.some((member) => member.accountId === accountId)).toBe(false);
    await other.page.reload();
    await other.engine.untilState('empty');
  });
});

describe('a disk that is full', () => {
  it('loses nothing, says so, and goes on when there is room', async () => {
    const profile = await openProfile('Eve', async ({ context, page }) => {
      const session = await context.newCDPSession(page);
      // The app itself takes three of it.
      await session.send('Storage.overrideQuotaForOrigin', { origin: appliance.url, quotaSize: 10_000_000 });
    });
    const engine = engineOf(profile.page);
    await joinTeam(engine, await invite(owner), 'Eve');
    await engine.call('client', 'sendText', ownerId, 'before');
    await profile.page.evaluate(fillDisk);
    const failed = engine.call('client', 'sendText', ownerId, 'does not fit '.repeat(1000));
    await expect(failed).rejects.toThrow('StorageError');
    expect(await textsOf(engine, ownerId)).toEqual(['before']);
    await profile.page.evaluate(
      () =>
        new Promise((resolve) => {
          indexedDB.deleteDatabase('filler').onsuccess = resolve;
        }),
    );
    await profile.page.reload();
    await engine.untilState('joined');
    await engine.call('client', 'sendText', ownerId, 'after');
    await owner.untilEvent('message', '"after"');
    expect(await textsOf(engine, ownerId)).toEqual(['before', 'after']);
  });
});

describe('a tab of an older version', () => {
  it('is told to reload when a newer one opens the store, and does no more harm', async () => {
    const { profile, engine } = await openMember('Fred');
    await profile.page.evaluate(
      () =>
        new Promise((resolve) => {
          const request = indexedDB.open('vant', 1000);
          request.onsuccess = () => {
            request.result.close();
            resolve(undefined);
          };
        }),
    );
    await engine.untilState('outdated');
    await expect(engine.call('client', 'sendText', ownerId, 'too old')).rejects.toThrow('"OUTDATED"');
    const late = await openTab(profile, 'outdated');
    await expect(late.engine.call('client', 'account')).rejects.toThrow('"OUTDATED"');
  });
});

/** Runs in the page: writes until nothing fits any more. */
async function fillDisk(): Promise<void> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open('filler', 1);
    request.onupgradeneeded = () => void request.result.createObjectStore('store', { autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
  });
  for (let size = 1_000_000; size > 500;) {
    const transaction = database.transaction('store', 'readwrite', { durability: 'strict' });
    transaction.objectStore('store').put(crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536))));
    for (let filled = 65_536; filled < size; filled += 65_536)
      transaction.objectStore('store').put(crypto.getRandomValues(new Uint8Array(65_536)));
    const isStored = await new Promise((resolve) => {
      transaction.oncomplete = () => resolve(true);
      transaction.onabort = () => resolve(false);
    });
    if (isStored !== true) size /= 2;
  }
  database.close();
}
