import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountId } from '../../../wire/ids.ts';
import type { Group } from '../../../client/groups/group.ts';
import { findCanaries, placesOf, textMarker } from '../../support/canary.ts';
import { removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';
import { until } from '../../support/until.ts';
import { nextEvent, startTeam, untilMessage, untilStatus, untilText, type Team, type TestClient } from './support.ts';

const MINUTE_MS = 60_000;

describe('a group', () => {
  let appliance: Appliance;
  let team: Team;
  let ada: TestClient;
  let bob: TestClient;
  let carol: TestClient;
  let phone: TestClient;
  let id: string;

  beforeAll(async () => {
    appliance = await startAppliance();
    team = await startTeam(appliance);
    ada = await team.join('Ada');
    bob = await team.join('Bob');
    carol = await team.join('Carol');
    phone = await team.link(bob, 'phone');
    id = await (
      await ada.client.groups()
    ).create({ title: 'Canary-Group-Title', members: [idOf(bob), idOf(carol)], description: 'Canary-Group-Words' });
    for (const test of [bob, carol, phone]) await untilGroup(test, ({ members }) => members.length === 3);
  });
  afterAll(async () => {
    await team.end();
    await appliance.stop();
    await removeDirectory(appliance.dataDirectory);
  });

  const idOf = (test: TestClient): AccountId => test.id as AccountId;
  const inGroup = {
    get id() {
      return id;
    },
  } as TestClient;
  const groupOf = async (test: TestClient): Promise<Group | undefined> => (await test.client.groups()).find(id);
  const untilGroup = async (test: TestClient, fits: (group: Group) => boolean): Promise<void> => {
    await until(
      'the group',
      async () => {
        const group = await groupOf(test);
        return group !== undefined && fits(group);
      },
      20_000,
    );
  };
  const textsIn = async (test: TestClient) =>
    (await test.client.messages(id)).filter(({ kind }) => kind === 'text').map(({ text }) => text);

  it('is listed by every member on every device', async () => {
    for (const test of [ada, bob, carol, phone]) {
      const [conversation] = (await test.client.conversations()).filter(({ kind }) => kind === 'group');
      expect(conversation).toMatchObject({ id, group: { title: 'Canary-Group-Title', isMember: true } });
      expect(conversation?.last).toMatchObject({ kind: 'notice', notice: { type: 'group', by: ada.id } });
    }
    expect(await groupOf(ada)).toMatchObject({ isAdmin: true, canAddMembers: true });
    expect(await groupOf(bob)).toMatchObject({ isAdmin: false, canAddMembers: true, canEdit: true });
  });

  it('carries texts with mentions, reactions, edits, deletions and receipts of each member', async () => {
    const ranges = [{ start: 0, length: 6, mention: idOf(carol) }];
    const sent = await ada.client.sendText(id, '@Carol canary-group-text', { ranges });
    const atCarol = await untilText(carol, '@Carol canary-group-text', inGroup);
    const atBob = await untilText(bob, '@Carol canary-group-text', inGroup);
    await untilText(phone, '@Carol canary-group-text', inGroup);
    expect(atCarol).toMatchObject({ conversation: id, author: ada.id, isMention: true });
    expect(atBob.isMention).toBeUndefined();
    await untilStatus(ada, sent, 'delivered');
    await bob.client.markRead(id);
    await untilStatus(ada, sent, 'read');
    await expect
      .poll(async () =>
        (await ada.client.deliveryInfo(sent.historyKey)).map(({ accountId, deliveredAt, readAt }) => [
          accountId,
          deliveredAt !== undefined,
          readAt !== undefined,
        ]),
      )
      .toEqual([bob.id, carol.id].sort().map((member) => [member, true, member === bob.id]));
    await carol.client.react(atCarol.historyKey, '🎉');
    await untilMessage(bob, atBob.historyKey, ({ reactions }) => reactions?.[carol.id] === '🎉');
    await ada.client.editMessage(sent.historyKey, 'edited for all');
    for (const [test, key] of [
      [bob, atBob.historyKey],
      [carol, atCarol.historyKey],
    ] as const) {
      await untilMessage(test, key, ({ text }) => text === 'edited for all');
    }
    await ada.client.deleteForEveryone(sent.historyKey);
    await untilMessage(carol, atCarol.historyKey, ({ isDeleted }) => isDeleted === true);
  });

  it('shows who types in it', async () => {
    const typing = nextEvent(carol, 'typing', ({ conversation }) => conversation === id);
    await bob.client.sendTyping(id);
    expect(await typing).toMatchObject({ from: bob.id, isStarted: true });
  });

  it('reaches members who were away, with what has changed meanwhile', async () => {
    await carol.close();
    await (await bob.client.groups()).edit(id, { title: 'Canary-Group-Renamed' });
    await ada.client.sendText(id, 'while Carol is away');
    await untilText(bob, 'while Carol is away', inGroup);
    await ada.client.flush(10_000);
    await bob.client.flush(10_000);
    const markers = ['Canary-Group-Title', 'Canary-Group-Renamed', 'Canary-Group-Words', 'canary-group-text'];
    const groupId = { name: 'group id', bytes: Buffer.from(id.slice('group:'.length), 'hex') };
    const places = await placesOf(appliance);
    expect(await findCanaries([...markers.map((text) => textMarker(text)), groupId], places)).toEqual([]);
    carol = await team.open('Carol');
    await carol.client.connect({ receive: true });
    await untilText(carol, 'while Carol is away', inGroup);
    await untilGroup(carol, ({ title }) => title === 'Canary-Group-Renamed');
  });

  it('two changes at the same moment both come to be, for everybody', async () => {
    await Promise.all([
      (await ada.client.groups()).edit(id, { title: 'Title of Ada' }),
      (await bob.client.groups()).edit(id, { description: 'Words of Bob' }),
    ]);
    for (const test of [ada, bob, carol, phone]) {
      await untilGroup(test, ({ title, description }) => title === 'Title of Ada' && description === 'Words of Bob');
    }
    const revisions = await Promise.all([ada, bob, carol, phone].map(async (test) => (await groupOf(test))?.revision));
    expect(new Set(revisions).size).toBe(1);
  });

  it('has one timer for all', async () => {
    await bob.client.setExpireTimer(id, 60);
    for (const test of [ada, carol, phone])
      await untilGroup(test, ({ expireTimerSeconds }) => expireTimerSeconds === 60);
    const sent = await ada.client.sendText(id, 'gone in a minute');
    const received = await untilText(carol, 'gone in a minute', inGroup);
    expect(received).toMatchObject({ expireTimerSeconds: 60 });
    await carol.client.markRead(id);
    await untilStatus(ada, sent, 'read');
    for (const [test, key] of [
      [ada, sent.historyKey],
      [carol, received.historyKey],
    ] as const) {
      test.skip(2 * MINUTE_MS);
      expect(await test.client.message(key)).toBeUndefined();
      test.skip(-2 * MINUTE_MS);
    }
    await bob.client.setExpireTimer(id, 0);
    await untilGroup(ada, ({ expireTimerSeconds }) => expireTimerSeconds === 0);
  });

  it('whoever is added gets the state, and hears what comes after', async () => {
    const dora = await team.join('Dora');
    await (await bob.client.groups()).add(id, [idOf(dora)]);
    await untilGroup(dora, ({ members }) => members.length === 4);
    await untilGroup(carol, ({ members }) => members.length === 4);
    await carol.client.sendText(id, 'welcome Dora');
    await untilText(dora, 'welcome Dora', inGroup);
    expect(await textsIn(dora)).toEqual(['welcome Dora']);
    await (await ada.client.groups()).remove(id, idOf(dora));
    await untilGroup(dora, ({ isMember }) => !isMember);
    for (const test of [bob, carol]) await untilGroup(test, ({ members }) => members.length === 3);
    await carol.client.sendText(id, 'without Dora');
    await untilText(bob, 'without Dora', inGroup);
    await untilStatus(ada, await ada.client.sendText(dora.id, 'sorry'), 'delivered');
    expect(await textsIn(dora)).toEqual(['welcome Dora']);
    await expect(dora.client.sendText(id, 'hello?')).rejects.toMatchObject({ code: 'NOT_IN_GROUP' });
    await dora.close();
  });

  it('is known to a device that is linked later', async () => {
    const tablet = await team.link(carol, 'tablet');
    await untilGroup(tablet, ({ members }) => members.length === 3);
    await tablet.client.sendText(id, 'from the tablet');
    await untilText(ada, 'from the tablet', inGroup);
    expect(await untilText(carol, 'from the tablet', inGroup)).toMatchObject({ direction: 'outgoing' });
    await tablet.close();
  });

  it('survives restarts, with what is in the outbox', async () => {
    await ada.client.connect({ receive: true });
    await ada.close();
    ada = await team.open('Ada');
    const queued = await ada.client.sendText(id, 'written while offline');
    await (await ada.client.groups()).setAdmin(id, idOf(bob), true);
    await ada.close();
    ada = await team.open('Ada');
    await ada.client.connect({ receive: true });
    await untilText(carol, 'written while offline', inGroup);
    await untilStatus(ada, queued, 'delivered');
    await untilGroup(bob, ({ isAdmin }) => isAdmin);
  });

  it('goes on when its maker leaves it, and those who leave the team drop out', async () => {
    await (await ada.client.groups()).leave(id);
    for (const test of [bob, carol]) await untilGroup(test, ({ members }) => members.length === 2);
    expect(await groupOf(ada)).toMatchObject({ isMember: false });
    await (await ada.client.team()).removeMember(idOf(carol));
    await (await bob.client.team()).members();
    await untilGroup(bob, ({ members }) => members.length === 1);
    const notices = (await bob.client.messages(id)).flatMap(({ notice }) => notice?.type ?? []);
    expect(notices.at(-1)).toBe('member-left');
    const alone = await bob.client.sendText(id, 'alone here');
    await untilStatus(bob, alone, 'sent');
    await untilText(phone, 'alone here', inGroup);
  });
});
