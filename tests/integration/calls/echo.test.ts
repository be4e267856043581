/** The echo service as the server has it: one process and one account for each test call, which are nobody's and do not stay. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Echo } from '../../../wire/schemas.ts';
import { startAppliance, type Appliance } from '../../support/appliance.ts';
import { findCanaries, placesOf, textMarker } from '../../support/canary.ts';
import { isEchoProcess, listEchoProcesses } from '../../support/echo-processes.ts';
import { call, codeOf, RawDevice } from '../../support/raw-device.ts';
import { until } from '../../support/until.ts';

let appliance: Appliance;
let ada: RawDevice;
let bob: RawDevice;

beforeAll(async () => {
  appliance = await startAppliance({
    env: {
      ...{ VANT_CALLS_ECHO: 'true', VANT_CALLS_ECHO_MAX_CALLS: '1' },
      ...{ VANT_LIMITS_MAX_ACCOUNTS: '2', VANT_LIMITS_ECHO_CALLS_PER_ACCOUNT: '5/1h' },
    },
  });
  ada = await RawDevice.join(appliance.url, appliance.ownerLink!);
  bob = await RawDevice.join(appliance.url, await ada.invite());
});
afterAll(() => appliance.stop());

const openEcho = (device: RawDevice): Promise<Echo> => device.call('openEcho');
const bundles = (accountId: string) => bob.call('takePreKeyBundles', { params: { accountId } });
const isGone = async (accountId: string) => (await codeOf(bundles(accountId))) === 'NOT_FOUND';

/** What the device is shown of its calls. */
async function titlesFor(device: RawDevice): Promise<string[]> {
  const { sections } = await device.call('getAccountRecords');
  return sections.find(({ id }) => id === 'calls')!.entries.map(({ title }) => title);
}

async function untilNothingRuns(): Promise<void> {
  for (const pid of await listEchoProcesses(appliance)) process.kill(pid, 'SIGKILL');
  await until('the end of all test calls', async () => (await listEchoProcesses(appliance)).length === 0);
}

describe('a test call', () => {
  it('has an account with keys, which is no member and is not counted', async () => {
    expect((await call(appliance.url, 'getServer')).hasEcho).toBe(true);
    const { accountId, identityKey, ttlSeconds } = await openEcho(ada);
    expect(ttlSeconds).toBe(180);
    const given = await bundles(accountId);
    expect(given.identityKey).toBe(identityKey);
    expect(given.devices).toHaveLength(1);
    const members = (await ada.call('listMembers')).members.map((member) => member.accountId);
    expect(members.toSorted()).toEqual([ada.accountId, bob.accountId].toSorted());
    await untilNothingRuns();
    await until('the end of its account', () => isGone(accountId));
  });

  it('is shown to whoever makes it, while it lasts', async () => {
    const { accountId } = await openEcho(ada);
    expect(await titlesFor(ada)).toContain('test call');
    await untilNothingRuns();
    await until('the end of its account', () => isGone(accountId));
    await until('nothing to show', async () => !(await titlesFor(ada)).includes('test call'));
  });

  it('leaves nothing in Redis or in the log', async () => {
    const { accountId, identityKey } = await openEcho(ada);
    const markers = [textMarker(accountId), textMarker(identityKey)];
    const places = await placesOf(appliance);
    expect((await findCanaries(markers, { redis: places.redis })).length).toBeGreaterThan(0);
    await untilNothingRuns();
    const { redis } = places;
    await until('nothing of it', async () => (await findCanaries(markers, { redis })).length === 0);
    expect(await findCanaries(markers, { log: appliance.output() })).toEqual([]);
    expect(appliance.output()).not.toContain(ada.accountId);
  });

  it('of the same member ends the one before; others wait while there are as many as may be', async () => {
    const first = await openEcho(bob);
    const second = await openEcho(bob);
    expect(second.accountId).not.toBe(first.accountId);
    await until('the end of the first', () => isGone(first.accountId));
    expect(await codeOf(openEcho(ada))).toBe('ECHO_BUSY');
    expect(await listEchoProcesses(appliance)).toHaveLength(1);
    await untilNothingRuns();
    await until('the end of the second', () => isGone(second.accountId));
    await until('its place', async () => !(await titlesFor(bob)).includes('test call'));
    expect(await codeOf(openEcho(ada))).toBe('done');
    expect(await codeOf(openEcho(ada))).toBe('RATE_LIMITED');
  });

  it('ends with the server', async () => {
    const [pid] = await listEchoProcesses(appliance);
    await appliance.stop();
    await until('the end of the process', async () => !(await isEchoProcess(pid!)));
  });
});

it('a server that was not told to answers none', async () => {
  const quiet = await startAppliance();
  try {
    const owner = await RawDevice.join(quiet.url, quiet.ownerLink!);
    expect((await call(quiet.url, 'getServer')).hasEcho).toBe(false);
    expect(await codeOf(openEcho(owner))).toBe('ECHO_UNAVAILABLE');
  } finally {
    await quiet.stop();
  }
});
