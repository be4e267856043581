/** Locking the messages, over all tabs. Passkeys: tests/browser/platform/passkeys.test.ts. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAppliance, type Appliance } from '../support/appliance.ts';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';
import { engineOf, hookEngines, joinTeam, type WebEngine } from '../support/web-engine.ts';

const PASSPHRASE = { kind: 'passphrase', passphrase: 'correct horse' };

let appliance: Appliance;
let browser: TestBrowser;
let profile: Profile;
let first: WebEngine;
let second: { readonly page: Page; readonly engine: WebEngine };

beforeAll(async () => {
  [appliance, browser] = await Promise.all([startAppliance(), startBrowser()]);
  profile = await browser.openProfile('Ada');
  await hookEngines(profile.context);
  await profile.page.goto(appliance.url);
  first = engineOf(profile.page);
  await first.untilState('empty');
  await joinTeam(first, appliance.ownerLink!, 'Ada');
});
afterAll(async () => {
  await browser.close();
  await appliance.stop();
});

async function openTab(state: string): Promise<{ readonly page: Page; readonly engine: WebEngine }> {
  const page = await profile.context.newPage();
  await page.goto(appliance.url);
  const engine = engineOf(page);
  await engine.untilState(state);
  return { page, engine };
}

const readAccount = (engine: WebEngine): Promise<unknown> => engine.call('client', 'account');

describe('a passphrase', () => {
  it('does not lock who set it, and opens for a new tab from one that is open', async () => {
    await first.call('vault', 'setPassphrase', PASSPHRASE.passphrase);
    await first.untilState('joined');
    second = await openTab('joined');
    expect(await second.engine.call('vault', 'status')).toMatchObject({
      isLocked: false,
      hasPassphrase: true,
    });
  });

  it('locks all tabs at once, each with a new worker', async () => {
    // Its worker is gone before it could answer.
    first.call('vault', 'lock').catch(() => undefined);
    for (const [page, engine] of [
      [profile.page, first],
      [second.page, second.engine],
    ] as const) {
      await engine.untilState('locked');
      await page.waitForFunction(
        () => (globalThis as unknown as { vantHook: { workers: unknown[] } }).vantHook.workers.length > 1,
      );
      await expect(readAccount(engine)).rejects.toThrow('"LOCKED"');
    }
    expect(await first.call('vault', 'status')).toMatchObject({ isLocked: true });
  });

  it('is asked for by a new tab when all are locked, and after a reload', async () => {
    const third = await openTab('locked');
    await third.page.reload();
    await third.engine.untilState('locked');
    await third.page.close();
  });

  it('has to be the right one, and opens all tabs', async () => {
    const wrong = first.call('vault', 'unlock', { ...PASSPHRASE, passphrase: 'wrong' });
    await expect(wrong).rejects.toThrow('"WRONG_PASSPHRASE"');
    await first.untilState('locked');
    await first.call('vault', 'unlock', PASSPHRASE);
    await first.untilState('joined');
    await second.engine.untilState('joined');
    expect(await readAccount(second.engine)).toMatchObject({ displayName: 'Ada' });
  });

  it('is known to the others when it is removed', async () => {
    await second.engine.call('vault', 'removePassphrase', PASSPHRASE);
    await first.untilEvent('vault', '"hasPassphrase":false');
    await first.call('vault', 'lock');
    await profile.page.reload();
    await first.untilState('joined');
  });
});
