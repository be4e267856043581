/** Calls from and to a member whose identity key is another one than before: the page says so before anything is said. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAppliance, type Appliance } from '../support/appliance.ts';
import type { ClientEvents } from '../../client/events.ts';
import type { AccountId } from '../../wire/ids.ts';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';
import { joinAsNode, renewMember, type NodeMember } from '../support/node-member.ts';
import { engineOf, hookEngines, invite, joinTeam } from '../support/web-engine.ts';

const CALL_ID_BYTES = 16;

let appliance: Appliance;
let browser: TestBrowser;
let ada: Profile;
let adaId: AccountId;
let bob: NodeMember;

beforeAll(async () => {
  appliance = await startAppliance();
  browser = await startBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
  ada = await browser.openProfile('Ada', { permissions: ['microphone'] });
  await hookEngines(ada.context);
  await ada.page.goto(appliance.url);
  await engineOf(ada.page).untilState('empty');
  adaId = (await joinTeam(engineOf(ada.page), appliance.ownerLink!, 'Ada')).accountId;
  bob = await joinAsNode(await invite(engineOf(ada.page)), 'Bob');
  await bob.client.sendText(adaId, 'it is me');
  await engineOf(ada.page).untilEvent('message', 'it is me');
});
// From here on, Ada knows a key of Bob that is not his.
beforeEach(async () => {
  bob = await renewMember(appliance, bob);
});
afterAll(async () => {
  await bob.client.close();
  await browser.close();
  await appliance.stop();
});

/** Resolves with the next message of this kind that Bob gets. */
function nextSignal(kind: string): Promise<ClientEvents['call']> {
  return new Promise((resolve) => {
    const stop = bob.client.on('call', (event) => {
      if (event.call.body?.$case !== kind) return;
      stop();
      resolve(event);
    });
  });
}

/** As a browser makes it; nobody has to hear anything here. */
const makeOffer = (): Promise<string> =>
  ada.page.evaluate(async () => {
    const connection = new RTCPeerConnection();
    connection.addTransceiver('audio');
    const { sdp = '' } = await connection.createOffer();
    connection.close();
    return sdp;
  });

async function bobCalls(): Promise<Uint8Array> {
  const callId = crypto.getRandomValues(new Uint8Array(CALL_ID_BYTES));
  const body = { $case: 'offer' as const, value: { sdp: await makeOffer(), video: false } };
  expect(await bob.client.sendCall(adaId, { callId, destinationDevice: 0, body })).toBe(true);
  return callId;
}

const ring = () => ada.page.getByRole('alertdialog', { name: 'Bob is calling' });

describe('a call from a changed identity', () => {
  it('rings, says so, and is answered after it was accepted', async () => {
    const answered = nextSignal('answer');
    const callId = await bobCalls();
    await ring().waitFor();
    await ring().getByText('The safety number with Bob has changed').waitFor();
    await ring().getByRole('button', { name: 'Accept anyway' }).click();
    expect((await answered).call.callId).toEqual(callId);
    const state = await engineOf(ada.page).call<object>('team', 'identityState', bob.account.accountId);
    expect(state).toMatchObject({ isChanged: false, pendingCount: 0 });
    await ada.page.getByRole('button', { name: 'Hang up' }).click();
    await ada.page.locator('vant-call-view section').waitFor({ state: 'detached' });
  });

  it('tells the caller nothing when it is declined, and the key stays in question', async () => {
    const signals: string[] = [];
    const stop = bob.client.on('call', ({ call }) => void signals.push(call.body?.$case ?? ''));
    await bobCalls();
    await ring().getByRole('button', { name: 'Decline' }).click();
    await ring().waitFor({ state: 'detached' });
    const state = await engineOf(ada.page).call<object>('team', 'identityState', bob.account.accountId);
    expect(state).toMatchObject({ isChanged: true });
    // What Ada sends next arrives, and nothing of the call came before it.
    await engineOf(ada.page).call('team', 'acceptIdentity', bob.account.accountId);
    const arrived = new Promise<void>((resolve) => {
      bob.client.on('message', () => resolve());
    });
    await engineOf(ada.page).call('client', 'sendText', bob.account.accountId, 'who was that?');
    await arrived;
    expect(signals).toEqual([]);
    stop();
  });
});

describe('a call to a changed identity', () => {
  const question = () => ada.page.getByRole('alertdialog', { name: 'Call Bob?' });
  const call = async () => {
    await ada.page.evaluate((id) => (location.hash = `#/conversation/${id}`), bob.account.accountId);
    await ada.page.getByRole('button', { name: 'Call', exact: true }).click();
  };

  it('asks first, and rings when it is wanted all the same', async () => {
    const offered = nextSignal('offer');
    await call();
    await question().getByText('The safety number with Bob has changed').waitFor();
    await question().getByRole('button', { name: 'Call anyway' }).click();
    await offered;
    await ada.page.getByRole('button', { name: 'Hang up' }).click();
    await ada.page.locator('vant-call-view section').waitFor({ state: 'detached' });
  });

  it('leads to the safety number, and rings nobody', async () => {
    await call();
    await question().getByRole('link', { name: 'Verify' }).click();
    await ada.page.waitForFunction(() => location.hash.startsWith('#/identity/'));
    await question().waitFor({ state: 'detached' });
    expect(await ada.page.locator('vant-call-view section').count()).toBe(0);
  });
});
