/** A browser that is away is woken, fetches, decrypts and shows: the whole chain, but for the push service of the browser's maker. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { Profile } from '../support/browser.ts';
import { BrowserPush, type ShownNotification } from '../support/push/browser-push.ts';
import { pushEnvironment } from '../support/push/push-environment.ts';
import { PushService } from '../support/push/push-service.ts';
import { until } from '../support/until.ts';
import { goTo, openConversation, send, startWebTeam, type WebTeam } from '../support/web-team.ts';

const DEADLINE_MS = 30_000;

let service: PushService;
let team: WebTeam;
let ada: Profile;
let bob: Profile;
let push: BrowserPush;
let page: Page;

beforeAll(async () => {
  service = await PushService.start();
  team = await startWebTeam({ env: pushEnvironment() });
  ada = await team.join('Ada');
  bob = await team.join('Bob', undefined, async (profile) => {
    push = await BrowserPush.start(profile.context, service, team.appliance.url);
    await push.allowWhenAsked(profile.page);
  });
  page = bob.page;
});
afterAll(async () => {
  await team.stop();
  await service.stop();
});

const banner = () => page.locator('vant-notification-banner').getByRole('button', { name: 'Turn on' });

const untilShown = (what: string, fits: (shown: ShownNotification[]) => boolean) =>
  until(
    what,
    async () => {
      const shown = await push.notifications();
      return fits(shown) ? shown : undefined;
    },
    DEADLINE_MS,
  );

async function openAgain(hash = '#/'): Promise<void> {
  page = await bob.context.newPage();
  await page.goto(`${team.appliance.url}/${hash}`);
  await page.locator('vant-app').waitFor();
}

describe('the question', () => {
  it('is asked by nobody before there is a message', async () => {
    await page.waitForFunction(() => customElements.get('vant-notification-banner') !== undefined);
    expect(await banner().count()).toBe(0);
    expect(await page.evaluate(() => Notification.permission)).toBe('default');
  });

  it('comes with the first message; yes subscribes, tells the server, and tries the way', async () => {
    await openConversation(ada, 'Bob');
    await send(ada, 'Hello Bob');
    await banner().click();
    await banner().waitFor({ state: 'detached' });
    await until('the try', () => push.received.length === 1, DEADLINE_MS);
    expect(push.received[0]).toMatchObject({ plaintext: '{"vant":"wake"}', urgency: 'high' });
    await goTo(page, '#/settings/notifications');
    await page.getByText('In order').waitFor();
    await page.getByText(/^(now|\d+ seconds ago)$/).waitFor();
    // Somebody looks: nothing is shown.
    expect(await push.notifications()).toEqual([]);
  });
});
