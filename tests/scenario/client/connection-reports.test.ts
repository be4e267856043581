import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORT_TTL_MS, type ConnectionResults } from '../../../client/calls/connection-reports.ts';
import { enqueueNew } from '../../../client/messaging/compose.ts';
import type { AccountId } from '../../../wire/ids.ts';
import { ConnectionWay } from '../../../wire/generated/content.ts';
import { until } from '../../support/until.ts';
import { startTeam, type Team, type TestClient } from './support.ts';

const RESULTS: ConnectionResults = { stun: true, 'turn-udp': false, 'turn-tls': true };
const DAY_MS = 24 * 60 * 60 * 1000;

describe('how calls would go from a device', () => {
  let team: Team;
  let ada: TestClient;
  let phone: TestClient;
  let bob: TestClient;
  let carol: TestClient;

  beforeAll(async () => {
    team = await startTeam();
    ada = await team.join('Ada');
    phone = await team.link(ada, 'phone');
    bob = await team.join('Bob');
    carol = await team.join('Carol');
    for (const test of [ada, phone, bob, carol]) await (await test.client.team()).members();
  });
  afterAll(() => team.end());

  const reportsAt = async (test: TestClient) => (await test.client.team()).connectionReports();
  const untilKnown = (test: TestClient, of: TestClient, results: ConnectionResults) =>
    until('the report', async () => {
      const found = (await reportsAt(test)).find(({ accountId }) => accountId === of.id);
      return JSON.stringify(found?.results) === JSON.stringify(results);
    });

  it('reaches owners and admins on all of their devices, and nobody else', async () => {
    await (await ada.client.team()).setRole(carol.id as AccountId, 'admin');
    await (await bob.client.team()).reportConnection(RESULTS);
    for (const test of [ada, phone, carol]) {
      await untilKnown(test, bob, RESULTS);
      const [report] = await reportsAt(test);
      expect(report).toMatchObject({ accountId: bob.id, deviceId: 1 });
      expect(report!.testedOn % DAY_MS).toBe(0);
    }
    await (await carol.client.team()).reportConnection({ stun: true });
    await untilKnown(ada, carol, { stun: true });
    expect((await reportsAt(bob)).map(({ accountId }) => accountId)).toEqual([bob.id]);
  });

  it('of an owner reaches their own other device; the newest of each device counts', async () => {
    await (await phone.client.team()).reportConnection({ stun: true });
    await (await phone.client.team()).reportConnection({ stun: false });
    await untilKnown(ada, ada, { stun: false });
    const own = (await reportsAt(ada)).filter(({ accountId }) => accountId === ada.id);
    expect(own.map(({ deviceId }) => deviceId)).toEqual([2]);
  });

  it('is no message: nothing is shown, nothing unread', async () => {
    const shown = await ada.client.messages(bob.id);
    expect(shown.flatMap(({ notice }) => notice?.type ?? 'text')).toEqual(['member-joined']);
    expect((await ada.client.unreadCounts()).get(bob.id) ?? 0).toBe(0);
  });

  it('of a strange shape is cut to what is known, and from the future it is of today', async () => {
    await bob.ports.storage.transaction((tx) =>
      enqueueNew(bob.ports, tx, ada.id as AccountId, {
        $case: 'connectionReport',
        value: {
          testedOn: 4_000_000_000,
          results: [
            { way: 99 as ConnectionWay, isReachable: true },
            { way: ConnectionWay.STUN, isReachable: true },
            { way: ConnectionWay.STUN, isReachable: false },
          ],
        },
      }),
    );
    await bob.client.sendEphemeral(ada.id as AccountId, { $case: 'typing', value: { started: false } });
    await untilKnown(ada, bob, { stun: true });
    const report = (await reportsAt(ada)).find(({ accountId }) => accountId === bob.id)!;
    expect(report.testedOn).toBeLessThanOrEqual(Date.now());
  });

  it('is forgotten after thirty days, or with the member', async () => {
    const testedOn = (await reportsAt(ada)).find(({ accountId }) => accountId === bob.id)!.testedOn;
    ada.skip(testedOn + REPORT_TTL_MS - Date.now() - 1000);
    expect((await reportsAt(ada)).map(({ accountId }) => accountId)).toContain(bob.id);
    ada.skip(2000);
    expect(await reportsAt(ada)).toEqual([]);
    await (await carol.client.team()).removeMember(bob.id as AccountId);
    await until('Bob to be gone', async () => (await reportsAt(carol)).every(({ accountId }) => accountId !== bob.id));
  });
});
