/** What callers expect besides talking: busy, answered elsewhere, a tab that is closed, a microphone that is off or refused. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EchoPeer } from '../../cli/echo/echo-peer.ts';
import type { ClientEvents } from '../../client/events.ts';
import type { AccountId } from '../../wire/ids.ts';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../support/appliance.ts';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';
import { openCalls, type NodeCalls } from '../support/node-calls.ts';
import { joinAsNode, linkAsNode, type NodeMember } from '../support/node-member.ts';
import { fakeMedia, listenFor, untilSilent, writeTone } from '../support/tone.ts';
import { until } from '../support/until.ts';
import { engineOf, hookEngines, invite, joinTeam } from '../support/web-engine.ts';

const ADA_HZ = 520;
const LISTEN_MS = 30_000;
const GONE_WITHIN_MS = 80_000;

let appliance: Appliance;
let directory: string;
let browser: TestBrowser;
let ada: Profile;
let adaId: AccountId;
/** In this process: gives back what he hears. */
let bob: NodeMember;

beforeAll(async () => {
  [appliance, directory] = await Promise.all([startAppliance(), makeTemporaryDirectory()]);
  const file = join(directory, 'ada.wav');
  await writeTone(file, ADA_HZ);
  browser = await startBrowser(fakeMedia(file));
  ada = await browser.openProfile('Ada', { permissions: ['microphone'] });
  await hookEngines(ada.context);
  await ada.page.goto(appliance.url);
  await engineOf(ada.page).untilState('empty');
  adaId = (await joinTeam(engineOf(ada.page), appliance.ownerLink!, 'Ada')).accountId;
  bob = await joinAsNode(await invite(engineOf(ada.page)), 'Bob');
  await ada.page.reload();
  await engineOf(ada.page).untilEvent('connection', '"connected"');
  await engineOf(ada.page).call('team', 'members');
});
afterAll(async () => {
  await bob.client.close();
  await browser.close();
  await appliance.stop();
  await removeDirectory(directory);
});

/** The calls of a member in this process, with real connections. Accepts what comes. */
function answering(member: NodeMember): NodeCalls {
  const calls: NodeCalls = openCalls(
    member,
    async (handlers) => new EchoPeer(handlers, undefined),
    ({ phase }) => {
      if (phase === 'incoming') queueMicrotask(() => void calls.manager.accept());
    },
  );
  return calls;
}

async function callBob(): Promise<void> {
  await ada.page.evaluate((id) => (location.hash = `#/conversation/${id}`), bob.account.accountId);
  await ada.page.getByRole('button', { name: 'Call', exact: true }).click();
}

async function hangUp(): Promise<void> {
  await ada.page.getByRole('button', { name: 'Hang up' }).click();
  await ada.page.locator('vant-call-view section').waitFor({ state: 'detached' });
}

function nextSignal({ client }: NodeMember, kind: string): Promise<ClientEvents['call']> {
  return new Promise((resolve) => {
    const stop = client.on('call', (event) => {
      if (event.call.body?.$case !== kind) return;
      stop();
      resolve(event);
    });
  });
}

const offerFrom = (member: NodeMember, callId: Uint8Array) =>
  member.client.sendCall(adaId, {
    ...{ callId, destinationDevice: 0 },
    body: { $case: 'offer', value: { sdp: 'v=0', video: false } },
  });
const newCallId = () => crypto.getRandomValues(new Uint8Array(16));

describe('in a call', () => {
  it('a microphone that is off says nothing, and somebody else who calls hears that it is busy', async () => {
    const { stop } = answering(bob);
    await callBob();
    expect(Math.abs((await listenFor(ada.page, ADA_HZ, LISTEN_MS)) - ADA_HZ)).toBeLessThan(15);
    await ada.page.getByRole('button', { name: 'Mute' }).click();
    await untilSilent(ada.page, LISTEN_MS);
    await ada.page.getByRole('button', { name: 'Mute' }).click();
    expect(Math.abs((await listenFor(ada.page, ADA_HZ, LISTEN_MS)) - ADA_HZ)).toBeLessThan(15);
    const carol = await joinAsNode(await invite(engineOf(ada.page)), 'Carol');
    const busy = nextSignal(carol, 'busy');
    const callId = newCallId();
    await offerFrom(carol, callId);
    expect((await busy).call.callId).toEqual(callId);
    await carol.client.close();
    await hangUp();
    stop();
  });

  it('a call that another device of the account answers stops ringing here', async () => {
    const tablet = await linkAsNode(appliance.url, 'tablet', (link) =>
      engineOf(ada.page).call('team', 'addDevice', link),
    );
    const { stop } = answering(tablet);
    const answered = nextSignal(bob, 'answer');
    const sdp = await ada.page.evaluate(async () => {
      const connection = new RTCPeerConnection();
      connection.addTransceiver('audio');
      return (await connection.createOffer()).sdp ?? '';
    });
    const body = { $case: 'offer' as const, value: { sdp, video: false } };
    await bob.client.sendCall(adaId, { callId: newCallId(), destinationDevice: 0, body });
    expect((await answered).fromDevice).toBe(tablet.account.deviceId);
    await ada.page.getByText('Answered on another device').waitFor();
    await ada.page.locator('vant-call-view section').waitFor({ state: 'detached' });
    stop();
    await tablet.client.close();
  });

  it('a tab that is closed ends it for the other side, too', async () => {
    const { manager, stop } = answering(bob);
    await callBob();
    await listenFor(ada.page, ADA_HZ, LISTEN_MS);
    await ada.page.close({ runBeforeUnload: true });
    // At once when the tab still gets its word out; else when the connection has been missed for half a minute.
    await until('the end of the call', () => manager.current === undefined, GONE_WITHIN_MS);
    stop();
    const page = await ada.context.newPage();
    await page.goto(appliance.url);
    await engineOf(page).untilEvent('connection', '"connected"');
    ada = { ...ada, page };
  });
});

it('who has not allowed the microphone is told what to do, and nobody rings', async () => {
  const strict = await startBrowser(['--deny-permission-prompts']);
  try {
    const eve = await strict.openProfile('Eve', {});
    await hookEngines(eve.context);
    await eve.page.goto(appliance.url);
    await engineOf(eve.page).untilState('empty');
    const eveId = (await joinTeam(engineOf(eve.page), await invite(engineOf(ada.page)), 'Eve')).accountId;
    await eve.page.reload();
    await engineOf(eve.page).untilEvent('connection', '"connected"');
    const signals: unknown[] = [];
    const stop = bob.client.on('call', (event) => {
      if (event.from === eveId) signals.push(event);
    });
    await eve.page.evaluate((id) => (location.hash = `#/conversation/${id}`), bob.account.accountId);
    await eve.page.getByRole('button', { name: 'Call', exact: true }).click();
    await eve.page.getByText('No microphone: allow it in the browser, and call again').waitFor();
    expect(signals).toEqual([]);
    stop();
  } finally {
    await strict.close();
  }
});
