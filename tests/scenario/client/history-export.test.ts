import type { StoredMessage } from '../../../client/conversations/history.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextEvent, startTeam, untilStatus, untilText, type Team, type TestClient } from './support.ts';

describe('an exported history', () => {
  let team: Team;
  let ada: TestClient;
  let bob: TestClient;
  let records: Uint8Array[];

  beforeAll(async () => {
    team = await startTeam();
    ada = await team.join('Ada');
    bob = await team.join('Bob');
    const first = await ada.client.sendText(bob.id, 'first');
    const received = await untilText(bob, 'first', ada);
    await bob.client.react(received.historyKey, '👍');
    const quote = { author: received.author, id: received.id, text: received.text };
    await bob.client.sendText(ada.id, 'second', { quote, ranges: [{ start: 0, length: 6, style: 'bold' }] });
    const second = await untilText(ada, 'second', bob);
    await ada.client.sendText(bob.id, 'draft 1');
    await untilText(bob, 'draft 1', ada);
    const third = (await ada.client.messages(bob.id)).at(-1)!;
    await ada.client.editMessage(third.historyKey, 'third');
    await (await ada.client.groups()).create({ title: 'Exported group', members: [second.author] });
    await ada.client.recordCall(bob.id, { callId: 'c1', direction: 'incoming', isVideo: false, isMissed: true });
    await (await ada.client.team()).setVerified(second.author, true);
    await ada.client.setPinned(bob.id, true);
    await ada.client.setExpireTimer(bob.id, 3600);
    await untilStatus(ada, first, 'delivered');
    await ada.client.flush(10_000);
    records = await collect(ada.client.exportHistory());
  });
  afterAll(() => team.end());

  const shape = async (test: TestClient) =>
    (await test.client.messages(bob.id)).map(({ id, author, kind, text, quote, ranges, reactions, edits, notice }) => ({
      ...{ id, author, kind, text, ranges, reactions, notice },
      quote: quote === undefined ? undefined : { author: quote.author, id: quote.id, text: quote.text },
      edits: edits?.map((edit) => edit.text),
    }));

  it('holds no keys, and no session', async () => {
    const account = (await ada.client.account())!;
    const text = records.map((record) => new TextDecoder().decode(record)).join('\n');
    for (const secret of [account.identityPrivateKey, account.teamKey]) {
      expect(text).not.toContain(Buffer.from(secret).toString('base64url'));
    }
    expect(text).not.toContain(account.deviceSecret);
  });

  it('brings everything to a new device, between what is there, however often', async () => {
    const tablet = await team.link(ada, 'tablet');
    await bob.client.sendText(ada.id, 'after linking');
    await untilText(tablet, 'after linking', bob);
    await untilText(ada, 'after linking', bob);
    const progress: number[] = [];
    const told: StoredMessage[] = [];
    tablet.client.on('message', (message) => told.push(message));
    const changed = nextEvent(tablet, 'conversation', ({ id }) => id === bob.id);
    const result = await tablet.client.importHistory(records, {
      onProgress: ({ recordCount }) => progress.push(recordCount),
    });
    await changed;
    // What is synced to a new device (a group, a verification) may arrive meanwhile: those are notices.
    expect(told.filter(({ kind }) => kind === 'text')).toEqual([]);
    expect(progress.at(-1)).toBe(records.length - 1);
    expect(result.addedMessages).toBeGreaterThanOrEqual(4);
    // The linked device has learnt by itself who has joined and who is verified.
    const withoutLearnt = async (test: TestClient) =>
      (await shape(test)).filter(({ notice }) => notice?.type !== 'member-joined' && notice?.type !== 'verification');
    expect(await withoutLearnt(tablet)).toEqual(await withoutLearnt(ada));
    expect(await tablet.client.conversation(bob.id)).toMatchObject({ isPinned: true, expireTimerSeconds: 3600 });
    const titles = (await (await tablet.client.groups()).list()).map(({ title }) => title);
    expect(titles).toEqual(['Exported group']);
    const again = await tablet.client.importHistory(records);
    expect(again.addedMessages).toBe(0);
    const info = await tablet.client.messages(bob.id);
    const first = info.find(({ text }) => text === 'first')!;
    expect(await tablet.client.deliveryInfo(first.historyKey)).toMatchObject([{ accountId: bob.id }]);
    expect(first.status).toBe('delivered');
  });

  it('belongs to whoever imports it, when its account is lost', async () => {
    const carol = await team.join('Carol');
    await carol.client.importHistory(records);
    const texts = (await carol.client.messages(bob.id)).filter(({ text }) => text !== '');
    expect(texts.map(({ author, text }) => [author, text])).toEqual([
      [carol.id, 'first'],
      [bob.id, 'second'],
      [carol.id, 'third'],
    ]);
    // The lost account was in the group; this one can read it, but is not in it.
    expect(await (await carol.client.groups()).list()).toEqual([]);
    expect((await carol.client.conversations()).map(({ group }) => group?.title)).toContain('Exported group');
    expect(texts[1]?.quote).toMatchObject({ author: carol.id });
  });

  it('is refused where it is cut, swapped or made up, with the record that is wrong', async () => {
    const dave = await team.join('Dave');
    const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    const [header = new Uint8Array(), ...rest] = records;
    const end = rest.at(-1)!;
    const spoil = (change: (record: Record<string, never>) => void): Uint8Array[] =>
      records.map((bytes) => {
        const record = JSON.parse(new TextDecoder().decode(bytes)) as { type: string; message: Record<string, never> };
        if (record.type === 'message') change(record.message);
        return encode(record);
      });
    const spoilt: [Uint8Array[], RegExp][] = [
      [[], /ends after 0/],
      [records.slice(0, -1), /ends after/],
      [[header, end], /It has 1 records/],
      [rest, /Record 1: the header/],
      [[header, ...records], /Record 2: the header/],
      [[...records, end], /after the end/],
      [[encode({ type: 'header', format: 'vant-history', version: 2 })], /version 2/],
      [[header, Uint8Array.of(0xff, 0xfe)], /Record 2: it is not JSON/],
      [[header, encode({ type: 'account' })], /type is not known/],
      [spoil((message) => Object.assign(message, { author: '../../etc' })), /author is not/],
      [spoil((message) => Object.assign(message, { timestamp: -1 })), /timestamp/],
      [spoil((message) => Object.assign(message, { ranges: [{ start: 0, length: 9e9, style: 'bold' }] })), /a range/],
      [spoil((message) => Object.assign(message, { reactions: { [ada.id]: '<script>' } })), /not an emoji/],
      [spoil((message) => Object.assign(message, { conversation: 'group:1' })), /conversation/],
    ];
    for (const [given, message] of spoilt) {
      await expect(dave.client.importHistory(given)).rejects.toMatchObject({ code: 'BAD_BACKUP', message });
    }
    expect((await dave.client.messages(bob.id)).filter(({ kind }) => kind === 'text')).toEqual([]);
  });
});

async function collect(records: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const record of records) all.push(record);
  return all;
}
