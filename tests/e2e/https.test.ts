/** HTTPS as people meet it: a certificate from a real ACME server, two people in Chromium, one port for everything. Nothing is told to
 * ignore certificates: Chromium trusts the authority, as it does those that are public. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../support/appliance.ts';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';
import { startPebble, type Pebble } from '../support/tls/pebble.ts';
import { createTrustingHome } from '../support/tls/trusting-home.ts';
import { fakeMedia, listenFor, writeTone } from '../support/tone.ts';
import { engineOf, hookEngines, invite, joinTeam, textsOf } from '../support/web-engine.ts';
import { until } from '../support/until.ts';

const NAME = 'chat.vant.test';
const [ADA_HZ, BOB_HZ] = [440, 880];
const LISTEN_MS = 30_000;

interface Caller extends Profile {
  readonly id: string;
}

let pebble: Pebble;
let appliance: Appliance;
let directory: string;
let home: string;
let ada: Caller;
let bob: Caller;
const browsers: TestBrowser[] = [];

beforeAll(async () => {
  [pebble, directory] = await Promise.all([startPebble(), makeTemporaryDirectory()]);
  home = await createTrustingHome(await pebble.root());
  appliance = await startAppliance({
    port: pebble.tlsPort,
    env: {
      VANT_SERVER_PUBLIC_URL: `https://${NAME}:${pebble.tlsPort}`,
      VANT_TLS_MODE: 'acme',
      VANT_TLS_ACME_DIRECTORY: pebble.directoryUrl,
      VANT_TLS_ACME_CA_FILE: pebble.caFile,
      VANT_TURN_MODE: 'embedded',
      VANT_TURN_EMBEDDED_LISTEN: '127.0.0.1:0',
    },
  });
  await appliance.untilOutput('The authority has issued a certificate', 60_000);
  ada = await open('Ada', ADA_HZ, appliance.ownerLink!);
  bob = await open('Bob', BOB_HZ, await invite(engineOf(ada.page)));
  await engineOf(ada.page).call('team', 'members');
});
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await appliance.stop();
  await pebble.stop();
  await removeDirectory(directory);
});

async function open(name: string, hz: number, link: string): Promise<Caller> {
  const file = join(directory, `${name}.wav`);
  await writeTone(file, hz);
  const browser = await startBrowser([...fakeMedia(file), `--host-resolver-rules=MAP ${NAME} 127.0.0.1`], home);
  browsers.push(browser);
  const profile = await browser.openProfile(name, { permissions: ['microphone'] });
  await hookEngines(profile.context);
  // The hotel: nothing gets out but TLS on the port of HTTPS.
  await profile.context.addInitScript(() => {
    const Original = globalThis.RTCPeerConnection;
    globalThis.RTCPeerConnection = class extends Original {
      constructor(configuration: RTCConfiguration = {}) {
        const iceServers = (configuration.iceServers ?? []).map((server) => ({
          ...server,
          urls: [server.urls].flat().filter((url) => url.startsWith('turns:')),
        }));
        super({ ...configuration, iceServers, iceTransportPolicy: 'relay' });
        Object.assign(globalThis, { vantPeer: this });
      }
    };
  });
  await profile.page.goto(appliance.url);
  await engineOf(profile.page).untilState('empty');
  const { accountId } = await joinTeam(engineOf(profile.page), link, name);
  await profile.page.reload();
  await engineOf(profile.page).untilEvent('connection', '"connected"');
  return { ...profile, id: accountId };
}

describe('a server with a certificate of its own', () => {
  it('prints an https link, and the page is a secure context', async () => {
    expect(appliance.ownerLink).toMatch(new RegExp(`^https://${NAME}:${pebble.tlsPort}/join#`));
    expect(await ada.page.evaluate(() => [isSecureContext, location.protocol])).toEqual([true, 'https:']);
    const response = await ada.page.goto(appliance.url);
    expect((await response?.securityDetails())?.issuer).toMatch(/Pebble Intermediate/);
    expect(response?.headers()['strict-transport-security']).toBe('max-age=15552000');
    await engineOf(ada.page).untilEvent('connection', '"connected"');
  });

  it('two people write to each other', async () => {
    await engineOf(ada.page).call('client', 'sendText', bob.id, 'over HTTPS');
    await until('the message', async () => (await textsOf(engineOf(bob.page), ada.id)).includes('over HTTPS'), 30_000);
  });

  it('they call each other through TURN over TLS, on the same port', async () => {
    await ada.page.evaluate((id) => (location.hash = `#/conversation/${id}`), bob.id);
    await ada.page.getByRole('button', { name: 'Call', exact: true }).click();
    await bob.page.getByRole('button', { name: 'Accept' }).click();
    const heard = await Promise.all([listenFor(ada.page, BOB_HZ, LISTEN_MS), listenFor(bob.page, ADA_HZ, LISTEN_MS)]);
    expect(Math.abs(heard[0] - BOB_HZ)).toBeLessThan(15);
    expect(Math.abs(heard[1] - ADA_HZ)).toBeLessThan(15);
    const relays = await ada.page.evaluate(async () => {
      const { vantPeer } = globalThis as unknown as { vantPeer: RTCPeerConnection };
      const reports = [...(await vantPeer.getStats()).values()] as {
        type: string;
        relayProtocol?: string;
        url?: string;
      }[];
      return reports
        .filter(({ type }) => type === 'local-candidate')
        .map(({ relayProtocol, url }) => `${relayProtocol} ${url}`);
    });
    expect(new Set(relays)).toEqual(new Set([`tls turns:${NAME}:${pebble.tlsPort}?transport=tcp`]));
    await ada.page.getByRole('button', { name: 'Hang up' }).click();
    await bob.page.locator('vant-call-view section').waitFor({ state: 'detached' });
    expect([...ada.errors, ...bob.errors]).toEqual([]);
  });

  it('plain HTTP on that port leads to HTTPS', async () => {
    const page = await ada.context.newPage();
    await page.goto(`http://${NAME}:${pebble.tlsPort}/`);
    expect(new URL(page.url()).protocol).toBe('https:');
    await page.close();
  });
});
