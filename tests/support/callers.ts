/** People who call each other with browsers: each one's voice is a tone of its own. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { startBrowser, type Profile, type TestBrowser } from './browser.ts';
import { fakeMedia, listenFor, writeTone } from './tone.ts';
import { engineOf, hookEngines, invite, joinTeam } from './web-engine.ts';

const LISTEN_MS = 30_000;
/** Half of what the two lowest tones of a test should differ at least. */
const TOLERANCE_HZ = 15;

export interface Caller extends Profile {
  readonly id: string;
  readonly hz: number;
  readonly browser: TestBrowser;
}

interface CallerOptions {
  readonly name: string;
  readonly hz: number;
  /** Of the appliance. */
  readonly url: string;
  /** An invite; or who is to make one. */
  readonly invite: string | Caller;
  /** For the file with the tone. */
  readonly directory: string;
  readonly browserArguments?: readonly string[];
  readonly executablePath?: string;
}

/** Opens a browser of their own and joins. */
export async function openCaller(options: CallerOptions): Promise<Caller> {
  const { name, hz, url, directory, browserArguments = [], executablePath } = options;
  const file = join(directory, `${name}.wav`);
  await writeTone(file, hz);
  const browser = await startBrowser([...fakeMedia(file), ...browserArguments], undefined, executablePath);
  const profile = await browser.openProfile(name, { permissions: ['microphone', 'camera'] });
  await hookEngines(profile.context);
  await hookPeerConnections(profile);
  await profile.page.goto(url);
  await engineOf(profile.page).untilState('empty');
  const link = typeof options.invite === 'string' ? options.invite : await invite(engineOf(options.invite.page));
  const { accountId } = await joinTeam(engineOf(profile.page), link, name);
  await profile.page.reload();
  await engineOf(profile.page).untilEvent('connection', '"connected"');
  // So that the one who was there before knows the name.
  if (typeof options.invite !== 'string') await engineOf(options.invite.page).call('team', 'members');
  return { ...profile, id: accountId, hz, browser };
}

export async function call(from: Caller, to: Caller): Promise<void> {
  await from.page.evaluate((id) => (location.hash = `#/conversation/${id}`), to.id);
  await from.page.getByRole('button', { name: 'Call', exact: true }).click();
}

export const accept = ({ page }: Caller): Promise<void> => page.getByRole('button', { name: 'Accept' }).click();
export const hangUp = ({ page }: Caller): Promise<void> => page.getByRole('button', { name: 'Hang up' }).click();

export async function untilOver(...callers: readonly Caller[]): Promise<void> {
  for (const { page } of callers) await page.locator('vant-call-view section').waitFor({ state: 'detached' });
}

/** Each one hears the other one's tone. */
export async function expectBothHear(a: Caller, b: Caller, deadlineMs = LISTEN_MS): Promise<void> {
  const [atA, atB] = await Promise.all([listenFor(a.page, b.hz, deadlineMs), listenFor(b.page, a.hz, deadlineMs)]);
  const shown = await Promise.all([a, b].map(({ page }) => page.locator('vant-call-view').innerText()));
  const seen = `${a.name} hears ${atA} Hz, ${b.name} ${atB} Hz; they see ${JSON.stringify(shown)}`;
  expect(Math.abs(atA - b.hz), seen).toBeLessThan(TOLERANCE_HZ);
  expect(Math.abs(atB - a.hz), seen).toBeLessThan(TOLERANCE_HZ);
}

/** The way that the packets of a call take: types of candidates (RFC 8445). */
export interface CallPath {
  readonly local: string;
  readonly remote: string;
}

interface PeerHook {
  vantPeers: RTCPeerConnection[];
}

/** So that the statistics can be read of what the page keeps to itself. */
async function hookPeerConnections({ context }: Profile): Promise<void> {
  await context.addInitScript(() => {
    const hook = globalThis as unknown as PeerHook;
    hook.vantPeers = [];
    const Original = globalThis.RTCPeerConnection;
    globalThis.RTCPeerConnection = class extends Original {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        hook.vantPeers.push(this);
      }
    };
  });
}

/** Of the last call. */
export function pathOf({ page }: Caller): Promise<CallPath> {
  return page.evaluate(async () => {
    const peer = (globalThis as unknown as PeerHook).vantPeers.at(-1);
    const report = await peer!.getStats();
    const entries = new Map<string, Record<string, string>>();
    report.forEach((entry: Record<string, string>) => entries.set(entry['id']!, entry));
    const transport = [...entries.values()].find(({ type }) => type === 'transport');
    const pair = entries.get(transport?.['selectedCandidatePairId'] ?? '');
    const local = entries.get(pair?.['localCandidateId'] ?? '');
    const remote = entries.get(pair?.['remoteCandidateId'] ?? '');
    return {
      local: local?.['candidateType'] ?? '',
      remote: remote?.['candidateType'] ?? '',
    };
  });
}

/** What ICE calls this side: another one after each restart (RFC 8445, 4). */
export function fragmentOf({ page }: Caller): Promise<string | undefined> {
  return page.evaluate(() => {
    const peer = (globalThis as unknown as PeerHook).vantPeers.at(-1);
    return /a=ice-ufrag:(\S+)/.exec(peer?.currentLocalDescription?.sdp ?? '')?.[1];
  });
}
