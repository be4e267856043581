import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_EDITS } from '../../../client/conversations/limits.ts';
import { nextEvent, startTeam, untilMessage, untilStatus, untilText, type Team, type TestClient } from './support.ts';

const HOUR_MS = 60 * 60 * 1000;

describe('messages between two members', () => {
  let team: Team;
  let ada: TestClient;
  let bob: TestClient;
  let phone: TestClient;

  beforeAll(async () => {
    team = await startTeam();
    ada = await team.join('Ada');
    bob = await team.join('Bob');
    phone = await team.link(bob, 'phone');
  });
  afterAll(() => team.end());

  const exchange = async (text: string) => {
    const sent = await ada.client.sendText(bob.id, text);
    const [received] = await Promise.all([untilText(bob, text, ada), untilText(phone, text, ada)]);
    return { sent, received };
  };
  const onPhone = async (id: string) => (await phone.client.messages(ada.id)).find((message) => message.id === id);

  it('quote, mention and style each other, in fields that need no decoding', async () => {
    const { sent, received } = await exchange('what do you think?');
    const quote = { author: received.author, id: received.id, text: received.text };
    const ranges = [
      { start: 0, length: 4, mention: ada.id as never },
      { start: 5, length: 4, style: 'bold' as const },
    ];
    await bob.client.sendText(ada.id, '@Ada fine', { quote, ranges });
    const answer = await untilText(ada, '@Ada fine', bob);
    expect(answer).toMatchObject({
      kind: 'text',
      ranges,
      isMention: true,
      quote: { author: ada.id, id: sent.id, text: 'what do you think?', historyKey: sent.historyKey },
    });
    expect(await ada.client.conversation(bob.id)).toMatchObject({ kind: 'direct', hasUnreadMention: true });
    await ada.client.markRead(bob.id);
    expect(await ada.client.conversation(bob.id)).toMatchObject({ hasUnreadMention: false, unreadCount: 0 });
  });

  it('are edited on every device, at most ten times, and keep their earlier versions', async () => {
    const { sent, received } = await exchange('version 0');
    for (let version = 1; version <= MAX_EDITS; version++) {
      await ada.client.editMessage(sent.historyKey, `version ${version}`);
    }
    await expect(ada.client.editMessage(sent.historyKey, 'version 11')).rejects.toMatchObject({
      code: 'TOO_MANY_EDITS',
    });
    const edited = await untilMessage(bob, received.historyKey, ({ text }) => text === `version ${MAX_EDITS}`);
    expect(edited.edits?.map(({ text }) => text)).toEqual(Array.from({ length: MAX_EDITS }, (_, n) => `version ${n}`));
    await expect.poll(async () => (await onPhone(sent.id))?.text).toBe(`version ${MAX_EDITS}`);
    await expect(bob.client.editMessage(received.historyKey, 'mine')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('are deleted for everyone, with all that is kept of them', async () => {
    const { sent, received } = await exchange('delete-me-everywhere');
    await untilStatus(ada, sent, 'delivered');
    await bob.client.react(received.historyKey, '👍');
    await untilMessage(ada, sent.historyKey, ({ reactions }) => reactions?.[bob.id] === '👍');
    await ada.client.deleteForEveryone(sent.historyKey);
    const gone = await untilMessage(bob, received.historyKey, ({ isDeleted }) => isDeleted === true);
    expect(gone).toMatchObject({ text: '', content: new Uint8Array() });
    expect(gone.reactions).toBeUndefined();
    await expect.poll(async () => (await onPhone(sent.id))?.isDeleted).toBe(true);
    await ada.client.flush(10_000);
    for (const test of [ada, bob, phone]) expect(await storeOf(test)).not.toContain('delete-me-everywhere');
    await expect(ada.client.deleteForEveryone(sent.historyKey)).rejects.toMatchObject({ code: 'NO_SUCH_MESSAGE' });
  });

  it('are deleted for me on my devices only', async () => {
    const { sent, received } = await exchange('only mine');
    const removed = nextEvent(bob, 'removed', ({ historyKey }) => historyKey === received.historyKey);
    await bob.client.deleteForMe([received.historyKey]);
    await removed;
    expect(await bob.client.message(received.historyKey)).toBeUndefined();
    await expect.poll(() => onPhone(sent.id)).toBeUndefined();
    expect(await ada.client.message(sent.historyKey)).toMatchObject({ text: 'only mine' });
  });

  it('carry one reaction of each member, which can be taken back', async () => {
    const { sent, received } = await exchange('react to me');
    await bob.client.react(received.historyKey, '👍');
    await bob.client.react(received.historyKey, '❤️');
    await untilMessage(ada, sent.historyKey, ({ reactions }) => reactions?.[bob.id] === '❤️');
    await ada.client.react(sent.historyKey, '🎉');
    await untilMessage(bob, received.historyKey, ({ reactions }) => reactions?.[ada.id] === '🎉');
    await bob.client.unreact(received.historyKey);
    const after = await untilMessage(ada, sent.historyKey, ({ reactions }) => reactions?.[bob.id] === undefined);
    expect(after.reactions).toEqual({ [ada.id]: '🎉' });
    await expect(ada.client.react(sent.historyKey, 'no emoji')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('tell what became of them with the recipient', async () => {
    const { sent } = await exchange('details');
    await untilStatus(ada, sent, 'delivered');
    await bob.client.markRead(ada.id);
    await untilStatus(ada, sent, 'read');
    const [delivery, ...others] = await ada.client.deliveryInfo(sent.historyKey);
    expect(others).toEqual([]);
    expect(delivery).toMatchObject({ accountId: bob.id });
    const { sentAt = 0, deliveredAt = 0, readAt = 0 } = delivery!;
    for (const at of [sentAt, deliveredAt, readAt]) expect(at).toBeGreaterThan(Date.now() - 60_000);
  });

  it('come in pages in both directions, and around one of them', async () => {
    const texts = Array.from({ length: 9 }, (_, index) => `page ${index}`);
    for (const text of texts) await ada.client.sendText(bob.id, text);
    await untilText(bob, 'page 8', ada);
    const all = await bob.client.messages(ada.id);
    const at = (text: string) => all.find((message) => message.text === text)!.historyKey;
    const textsOf = (messages: readonly { text: string }[]) => messages.map(({ text }) => text);
    const after = await bob.client.messages(ada.id, { after: at('page 2'), limit: 3 });
    expect(textsOf(after)).toEqual(['page 3', 'page 4', 'page 5']);
    const before = await bob.client.messages(ada.id, { before: at('page 6'), limit: 2 });
    expect(textsOf(before)).toEqual(['page 4', 'page 5']);
    expect(textsOf(await bob.client.messagesAround(at('page 4'), 4))).toEqual(texts.slice(2, 7));
    expect(await bob.client.firstUnread(ada.id)).toBe(at('page 0'));
    await bob.client.markRead(ada.id, at('page 3'));
    expect(await bob.client.firstUnread(ada.id)).toBe(at('page 4'));
    expect(await bob.client.conversation(ada.id)).toMatchObject({ unreadCount: 5 });
    expect(await bob.client.messageCount(ada.id)).toBe(all.length);
  });

  it('can be sent again when they failed', async () => {
    const large = 'x'.repeat(300_000);
    const sent = await ada.client.sendText(bob.id, large);
    await untilStatus(ada, sent, 'failed');
    expect(await ada.client.deliveryInfo(sent.historyKey)).toMatchObject([{ failure: 'PAYLOAD_TOO_LARGE' }]);
    const again = nextEvent(ada, 'status', ({ id, status }) => id === sent.id && status === 'queued');
    await ada.client.resend(sent.historyKey);
    expect((await again).failure).toBeUndefined();
    await untilStatus(ada, sent, 'failed');
    const { sent: fine } = await exchange('it goes on');
    await untilStatus(ada, fine, 'delivered');
    await expect(ada.client.resend(fine.historyKey)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('show typing that ends with the message, and cost little', async () => {
    const started = nextEvent(bob, 'typing', ({ isStarted }) => isStarted);
    const ended = nextEvent(bob, 'typing', ({ isStarted }) => !isStarted);
    for (let key = 0; key < 20; key++) await ada.client.sendTyping(bob.id);
    expect(await started).toMatchObject({ conversation: ada.id, from: ada.id });
    await ada.client.sendText(bob.id, 'typed');
    await ended;
  });

  it('are too old to change after a day, for the author and for the others', async () => {
    const { sent, received } = await exchange('yesterday');
    ada.skip(25 * HOUR_MS);
    await expect(ada.client.editMessage(sent.historyKey, 'today')).rejects.toMatchObject({ code: 'TOO_LATE' });
    await expect(ada.client.deleteForEveryone(sent.historyKey)).rejects.toMatchObject({ code: 'TOO_LATE' });
    ada.skip(-25 * HOUR_MS);
    expect(await bob.client.message(received.historyKey)).toMatchObject({ text: 'yesterday' });
  });

  it('are gone with their conversation, on all own devices', async () => {
    await exchange('the last one');
    await bob.client.deleteConversation(ada.id);
    expect(await bob.client.messages(ada.id)).toEqual([]);
    expect((await bob.client.conversations()).map(({ id }) => id)).not.toContain(ada.id);
    await expect.poll(() => phone.client.messageCount(ada.id)).toBe(0);
    await exchange('and a new one');
    expect((await bob.client.conversations()).map(({ id }) => id)).toContain(ada.id);
  });
});

/** Everything in the store of a client, as text. */
async function storeOf({ ports }: TestClient): Promise<string> {
  const tables = ['messages', 'outbox', 'sent-log', 'early', 'conversations', 'journal'];
  const rows = await ports.storage.transaction((tx) => Promise.all(tables.map((table) => tx.list(table))));
  const decoder = new TextDecoder();
  const json = rows.flat().map(({ value }) => decoder.decode(value));
  // Content is base64url inside JSON.
  const blobs = json.flatMap((text) => [...text.matchAll(/"\$b":"([^"]*)"/g)].map(([, blob]) => blob!));
  return [...json, ...blobs.map((blob) => Buffer.from(blob, 'base64url').toString('latin1'))].join('\n');
}
