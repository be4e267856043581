import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_EXPIRE_TIMER_SECONDS } from '../../../client/conversations/limits.ts';
import { nextEvent, startTeam, untilMessage, untilStatus, untilText, type Team, type TestClient } from './support.ts';

const MINUTE_MS = 60_000;

describe('disappearing messages', () => {
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

  const timerOf = async (test: TestClient, peer: TestClient) =>
    (await test.client.conversation(peer.id)).expireTimerSeconds;

  it('have one timer on both sides and all devices; the newest holds, and the timeline says who set it', async () => {
    await ada.client.setExpireTimer(bob.id, 3600);
    for (const test of [bob, phone]) await expect.poll(() => timerOf(test, ada)).toBe(3600);
    await bob.client.setExpireTimer(ada.id, 60);
    await expect.poll(() => timerOf(ada, bob)).toBe(60);
    await expect.poll(() => timerOf(phone, ada)).toBe(60);
    const notices = (await ada.client.messages(bob.id)).flatMap(({ notice }) => (notice === undefined ? [] : [notice]));
    expect(notices.filter(({ type }) => type === 'expire-timer')).toEqual([
      { type: 'expire-timer', by: ada.id, expireTimerSeconds: 3600 },
      { type: 'expire-timer', by: bob.id, expireTimerSeconds: 60 },
    ]);
    for (const seconds of [MAX_EXPIRE_TIMER_SECONDS + 1, -1, 0.5]) {
      await expect(ada.client.setExpireTimer(bob.id, seconds)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    }
  });

  it('two settings at once end the same on both sides', async () => {
    const [a, b] = [ada.client.setExpireTimer(bob.id, 120), bob.client.setExpireTimer(ada.id, 180)];
    await Promise.all([a, b]);
    await ada.client.flush(10_000);
    await bob.client.flush(10_000);
    await expect.poll(async () => (await timerOf(ada, bob)) === (await timerOf(bob, ada))).toBe(true);
    await ada.client.setExpireTimer(bob.id, 60);
    await expect.poll(() => timerOf(bob, ada)).toBe(60);
  });

  it('go for the author after sending, for the recipient after reading, and leave nothing but quoted copies', async () => {
    const sent = await ada.client.sendText(bob.id, 'burn after reading');
    const received = await untilText(bob, 'burn after reading', ada);
    await untilText(phone, 'burn after reading', ada);
    await untilStatus(ada, sent, 'delivered');
    expect(await untilMessage(ada, sent.historyKey, ({ expiresAt }) => expiresAt !== undefined)).toMatchObject({
      expireTimerSeconds: 60,
    });
    expect(received.expiresAt).toBeUndefined();
    const quote = { author: received.author, id: received.id, text: received.text };
    await bob.client.setExpireTimer(ada.id, 0);
    await bob.client.sendText(ada.id, 'quoting', { quote });
    await untilText(ada, 'quoting', bob);

    bob.skip(10 * MINUTE_MS);
    expect(await bob.client.message(received.historyKey)).toBeDefined();
    bob.skip(-10 * MINUTE_MS);
    await phone.client.markRead(ada.id);
    // Read on the phone: the time runs on both devices, from the same moment on.
    await untilMessage(bob, received.historyKey, ({ expiresAt }) => expiresAt !== undefined);
    const removed = nextEvent(bob, 'removed', ({ historyKey }) => historyKey === received.historyKey);
    bob.skip(MINUTE_MS);
    expect(await bob.client.message(received.historyKey)).toBeUndefined();
    await removed;
    bob.skip(-MINUTE_MS);

    ada.skip(MINUTE_MS);
    expect(await ada.client.message(sent.historyKey)).toBeUndefined();
    const [kept] = (await ada.client.messages(bob.id)).filter(({ text }) => text === 'quoting');
    expect(kept?.quote?.text).toBe('burn after reading');
    ada.skip(-MINUTE_MS);
  });

  it('go while nobody is looking, also after a restart', async () => {
    await ada.client.setExpireTimer(bob.id, 1);
    await expect.poll(() => timerOf(bob, ada)).toBe(1);
    const sent = await ada.client.sendText(bob.id, 'one second');
    const received = await untilText(bob, 'one second', ada);
    await bob.client.markRead(ada.id);
    await bob.close();
    await expect.poll(() => ada.client.message(sent.historyKey), { timeout: 10_000 }).toBeUndefined();
    bob = await team.open('Bob');
    const present = await bob.ports.storage.transaction((tx) => tx.get('messages', received.historyKey));
    const removed = nextEvent(bob, 'removed', ({ historyKey }) => historyKey === received.historyKey);
    await bob.client.connect({ receive: true });
    if (present !== undefined) await removed;
    else removed.catch(() => undefined);
    expect(await bob.client.message(received.historyKey)).toBeUndefined();
    await ada.client.setExpireTimer(bob.id, 0);
  });

  it('go from notes to oneself, too', async () => {
    await bob.client.setExpireTimer(bob.id, 60);
    const note = await bob.client.sendText(bob.id, 'a note that goes');
    await untilStatus(bob, note, 'sent');
    const copy = await untilText(phone, 'a note that goes', bob);
    for (const [test, key] of [
      [bob, note.historyKey],
      [phone, copy.historyKey],
    ] as const) {
      test.skip(2 * MINUTE_MS);
      expect(await test.client.message(key)).toBeUndefined();
      test.skip(-2 * MINUTE_MS);
    }
  });
});
