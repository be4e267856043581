import { beforeEach, describe, expect, it } from 'vitest';
import { accountIdToBytes, type AccountId } from '../../../wire/ids.ts';
import { applyContent, type Arrival } from '../../../client/conversations/apply-content.ts';
import { getConversation, listConversations } from '../../../client/conversations/conversation-list.ts';
import { ExpiryKeeper } from '../../../client/conversations/expiry-keeper.ts';
import { getMessage, insertAt, insertMessage, listMessages } from '../../../client/conversations/history.ts';
import { appendJournal, journalEnd, readJournal } from '../../../client/conversations/journal.ts';
import { clampExpireTimer, isReactionEmoji, MAX_EXPIRE_TIMER_SECONDS } from '../../../client/conversations/limits.ts';
import { removeMessage } from '../../../client/conversations/remove-message.ts';
import { fromBodyRanges, toBodyRanges } from '../../../client/conversations/text-range.ts';
import { buildContent, textBody, textMessage, type ContentBody } from '../../../client/messaging/content.ts';
import { receiveArrival } from '../../../client/messaging/apply-arrival.ts';
import { markRead } from '../../../client/messaging/mark-read.ts';
import { setConversation } from '../../../client/messaging/setting-actions.ts';
import type { ClientPorts } from '../../../client/ports.ts';
import { createFakeClock, type FakeClock } from './fakes.ts';
import { createMemoryStorage, type MemoryStorage } from './memory-storage.ts';

const self = '00000000-0000-4000-8000-00000000000a' as AccountId;
const bob = '00000000-0000-4000-8000-00000000000b' as AccountId;
const account = { accountId: self, deviceId: 1 } as Parameters<typeof markRead>[2];

describe('the history', () => {
  let storage: MemoryStorage;
  let clock: FakeClock;
  let ports: Pick<ClientPorts, 'clock' | 'random'>;
  let count: number;
  beforeEach(() => {
    storage = createMemoryStorage();
    clock = createFakeClock();
    count = 0;
    ports = { clock, random: { bytes: (length) => new Uint8Array(length).fill(++count) } };
  });

  const idOf = (id: number): Uint8Array => new Uint8Array(16).fill(id);
  const arrive = (id: number, body: ContentBody, change: Partial<Arrival> = {}, expireTimerSeconds = 0) =>
    storage.transaction((tx) =>
      receiveArrival(
        { ports, tx, account },
        {
          ...{ self, author: bob, authorDevice: 1, peer: bob, receivedAt: clock.now(), serverTimestamp: clock.now() },
          content: buildContent(idOf(id), clock.now() + id, body, { expireTimerSeconds }),
          ...change,
        },
      ),
    );
  const messages = () => storage.transaction((tx) => listMessages(tx, bob));
  const edit = (target: number, text: string): ContentBody => ({
    $case: 'edit',
    value: { targetMessageId: idOf(target), text: textMessage(text) },
  });
  const reaction = (target: number, emoji: string, remove = false): ContentBody => ({
    $case: 'reaction',
    value: { target: { author: accountIdToBytes(bob), messageId: idOf(target) }, emoji, remove },
  });

  it('takes what comes before its message, in whatever order', async () => {
    await arrive(3, reaction(1, '🎉'));
    await arrive(5, edit(1, 'second'));
    await arrive(4, edit(1, 'first'));
    await arrive(1, textBody('original'));
    const [message] = await messages();
    // The older edit came last: it is overtaken.
    expect(message).toMatchObject({ text: 'second', reactions: { [bob]: '🎉' } });
    await arrive(7, reaction(1, '👍'));
    await arrive(6, reaction(1, '', true));
    expect((await messages())[0]?.reactions).toEqual({ [bob]: '👍' });
    await arrive(1, textBody('the same id again'));
    expect(await messages()).toHaveLength(1);
  });

  it('takes a deletion before its message, and lets nothing happen to it after', async () => {
    await arrive(2, { $case: 'delete', value: { targetMessageId: idOf(1) } });
    await arrive(1, textBody('never seen'));
    await arrive(3, edit(1, 'back again'));
    await arrive(4, reaction(1, '👍'));
    expect(await messages()).toMatchObject([{ text: '', isDeleted: true }]);
    expect((await messages())[0]).not.toHaveProperty('reactions');
  });

  it('takes what another own device has read or deleted before the message came', async () => {
    const reference = { author: accountIdToBytes(bob), messageId: idOf(1) };
    const sync = (body: object): ContentBody => ({ $case: 'sync', value: { body: body as never } });
    const own = { author: self, authorDevice: 2, peer: self };
    const readAt = clock.now() + 500;
    await clock.advance(1000);
    await arrive(9, sync({ $case: 'read', value: { messages: [reference], readAt } }), own);
    await arrive(1, textBody('read elsewhere'), {}, 10);
    expect((await messages())[0]).toMatchObject({ expiresAt: readAt + 10_000 });
    expect(await storage.transaction((tx) => getConversation(tx, bob, self))).toMatchObject({ unreadCount: 0 });
    const second = { author: accountIdToBytes(bob), messageId: idOf(2) };
    await arrive(8, sync({ $case: 'deleted', value: { messages: [second], conversations: [] } }), own);
    await arrive(2, textBody('deleted elsewhere'));
    expect(await messages()).toHaveLength(1);
  });

  it('counts messages, unread ones and mentions, through reading and removing', async () => {
    const mention = { ranges: [{ start: 0, length: 1, mention: self }] };
    for (let id = 1; id <= 4; id++) await arrive(id, textBody('x', id === 2 ? mention : {}));
    const state = () => storage.transaction((tx) => getConversation(tx, bob, self));
    expect(await state()).toMatchObject({ messageCount: 4, unreadCount: 4, hasUnreadMention: true });
    const [first, second, , last] = await messages();
    await storage.transaction((tx) => markRead(ports, tx, account, bob, first!.historyKey));
    expect(await state()).toMatchObject({ unreadCount: 3, hasUnreadMention: true });
    await storage.transaction((tx) => removeMessage(tx, second!));
    expect(await state()).toMatchObject({ messageCount: 3, unreadCount: 2, hasUnreadMention: false });
    await storage.transaction((tx) => removeMessage(tx, last!));
    expect((await state()).last?.historyKey).toBe((await messages()).at(-1)?.historyKey);
  });

  it('puts what is imported in its place, and keeps the order when the clock steps back', async () => {
    const insert = (id: string, receivedAt: number, time?: number) =>
      storage.transaction((tx) => {
        const base = { author: bob, authorDevice: 1, conversation: bob, direction: 'incoming' as const };
        const rest = { status: 'received' as const, kind: 'text' as const, content: new Uint8Array() };
        const message = { ...base, ...rest, id, text: id, timestamp: receivedAt, receivedAt };
        return time === undefined ? insertMessage(tx, message, true) : insertAt(tx, message, time, 'imported');
      });
    await insert('first', 1000);
    await insert('clock stepped back', 400);
    await insert('imported', 0, 500);
    await insert('last', 2000);
    expect((await messages()).map(({ text }) => text)).toEqual(['imported', 'first', 'clock stepped back', 'last']);
    const record = await storage.transaction((tx) => getConversation(tx, bob, self));
    expect(record).toMatchObject({ messageCount: 4, last: { text: 'last' } });
  });

  it('tells of a few changes and of many, each once and in order', async () => {
    const read = (after: string) => storage.transaction((tx) => readJournal(tx, after));
    const start = await storage.transaction((tx) => journalEnd(tx));
    expect(await read(start)).toEqual({ entries: [], last: start });
    for (const count of [1, 2, 20]) {
      const before = await storage.transaction((tx) => journalEnd(tx));
      const names = Array.from({ length: count }, (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`);
      await storage.transaction(async (tx) => {
        for (const accountId of names) await appendJournal(tx, { type: 'identity', accountId });
      });
      const { entries, last } = await read(before);
      expect(entries).toEqual(names.map((accountId) => ({ type: 'identity', accountId })));
      expect(await read(last)).toEqual({ entries: [], last });
    }
  });

  it('deletes messages at their time, in turn, and tells those who read the journal', async () => {
    await arrive(1, textBody('ten'), {}, 10);
    await arrive(2, textBody('twenty'), {}, 20);
    await arrive(3, textBody('for ever'));
    await storage.transaction((tx) => markRead(ports, tx, account, bob));
    const [ten] = await messages();
    const end = await storage.transaction((tx) => journalEnd(tx));
    const errors: unknown[] = [];
    const keeper = new ExpiryKeeper({ storage, clock }, (error) => errors.push(error));
    keeper.wake();
    await clock.advance(9999);
    expect(await messages()).toHaveLength(3);
    await clock.advance(1);
    expect((await messages()).map(({ text }) => text)).toEqual(['twenty', 'for ever']);
    const { entries } = await storage.transaction((tx) => readJournal(tx, end));
    expect(entries).toContainEqual({ type: 'removed', conversation: bob, historyKey: ten!.historyKey });
    storage.failNextCommit();
    await clock.advance(10_000);
    expect(errors).toHaveLength(1);
    await clock.advance(5000);
    expect((await messages()).map(({ text }) => text)).toEqual(['for ever']);
    await keeper.stop();
  });

  it('lists pinned conversations first, then by what happened last', async () => {
    const others = ['c', 'd', 'e'].map((end) => `00000000-0000-4000-8000-00000000000${end}` as AccountId);
    for (const [index, peer] of others.entries()) {
      await clock.advance(1000);
      await arrive(index + 1, textBody('hi'), { author: peer, peer, receivedAt: clock.now() });
    }
    const order = async () => (await storage.transaction((tx) => listConversations(tx, self))).map(({ id }) => id);
    expect(await order()).toEqual(others.toReversed());
    await storage.transaction((tx) => setConversation({ ports, tx, account }, others[0]!, { pinnedAt: clock.now() }));
    expect(await order()).toEqual([others[0], others[2], others[1]]);
  });

  it('applies a text once and gives it back', async () => {
    const arrival: Arrival = {
      ...{ self, author: self, authorDevice: 1, peer: bob, receivedAt: clock.now(), recipients: [bob] },
      content: buildContent(idOf(1), clock.now(), textBody('own')),
    };
    const stored = await storage.transaction((tx) => applyContent(tx, arrival));
    expect(stored).toMatchObject({ direction: 'outgoing', status: 'queued' });
    expect(await storage.transaction((tx) => applyContent(tx, arrival))).toBeUndefined();
    expect(await storage.transaction((tx) => getMessage(tx, stored!.historyKey))).toEqual(stored);
  });
});

describe('ranges', () => {
  it('survive the way there and back; those that do not fit are left out', () => {
    const ranges = [
      { start: 0, length: 4, mention: bob },
      { start: 1, length: 3, style: 'spoiler' as const },
    ];
    expect(fromBodyRanges(toBodyRanges(ranges), 'four')).toEqual(ranges);
    expect(fromBodyRanges(toBodyRanges(ranges), 'fou')).toEqual([]);
    const many = Array.from({ length: 300 }, () => ({ start: 0, length: 1, style: 'bold' as const }));
    expect(toBodyRanges(many)).toHaveLength(250);
    const odd = { start: 0, length: 1, value: { $case: 'style' as const, value: 77 as never } };
    expect(fromBodyRanges([odd, { start: 0, length: 1, value: undefined }], 'text')).toEqual([]);
  });
});

describe('limits', () => {
  it.each(['👍', '❤️', '👨‍👩‍👧‍👦', '🇦🇹', '1️⃣', '👍🏽'])('%s is a reaction', (emoji) =>
    expect(isReactionEmoji(emoji)).toBe(true),
  );
  it.each(['', 'a', '1', '👍 ', 'x👍', '👍\n', '👍'.repeat(17), '<b>'])('%j is none', (text) =>
    expect(isReactionEmoji(text)).toBe(false),
  );
  it('timers end after four weeks', () => {
    expect(clampExpireTimer(MAX_EXPIRE_TIMER_SECONDS)).toBe(2_419_200);
    expect(clampExpireTimer(MAX_EXPIRE_TIMER_SECONDS + 1)).toBe(2_419_200);
  });
});
