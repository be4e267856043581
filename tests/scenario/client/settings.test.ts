import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountId } from '../../../wire/ids.ts';
import { credentialsOf } from '../../../client/account/account-record.ts';
import { sealProfile } from '../../../client/directory/profile-crypto.ts';
import { createApi } from '../../../client/transport/api.ts';
import { nextEvent, startTeam, untilStatus, untilText, type Team, type TestClient } from './support.ts';

describe('what a member sets', () => {
  let team: Team;
  let ada: TestClient;
  let bob: TestClient;
  let phone: TestClient;

  beforeAll(async () => {
    team = await startTeam();
    ada = await team.join('Ada');
    bob = await team.join('Bob');
    phone = await team.link(bob, 'phone');
    await bob.client.sendText(ada.id, 'hello');
    await untilText(phone, 'hello', ada);
  });
  afterAll(() => team.end());

  const adaId = (): AccountId => ada.id as AccountId;
  const seenOnPhone = () => phone.client.conversation(ada.id);

  it('for a conversation holds on all devices, the newest setting last', async () => {
    const until = Date.now() + 3_600_000;
    const changed = nextEvent(phone, 'conversation', ({ id, isPinned }) => id === ada.id && isPinned);
    await bob.client.setMutedUntil(ada.id, until);
    await bob.client.setPinned(ada.id, true);
    await bob.client.setArchived(ada.id, true);
    await bob.client.markUnread(ada.id);
    await changed;
    await expect
      .poll(seenOnPhone)
      .toMatchObject({ mutedUntil: until, isPinned: true, isArchived: true, isMarkedUnread: true });
    await phone.client.setArchived(ada.id, false);
    await phone.client.markRead(ada.id);
    await expect
      .poll(() => bob.client.conversation(ada.id))
      .toMatchObject({ isArchived: false, isMarkedUnread: false });
  });

  it('drafts stay where they are written', async () => {
    await bob.client.setDraft(ada.id, { text: 'not yet' });
    expect(await bob.client.conversation(ada.id)).toMatchObject({ draft: { text: 'not yet' } });
    expect((await seenOnPhone()).draft).toBeUndefined();
    await bob.client.sendText(ada.id, 'something else');
    expect(await bob.client.conversation(ada.id)).toMatchObject({ draft: { text: 'not yet' } });
    await bob.client.setDraft(ada.id, undefined);
    expect((await bob.client.conversation(ada.id)).draft).toBeUndefined();
  });

  it('a draft is gone with the message that it becomes, and stays when it becomes none', async () => {
    await bob.client.setDraft(ada.id, { text: 'ready' });
    const team = await bob.client.team();
    await team.setBlocked(adaId(), true);
    await expect(bob.client.sendText(ada.id, 'ready', { isDraft: true })).rejects.toMatchObject({ code: 'BLOCKED' });
    await team.setBlocked(adaId(), false);
    expect(await bob.client.conversation(ada.id)).toMatchObject({ draft: { text: 'ready' } });
    await bob.client.sendText(ada.id, 'ready', { isDraft: true });
    expect((await bob.client.conversation(ada.id)).draft).toBeUndefined();
  });

  it('an archived conversation comes back with a message, unless it is muted', async () => {
    await bob.client.setArchived(ada.id, true);
    await ada.client.sendText(bob.id, 'while muted');
    await untilText(bob, 'while muted', ada);
    expect(await bob.client.conversation(ada.id)).toMatchObject({ isArchived: true });
    await bob.client.setMutedUntil(ada.id, 0);
    await ada.client.sendText(bob.id, 'loud again');
    await untilText(bob, 'loud again', ada);
    expect(await bob.client.conversation(ada.id)).toMatchObject({ isArchived: false });
  });

  it('without read receipts nobody is told, and nobody is seen reading', async () => {
    await bob.client.setPreferences({ readReceipts: false });
    await expect.poll(() => phone.client.preferences()).toMatchObject({ readReceipts: false, typingIndicators: true });
    const sent = await ada.client.sendText(bob.id, 'read in secret');
    await untilText(bob, 'read in secret', ada);
    await untilStatus(ada, sent, 'delivered');
    await bob.client.markRead(ada.id);
    const own = await bob.client.sendText(ada.id, 'seen?');
    await untilText(ada, 'seen?', bob);
    await ada.client.markRead(bob.id);
    await untilStatus(bob, own, 'delivered');
    // What comes after the receipts has come: so would they have.
    await untilStatus(ada, await ada.client.sendText(bob.id, 'after the receipts'), 'delivered');
    await untilStatus(bob, await bob.client.sendText(ada.id, 'also after'), 'delivered');
    expect(await ada.client.message(sent.historyKey)).toMatchObject({ status: 'delivered' });
    expect(await bob.client.message(own.historyKey)).toMatchObject({ status: 'delivered' });
    await bob.client.setPreferences({ readReceipts: true });
    await untilStatus(bob, own, 'delivered');
  });

  it('without typing indicators none is sent and none is shown', async () => {
    await bob.client.setPreferences({ typingIndicators: false });
    const seen: string[] = [];
    const stops = [ada.client.on('typing', () => seen.push('Bob')), bob.client.on('typing', () => seen.push('Ada'))];
    await bob.client.sendTyping(ada.id);
    await ada.client.sendTyping(bob.id);
    await untilStatus(bob, await bob.client.sendText(ada.id, 'no typing here'), 'delivered');
    await untilStatus(ada, await ada.client.sendText(bob.id, 'nor here'), 'delivered');
    expect(seen).toEqual([]);
    stops.forEach((stop) => stop());
    await bob.client.setPreferences({ typingIndicators: true });
  });

  it('a blocked member is not heard on any device, and does not learn of it', async () => {
    await (await bob.client.team()).setBlocked(adaId(), true);
    const phoneState = async () => (await phone.client.team()).identityState(adaId());
    await expect.poll(phoneState).toMatchObject({ isBlocked: true });
    const sent = await ada.client.sendText(bob.id, 'let me in');
    await untilStatus(ada, sent, 'sent');
    // Envelopes come in the order in which the relay got them.
    await bob.client.sendText(bob.id, 'after it, on the phone');
    await phone.client.sendText(bob.id, 'after it, here');
    await Promise.all([untilText(phone, 'after it, on the phone', bob), untilText(bob, 'after it, here', bob)]);
    await expect(bob.client.sendText(ada.id, 'no')).rejects.toMatchObject({ code: 'BLOCKED' });
    await (await phone.client.team()).setBlocked(adaId(), false);
    await expect.poll(async () => (await (await bob.client.team()).identityState(adaId())).isBlocked).toBe(false);
    await untilStatus(ada, await ada.client.sendText(bob.id, 'friends again'), 'delivered');
    const texts = (await bob.client.messages(ada.id)).map(({ text }) => text);
    expect(texts).toContain('friends again');
    expect(texts).not.toContain('let me in');
    expect(await ada.client.message(sent.historyKey)).toMatchObject({ status: 'sent' });
  });

  it('safety numbers are scanned and remembered on all devices, until the key changes', async () => {
    const [asAda, asBob] = [await ada.client.team(), await bob.client.team()];
    const shown = await asAda.scannableFingerprint(bob.id as AccountId);
    expect(await asBob.compareScannable(adaId(), shown)).toBe(true);
    expect(await asBob.compareScannable(adaId(), await asBob.scannableFingerprint(adaId()))).toBe(false);
    expect(await asBob.compareScannable(adaId(), Uint8Array.of(1, 2, 3))).toBe(false);
    await asBob.setVerified(adaId(), true);
    expect(await asBob.identityState(adaId())).toMatchObject({ isVerified: true, isChanged: false, pendingCount: 0 });
    const phoneState = async () => (await phone.client.team()).identityState(adaId());
    await expect.poll(phoneState).toMatchObject({ isVerified: true });

    await publishOtherKey(ada);
    await asBob.members();
    expect(await asBob.identityState(adaId())).toMatchObject({ isVerified: false, wasVerified: true, isChanged: true });
    const notices = (await bob.client.messages(ada.id)).flatMap(({ notice }) => (notice === undefined ? [] : [notice]));
    expect(notices).toEqual([
      { type: 'verification', accountId: ada.id, isVerified: true },
      { type: 'identity-changed', accountId: ada.id },
    ]);
  });

  it('the timer for new conversations is set with the first text, and holds on both sides', async () => {
    await bob.client.setPreferences({ defaultExpireTimerSeconds: 3600 });
    const dora = await team.join('Dora');
    const first = await bob.client.sendText(dora.id, 'hello Dora');
    expect(first.expireTimerSeconds).toBe(3600);
    expect(await untilText(dora, 'hello Dora', bob)).toMatchObject({ expireTimerSeconds: 3600 });
    expect(await dora.client.conversation(bob.id)).toMatchObject({ expireTimerSeconds: 3600 });
    await dora.client.setExpireTimer(bob.id, 0);
    await expect.poll(() => bob.client.conversation(dora.id)).toMatchObject({ expireTimerSeconds: 0 });
    expect((await bob.client.sendText(dora.id, 'as you like')).expireTimerSeconds).toBeUndefined();
    await bob.client.setPreferences({ defaultExpireTimerSeconds: 0 });
  });

  it('is told to a device that is linked later', async () => {
    await bob.client.setPinned(ada.id, true);
    await bob.client.setPreferences({ typingIndicators: false });
    const tablet = await team.link(bob, 'tablet');
    await expect.poll(() => tablet.client.preferences()).toMatchObject({ typingIndicators: false });
    await expect.poll(() => tablet.client.conversation(ada.id)).toMatchObject({ isPinned: true });
    // Whoever reads it later than the change is verified by key, not by word.
    expect(await (await tablet.client.team()).identityState(adaId())).toMatchObject({ isVerified: false });
  });

  it('those who join are announced to those who are there', async () => {
    await bob.client.sendText(bob.id, 'a note');
    const carol = await team.join('Carol');
    await (await bob.client.team()).members();
    expect(await bob.client.messages(carol.id)).toMatchObject([
      { kind: 'notice', notice: { type: 'member-joined', accountId: carol.id } },
    ]);
    expect(await carol.client.conversations()).toEqual([]);
    expect((await bob.client.conversations()).find(({ id }) => id === bob.id)).toMatchObject({ kind: 'self' });
  });

  it('signing out takes the device away and clears its store, with or without the server', async () => {
    const erased = nextEvent(phone, 'erased');
    expect(await phone.client.eraseLocal()).toBe(true);
    await erased;
    expect(await phone.client.account()).toBeUndefined();
    const tables = ['messages', 'sessions', 'account', 'pre-keys', 'conversations', 'directory', 'identities'];
    const rows = await phone.ports.storage.transaction((tx) => Promise.all(tables.map((table) => tx.list(table))));
    expect(rows.flat()).toEqual([]);
    expect((await (await bob.client.team()).devices()).map(({ name }) => name)).not.toContain('phone');
    const dead = await team.join('Dead');
    await team.appliance.stop();
    expect(await dead.client.eraseLocal()).toBe(false);
    expect(await dead.client.account()).toBeUndefined();
  });
});

/** As someone could who has this account's credentials and the team key. */
async function publishOtherKey({ client, ports }: TestClient): Promise<void> {
  const account = (await client.account())!;
  const { signal, random, http } = ports;
  const identityKey = signal.IdentityKeyPair.generate().publicKey.serialize();
  const fields = {
    displayName: 'Ada',
    avatar: new Uint8Array(),
    avatarContentType: '',
    about: '',
    revision: 99,
    team: undefined,
  };
  const profile = sealProfile(signal, random, account.teamKey, account.accountId, { ...fields, identityKey });
  await createApi(http, account.origin, credentialsOf(account)).call('putProfile', { body: { profile } });
}
