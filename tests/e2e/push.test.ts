/** A browser that is away is woken, fetches, decrypts and shows: the whole chain, but for the push service of the browser's maker. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { StoredMessage } from '../../client/conversations/history.ts';
import { CallHangupReason, type CallMessage } from '../../wire/generated/content.ts';
import { encodeHex } from '../../wire/encoding.ts';
import type { AccountId } from '../../wire/ids.ts';
import { startTeam, untilStatus, type Team, type TestClient } from '../scenario/client/support.ts';
import { startAppliance, type Appliance } from '../support/appliance.ts';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';
import { BrowserPush, type ShownNotification } from '../support/push/browser-push.ts';
import { pushEnvironment } from '../support/push/push-environment.ts';
import { PushService } from '../support/push/push-service.ts';
import { until } from '../support/until.ts';
import { engineOf, hookEngines } from '../support/web-engine.ts';
import { goTo } from '../support/web-team.ts';

const DEADLINE_MS = 30_000;
const CANARY = 'Ptarmigan crossing at dawn';

let service: PushService;
let appliance: Appliance;
let browser: TestBrowser;
let team: Team;
let ada: TestClient;
let bob: Profile;
let bobId: AccountId;
let push: BrowserPush;
let page: Page;

beforeAll(async () => {
  service = await PushService.start();
  [appliance, browser] = await Promise.all([startAppliance({ env: pushEnvironment() }), startBrowser()]);
  team = await startTeam(appliance);
  ada = await team.join('Ada');
  bob = await browser.openProfile('Bob');
  page = bob.page;
  await hookEngines(bob.context);
  push = await BrowserPush.start(bob.context, service, appliance.url);
  await push.allowWhenAsked(page);
  await joinAsBob();
});
afterAll(async () => {
  await browser.close();
  await team.end();
  await appliance.stop();
  await service.stop();
});

async function joinAsBob(): Promise<void> {
  const { link } = await (await ada.client.team()).createInvite({ role: 'member' });
  await page.goto(link);
  await page.getByLabel('Your name').fill('Bob');
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('heading', { name: 'Chats' }).waitFor();
  const members = await (await ada.client.team()).members();
  bobId = members.find(({ profile }) => profile?.displayName === 'Bob')!.accountId;
}

const banner = () => page.locator('vant-notification-banner').getByRole('button', { name: 'Turn on' });
const write = (text: string): Promise<StoredMessage> => ada.client.sendText(bobId, text);

async function untilShown(what: string, fits: (shown: ShownNotification[]) => boolean): Promise<ShownNotification[]> {
  let shown: ShownNotification[] = [];
  const look = async (): Promise<ShownNotification[] | undefined> => {
    shown = await push.notifications();
    return fits(shown) ? shown : undefined;
  };
  return until(what, look, DEADLINE_MS).catch((cause: unknown) => {
    throw new Error(`${String(cause)}; shown: ${JSON.stringify(shown)}; pushes: ${push.received.length}`, { cause });
  });
}

async function openAgain(hash = '#/'): Promise<void> {
  page = await bob.context.newPage();
  await page.goto(`${appliance.url}/${hash}`);
  await engineOf(page).untilState('joined');
  await page.waitForFunction(() => customElements.get('vant-notification-banner') !== undefined);
}

/** As the browser says it when another tab or window is in front. */
const hide = (isHidden: boolean): Promise<void> =>
  page.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
      document.dispatchEvent(new Event('visibilitychange'));
    },
    isHidden ? 'hidden' : 'visible',
  );

const setNotifications = (change: object): Promise<void> =>
  engineOf(page).call('client', 'setNotificationSettings', change);

describe('the question', () => {
  it('is not asked before there is a message', async () => {
    await page.waitForFunction(() => customElements.get('vant-notification-banner') !== undefined);
    expect(await banner().count()).toBe(0);
    expect(await page.evaluate(() => Notification.permission)).toBe('default');
  });

  it('comes with the first message; yes subscribes, tells the server, and tries the way', async () => {
    await write('Hello Bob');
    await banner().click();
    await banner().waitFor({ state: 'detached' });
    await until('the try', () => push.received.length === 1, DEADLINE_MS);
    expect(push.received[0]).toMatchObject({ plaintext: '{"vant":"wake"}', urgency: 'high' });
    await goTo(page, '#/settings/notifications');
    await page.getByText('In order').waitFor();
    await page.getByText(/^(now|\d+ seconds? ago)$/).waitFor();
    // Somebody looks: nothing is shown.
    expect(await push.notifications()).toEqual([]);
  });
});

describe('the settings', () => {
  it('send a test the whole way, and name each step with its time', async () => {
    await page.getByRole('button', { name: 'Send me a test' }).click();
    await page.getByText('The last test went all the way.').waitFor();
    const steps = await page.getByRole('list', { name: 'Steps of the test' }).getByRole('listitem').allInnerTexts();
    // A connection that is still open needs no name and no connecting.
    const names = steps.map((step) => step.replace(/\s+[\d.,]+\s*ms$/, ''));
    expect(names.filter((name) => !/^(The name of|Connected to) the push service/.test(name))).toEqual([
      'The browser allows notifications',
      'Subscribed, and the server knows it',
      'The server found the address',
      'Signed with the key of the server',
      'Encrypted for this browser',
      'The push service took it',
      'Arrived in this browser',
      'The notification was shown',
    ]);
    expect(await push.notifications()).toMatchObject([{ type: 'test', title: 'Vant' }]);
    await push.closeAll();
  });

  it('say at which step a test failed, and what the push service said', async () => {
    push.answer(500);
    await page.getByRole('button', { name: 'Send me a test' }).click();
    await page.getByText('The last test did not get through.').waitFor();
    await page.getByText('The push service said: 500').waitFor();
  });
});

describe('the subscription', () => {
  const untilRegistered = async (isOther: (endpoint: string) => boolean): Promise<void> => {
    await until('another subscription', () => push.endpoint !== undefined && isOther(push.endpoint), DEADLINE_MS);
    const isKnown = () =>
      engineOf(page).call<boolean>('push', 'isRegistered', {
        webPush: { endpoint: push.endpoint, p256dh: '', auth: '' },
      });
    await until('the server to know it', isKnown, DEADLINE_MS);
  };

  it('is made anew when the push service calls it dead, at once', async () => {
    const old = push.endpoint;
    push.answer(410);
    expect(await engineOf(page).call('push', 'test')).toMatchObject({ isAccepted: false, detail: '410' });
    // The server says so with the next connection.
    await page.reload();
    await untilRegistered((endpoint) => endpoint === old);
  });

  it('is made anew when the browser has lost it', async () => {
    const old = push.endpoint;
    push.lose();
    await page.reload();
    await untilRegistered((endpoint) => endpoint !== old);
  });

  it('is made anew when it is for another key of the server', async () => {
    const old = push.endpoint;
    push.forgetServerKey();
    await page.reload();
    await untilRegistered((endpoint) => endpoint !== old);
  });
});

describe('a browser without a page', () => {
  let first: StoredMessage;
  beforeAll(async () => {
    await push.closeAll();
    await push.closePage(page);
  });

  it('is woken, and shows who has written what; the author learns that it has arrived', async () => {
    const before = push.received.length;
    first = await write(CANARY);
    const [shown] = await untilShown('the message', ([found]) => found?.type === 'messages');
    expect(shown).toMatchObject({ title: 'Ada', body: CANARY });
    expect(push.received.length).toBe(before + 1);
    await untilStatus(ada, first, 'delivered');
  });

  it('brings more of the same conversation together, each message once', async () => {
    const texts = Array.from({ length: 6 }, (_, index) => `Number ${index}`);
    for (const text of texts) await write(text);
    const shown = await untilShown('all of them', ([found]) => found?.body.endsWith('Number 5') === true);
    expect(shown).toMatchObject([{ title: 'Ada (7)', body: texts.slice(-4).join('\n') }]);
    expect(service.complaints).toEqual([]);
  });

  it('has told the push service nothing: every push is the same few bytes', () => {
    expect(new Set(push.received.map(({ plaintext }) => plaintext))).toEqual(new Set(['{"vant":"wake"}']));
    expect(new Set(push.received.map(({ bodyBytes, topic }) => `${bodyBytes} ${topic}`)).size).toBe(1);
    const raw = Buffer.concat(service.raw).toString('latin1');
    for (const secret of [CANARY, 'Ada', 'Bob', 'Number', ada.id, bobId]) expect(raw).not.toContain(secret);
  });

  it('shows a reaction to what its member has written', async () => {
    await openAgain();
    const own = await engineOf(page).call<StoredMessage>('client', 'sendText', ada.id, 'What do you think?');
    const there = await until('it at the other side', async () =>
      (await ada.client.messages(bobId)).find(({ text }) => text === own.text),
    );
    await push.closePage(page);
    await ada.client.react(there.historyKey, '🎉');
    const shown = await untilShown('the reaction', (found) => found.some(({ type }) => type === 'reaction'));
    expect(shown.find(({ type }) => type === 'reaction')).toMatchObject({
      title: 'Ada',
      body: 'Reacted 🎉 to “What do you think?”',
    });
  });

  it('says nothing of a muted conversation, and something that goes away by itself for the push', async () => {
    await openAgain();
    await engineOf(page).call('client', 'setMutedUntil', ada.id, Date.now() + 60 * 60_000);
    await push.closeAll();
    await push.closePage(page);
    await write('Psst');
    await untilShown('the quiet one', (found) => found.some(({ type }) => type === 'quiet'));
    await untilShown('nothing', (found) => found.length === 0);
  });

  it('says no more than it is to say', async () => {
    await openAgain();
    await engineOf(page).call('client', 'setMutedUntil', ada.id, 0);
    await setNotifications({ preview: 'name' });
    await push.closePage(page);
    await write('Only my name');
    const [named] = await untilShown('the name', ([found]) => found?.type === 'messages');
    expect(named).toMatchObject({ title: 'Ada', body: 'New message' });
    await openAgain();
    await setNotifications({ preview: 'nothing' });
    await push.closePage(page);
    await write('Not even that');
    const [bare] = await untilShown('that there is something', ([found]) => found?.tag === 'vant-messages');
    expect(bare).toMatchObject({ title: 'Vant', body: 'New message' });
    await openAgain();
    await setNotifications({ preview: 'full' });
  });

  it('has lost nothing and doubled nothing', async () => {
    await goTo(page, `#/conversation/${ada.id}`);
    await page.getByRole('list', { name: 'Messages' }).getByText('Not even that').waitFor();
    const wanted = [
      CANARY,
      'Psst',
      'Only my name',
      'Not even that',
      ...Array.from({ length: 6 }, (_, i) => `Number ${i}`),
    ];
    const messages = await engineOf(page).call<StoredMessage[]>('client', 'messages', ada.id, {});
    expect(
      messages
        .map(({ text }) => text)
        .filter((text) => wanted.includes(text))
        .toSorted(),
    ).toEqual(wanted.toSorted());
    // Read: nothing of it is on the screen any more.
    await untilShown('nothing', (shown) => shown.length === 0);
  });
});

describe('a hidden tab', () => {
  let message: StoredMessage;
  beforeAll(async () => {
    await goTo(page, '#/');
    await hide(true);
  });

  it('shows what comes in by itself, without a push', async () => {
    const before = push.received.length;
    message = await write('Without a push');
    await untilShown('the message', ([found]) => found?.body === 'Without a push');
    expect(push.received.length).toBe(before);
  });

  it('corrects what was edited, and takes away what was deleted', async () => {
    await ada.client.editMessage(message.historyKey, 'Edited');
    await untilShown('the new text', ([found]) => found?.body === 'Edited');
    await ada.client.deleteForEveryone(message.historyKey);
    await untilShown('nothing', (shown) => shown.length === 0);
  });

  it('takes away what was read on another own device', async () => {
    const phone = await team.open('phone of Bob');
    const shown = Promise.withResolvers<string>();
    const linking = phone.client.linkDevice({
      origin: appliance.url,
      deviceName: 'phone',
      onLink: (link) => shown.resolve(link),
    });
    await engineOf(page).call('team', 'addDevice', await shown.promise);
    await linking;
    await phone.client.connect({ receive: true });
    await write('Read it on the phone');
    await untilShown('the message', ([found]) => found?.body === 'Read it on the phone');
    await until('it on the phone', () => phone.texts.includes('Read it on the phone'));
    await phone.client.markRead(ada.id);
    await untilShown('nothing', (left) => left.length === 0);
    await phone.close();
  });

  it('goes to the conversation when it is clicked', async () => {
    await write('Click me');
    const [shown] = await untilShown('the message', ([found]) => found?.body === 'Click me');
    await push.click(shown!.tag);
    await page.waitForFunction((id) => location.hash === `#/conversation/${id}`, ada.id);
    await hide(false);
    await untilShown('nothing', (left) => left.length === 0);
  });

  it('is quiet in quiet hours', async () => {
    const quietHours = { isOn: true, fromMinute: 0, toMinute: 0, days: 127, allowsCalls: false };
    await goTo(page, '#/');
    await engineOf(page).call('client', 'setPreferences', { quietHours });
    await hide(true);
    await write('At night');
    await engineOf(page).untilEvent('message', 'At night');
    // Seen to while it was night.
    await until('silence', async () => (await engineOf(page).call<unknown[]>('client', 'unshown', 1)).length === 0);
    await engineOf(page).call('client', 'setPreferences', { quietHours: { ...quietHours, isOn: false } });
    await write('In the morning');
    await untilShown('the one of the morning', ([found]) => found?.body === 'In the morning');
    await hide(false);
  });
});

describe('a call', () => {
  const callId = new Uint8Array(16).fill(7);
  const say = (body: CallMessage['body'], id = callId): CallMessage => ({ callId: id, destinationDevice: 0, body });
  const offer = say({ $case: 'offer', value: { sdp: 'v=0\r\n', video: false } });

  beforeAll(async () => {
    await goTo(page, `#/conversation/${ada.id}`);
    await untilShown('nothing', (shown) => shown.length === 0);
    await push.closePage(page);
  });

  it('rings in a browser without a page, until the caller gives up; then it was missed', async () => {
    const heard: string[] = [];
    ada.client.on('call', ({ call }) => heard.push(call.body?.$case ?? ''));
    expect(await ada.client.sendCall(bobId, offer)).toBe(true);
    const [shown] = await untilShown('the call', ([found]) => found?.type === 'call');
    expect(shown).toMatchObject({ title: 'Ada', body: 'Incoming call', requireInteraction: true });
    expect(shown!.actions).toEqual(['answer', 'decline']);
    await until('the word that it rings', () => heard.includes('ringing'));
    const hangup = say({
      $case: 'hangup',
      value: { reason: CallHangupReason.NO_ANSWER, answeredDevice: 0, video: false },
    });
    await ada.client.sendCall(bobId, hangup);
    await ada.client.sendCallDurably(bobId, hangup);
    const left = await untilShown(
      'that it was missed',
      (found) => found.every(({ type }) => type === 'messages') && found.length > 0,
    );
    expect(left).toMatchObject([{ title: 'Ada', body: 'Missed call' }]);
  });

  const ring = async (id: Uint8Array): Promise<string> => {
    await ada.client.sendCall(bobId, { ...offer, callId: id });
    const tag = `vant-call-${encodeHex(id)}`;
    await untilShown('the call', (found) => found.some((shown) => shown.tag === tag));
    return tag;
  };

  it('is declined in the notification, also one that comes while the worker of the one before leaves', async () => {
    const declined: string[] = [];
    ada.client.on('call', ({ call }) => {
      const isDeclined = call.body?.$case === 'hangup' && call.body.value.reason === CallHangupReason.DECLINED;
      if (isDeclined) declined.push(encodeHex(call.callId));
    });
    for (let number = 20; number < 30; number++) {
      const id = new Uint8Array(16).fill(number);
      await push.click(await ring(id), 'decline');
      await until('the word that it was declined', () => declined.includes(encodeHex(id)));
    }
  });

  it('goes over to a page that is opened while it rings', async () => {
    const tag = await ring(new Uint8Array(16).fill(9));
    await openAgain();
    await page.getByRole('button', { name: 'Accept' }).waitFor();
    await untilShown('no notification of it', (found) => found.every((shown) => shown.tag !== tag));
    await page.getByRole('button', { name: 'Decline' }).click();
  });
});

describe('what cannot be read', () => {
  it('is "New message" and no more while the messages are locked', async () => {
    await goTo(page, `#/conversation/${ada.id}`);
    await engineOf(page).call('vault', 'setPassphrase', 'correct horse');
    await untilShown('nothing', (found) => found.length === 0);
    await goTo(page, '#/settings/notifications');
    await page.getByText('While your messages are locked').waitFor();
    await push.closePage(page);
    await write('Behind the lock');
    expect(await untilShown('that there is something', (found) => found.length > 0)).toMatchObject([
      { type: 'unread', title: 'Vant', body: 'New message' },
    ]);
  });
});

describe('all of it', () => {
  it('has shown no error', () => expect(bob.errors).toEqual([]));
});
