/** The connection test: from a real Chromium to the real server with its relay, and what admins learn of it. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PHONE, type Profile } from '../support/browser.ts';
import { makeTemporaryDirectory } from '../support/appliance.ts';
import { goTo, startWebTeam, type WebTeam } from '../support/web-team.ts';

/** A browser waits 9.5 seconds for a relay that does not answer. */
const DEADLINE_MS = 40_000;

async function test(page: Page): Promise<Record<string, string>> {
  await goTo(page, '#/settings/connection');
  await page.getByRole('button', { name: /Test (now|again)/ }).click();
  await page.getByRole('button', { name: 'Test again' }).waitFor({ timeout: DEADLINE_MS });
  const ways = await page.locator('[data-way]').all();
  const results = ways.map(async (way) => [await way.getAttribute('data-way'), await way.getAttribute('data-result')]);
  return Object.fromEntries((await Promise.all(results)) as [string, string][]);
}

const share = async ({ page }: Profile): Promise<void> => {
  await page.getByRole('button', { name: 'Send the result to the admins' }).click();
  await page.getByRole('button', { name: 'Sent' }).waitFor();
};

describe('with the relay of the server', () => {
  let team: WebTeam;
  let ada: Profile;
  let bob: Profile;

  beforeAll(async () => {
    team = await startWebTeam({ env: { VANT_TURN_MODE: 'embedded', VANT_TURN_EMBEDDED_LISTEN: '127.0.0.1:0' } });
    ada = await team.join('Ada');
    bob = await team.join('Bob', PHONE);
  });
  afterAll(() => team.stop());

  it('every way is tested by data that comes back, and what is not offered comes with the lines that offer it', async () => {
    expect(await test(bob.page)).toEqual({
      server: 'works',
      websocket: 'works',
      stun: 'works',
      'turn-udp': 'works',
      'turn-tcp': 'works',
      'turn-tls': 'not-offered',
    });
    await bob.page
      .getByText(/Data went through the relay and came back.*round trip \d/)
      .first()
      .waitFor();
    const tls = bob.page.locator('[data-way=turn-tls]');
    expect(await tls.locator('pre').innerText()).toContain('tls:\n  mode: acme\n');
    expect(await bob.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(bob.errors).toEqual([]);
  });

  it('admins see it when the member sends it, and what the server holds is unchanged', async () => {
    await goTo(ada.page, '#/admin/connections');
    await ada.page.getByText('Nobody has sent a result yet.').waitFor();
    await share(bob);
    const row = ada.page.getByRole('row', { name: /^Bob device 1/ });
    await row.waitFor();
    expect(await row.getByRole('img', { name: 'reachable', exact: true }).count()).toBe(3);
    expect(await row.getByText('not tested').count()).toBe(1);
    await ada.page.getByText('1 member has sent nothing.').waitFor();
    await goTo(bob.page, '#/settings/server-records');
    await bob.page.getByRole('heading', { name: 'Your account' }).waitFor();
    expect(await bob.page.locator('vant-server-records-page').innerText()).not.toMatch(/turn-udp|connection test/i);
  });

  it('members who do not look after the server see no such page', async () => {
    await goTo(bob.page, '#/admin/connections');
    await bob.page.getByText('This is for owners and admins').waitFor();
  });
});

describe('with a relay elsewhere that does not work', () => {
  let team: WebTeam;
  let ada: Profile;
  let directory: string;

  beforeAll(async () => {
    directory = await makeTemporaryDirectory();
    const secret = join(directory, 'secret');
    await writeFile(secret, 'a secret of this test', { mode: 0o600 });
    team = await startWebTeam({
      env: {
        VANT_TURN_MODE: 'external',
        // Nobody listens on the port for "discard".
        VANT_TURN_EXTERNAL_URLS: 'turn:127.0.0.1:9?transport=udp,turn:127.0.0.1:9?transport=tcp',
        VANT_TURN_EXTERNAL_SECRET_FILE: secret,
      },
    });
    ada = await team.join('Ada');
  });
  afterAll(async () => {
    await team.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('says what does not answer, and names the lines of the mode that is set', async () => {
    expect(await test(ada.page)).toEqual({
      server: 'works',
      websocket: 'works',
      stun: 'unreachable',
      'turn-udp': 'unreachable',
      'turn-tcp': 'unreachable',
      'turn-tls': 'not-offered',
    });
    const udp = ada.page.locator('[data-way=turn-udp]');
    expect(await udp.innerText()).toContain('open port 9 (UDP)');
    expect(await udp.locator('pre').innerText()).toMatch(/^turn:\n {2}external:\n {4}urls:/);
    await share(ada);
    await goTo(ada.page, '#/admin/connections');
    const row = ada.page.getByRole('row', { name: /^Ada device 1/ });
    await row.waitFor();
    expect(await row.getByRole('img', { name: 'not reachable', exact: true }).count()).toBe(3);
  });
});

describe('without a relay', () => {
  it('says that nothing is offered, and how to switch it on', async () => {
    const team = await startWebTeam();
    try {
      const { page } = await team.join('Ada');
      expect(await test(page)).toMatchObject({ server: 'works', stun: 'not-offered', 'turn-udp': 'not-offered' });
      expect(await page.locator('[data-way=turn-udp] pre').innerText()).toContain('turn:\n  mode: embedded\n');
    } finally {
      await team.stop();
    }
  });
});
