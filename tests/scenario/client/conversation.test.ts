import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRIMARY_DEVICE_ID, type AccountId, type DeviceId } from '../../../wire/ids.ts';
import { nextEvent, startTeam, untilStatus, untilText, type Team, type TestClient } from './support.ts';

describe('members of a team', () => {
  let team: Team;
  let ada: TestClient;
  let bob: TestClient;

  beforeAll(async () => {
    team = await startTeam();
    ada = await team.join('Ada');
    bob = await team.join('Bob');
  });
  afterAll(() => team.end());

  it('read each other’s names, which the server cannot', async () => {
    const members = await (await bob.client.team()).members();
    expect(members.map(({ profile }) => profile?.displayName).sort()).toEqual(['Ada', 'Bob']);
    expect(team.appliance.output()).not.toContain('Ada');
  });

  it('exchange messages, and see them delivered', async () => {
    const sent = await ada.client.sendText(bob.id, 'hello');
    expect(sent.status).toBe('queued');
    const received = await untilText(bob, 'hello', ada);
    expect(received).toMatchObject({ id: sent.id, author: ada.id, status: 'received', timestamp: sent.timestamp });
    await untilStatus(ada, sent, 'delivered');
    const answer = await bob.client.sendText(ada.id, 'hi');
    await untilText(ada, 'hi', bob);
    await untilStatus(bob, answer, 'delivered');
  });

  it('have the same safety number', async () => {
    const [a, b] = await Promise.all([
      (await ada.client.team()).safetyNumber(bob.id as AccountId),
      (await bob.client.team()).safetyNumber(ada.id as AccountId),
    ]);
    expect(a).toMatch(/^\d{60}$/);
    expect(a).toBe(b);
  });

  it('keep the order of many messages written at once', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `order ${index}`);
    const last = untilText(bob, texts.at(-1)!, ada);
    const sent = await Promise.all(texts.map((text) => ada.client.sendText(bob.id as AccountId, text)));
    await last;
    expect(bob.texts.filter((text) => text.startsWith('order '))).toEqual(texts);
    // Receipts that wait are joined; none gets lost by that.
    for (const message of sent) await untilStatus(ada, message, 'delivered');
  });

  it('see each other typing, only while connected', async () => {
    const typing = nextEvent(bob, 'typing');
    await ada.client.sendEphemeral(bob.id as AccountId, { $case: 'typing', value: { started: true } });
    expect(await typing).toEqual({
      conversation: ada.id,
      from: ada.id,
      fromDevice: PRIMARY_DEVICE_ID,
      isStarted: true,
    });
  });

  it('get what was sent while they were away, once', async () => {
    await bob.close();
    const sent = await ada.client.sendText(bob.id, 'while you were away');
    await untilStatus(ada, sent, 'sent');
    bob = await team.open('Bob');
    const drained = nextEvent(bob, 'queueDrained');
    await bob.client.connect({ receive: true });
    await drained;
    expect(bob.texts).toEqual(['while you were away']);
    await untilStatus(ada, sent, 'delivered');
  });

  it('edit, react and delete', async () => {
    const sent = await ada.client.sendText(bob.id, 'tpyo');
    const received = await untilText(bob, 'tpyo', ada);
    const targetMessageId = Buffer.from(sent.id, 'hex');
    const edited = nextEvent(bob, 'changed', ({ text }) => text === 'typo');
    const text = { body: 'typo', ranges: [], quote: undefined, attachments: [], previews: [] };
    await ada.client.sendContent(bob.id, { $case: 'edit', value: { targetMessageId, text } });
    expect(await edited).toMatchObject({ historyKey: received.historyKey });
    const reacted = nextEvent(ada, 'changed', ({ reactions }) => reactions !== undefined);
    const target = { author: Buffer.from(ada.id.replaceAll('-', ''), 'hex'), messageId: targetMessageId };
    await bob.client.sendContent(ada.id, {
      $case: 'reaction',
      value: { target, emoji: '👍', remove: false },
    });
    expect(await reacted).toMatchObject({ text: 'typo', reactions: { [bob.id]: '👍' } });
    const deleted = nextEvent(bob, 'changed', ({ isDeleted }) => isDeleted === true);
    await ada.client.sendContent(bob.id, { $case: 'delete', value: { targetMessageId } });
    expect(await deleted).toMatchObject({ text: '' });
  });

  it('change their names, and keep the rest of the profile', async () => {
    const asBob = await bob.client.team();
    await asBob.setProfile({ about: 'on holiday' });
    await asBob.setProfile({ displayName: 'Robert' });
    const members = await (await ada.client.team()).members();
    const profile = members.find(({ accountId }) => accountId === bob.id)?.profile;
    expect(profile).toMatchObject({ displayName: 'Robert', about: 'on holiday', revision: 3 });
    expect((await bob.client.account())?.displayName).toBe('Robert');
    await untilStatus(ada, await ada.client.sendText(bob.id, 'hello Robert'), 'delivered');
  });

  it('fail visibly when the recipient has left, and go on with the others', async () => {
    const carol = await team.join('Carol');
    await ada.client.sendText(carol.id, 'welcome');
    await untilText(carol, 'welcome', ada);
    await (await ada.client.team()).removeMember(carol.id as AccountId);
    const lost = await ada.client.sendText(carol.id, 'are you there?');
    const kept = await ada.client.sendText(bob.id, 'she has left');
    await untilStatus(ada, lost, 'failed');
    await untilStatus(ada, kept, 'delivered');
    await carol.close();
  });

  it('refuse what a linked device may not do', async () => {
    await expect((await ada.client.team()).removeDevice(77 as DeviceId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
