import { expect, test } from 'vitest';
import type { StoredInvite } from '../../../server/invites/invite-store.ts';
import { findTraces, newAccountId, newHash, storageKeys, type StoreContext } from './store-context.ts';

const newInvite = (more: Partial<StoredInvite> = {}): StoredInvite => ({
  inviteId: newHash(),
  role: 'member',
  createdAt: Date.now(),
  expiresAt: Date.now() + 60_000,
  createdBy: newAccountId(),
  ...more,
});

export function describeInviteStore(context: () => StoreContext): void {
  const invites = () => context().stores.invites;

  test('an invite is listed until it is removed or expired, and as used once it is claimed', async () => {
    const [claimed, removed, open] = [newInvite(), newInvite({ role: 'admin' }), newInvite()];
    for (const invite of [claimed, removed, open]) await invites().add(invite);
    const accountId = newAccountId();
    await invites().claim(claimed.inviteId, accountId, newHash());
    expect(await invites().remove(removed.inviteId)).toBe(true);
    expect(await invites().remove(removed.inviteId)).toBe(false);
    const listed = await invites().list(Date.now());
    expect(listed.find(({ inviteId }) => inviteId === open.inviteId)).toEqual(open);
    const ids = listed.map(({ inviteId }) => inviteId);
    const used = { ...claimed, createdBy: undefined, usedBy: accountId };
    expect(listed.find(({ inviteId }) => inviteId === claimed.inviteId)).toEqual(used);
    expect(ids).not.toContain(removed.inviteId);
    await invites().list(open.expiresAt + 1);
    expect((await invites().list(0)).map(({ inviteId }) => inviteId)).not.toContain(open.inviteId);
  });

  test('a hundred claims at once, over two nodes, give it to one', async () => {
    const { stores, other } = context();
    const { inviteId } = newInvite();
    await invites().add(newInvite({ inviteId }));
    const claims = Array.from({ length: 100 }, (_, index) =>
      (index % 2 ? stores : other).invites.claim(inviteId, newAccountId(), newHash()),
    );
    expect((await Promise.all(claims)).filter((claim) => claim !== undefined)).toHaveLength(1);
  });

  test('the same secret gets the same account again', async () => {
    const invite = newInvite({ role: 'admin', isSetup: true });
    const secretHash = newHash();
    await invites().add(invite);
    const first = await invites().claim(invite.inviteId, newAccountId(), secretHash);
    expect(first).toMatchObject({ role: 'admin', isSetup: true });
    expect(await invites().claim(invite.inviteId, newAccountId(), secretHash)).toEqual(first);
    expect(await invites().claim(invite.inviteId, newAccountId(), newHash())).toBeUndefined();
  });

  test('an expired invite is gone from Redis', async () => {
    const invite = newInvite({ expiresAt: Date.now() - 1 });
    await invites().add(invite);
    expect(await invites().claim(invite.inviteId, newAccountId(), newHash())).toBeUndefined();
    const key = storageKeys.invite(invite.inviteId);
    expect(await context().connection.execute(key, ['EXISTS', key])).toBe(0);
  });

  test('a claimed invite names its maker no more', async () => {
    const invite = newInvite();
    await invites().add(invite);
    await invites().claim(invite.inviteId, newAccountId(), newHash());
    expect(await findTraces(context(), invite.createdBy!)).toEqual([]);
  });

  test('an invite cannot be written over: neither its role nor whose it is', async () => {
    const invite = newInvite();
    await invites().add(invite);
    expect(await invites().add({ ...invite, createdBy: newAccountId(), role: 'owner' })).toBe(false);
    expect((await invites().list(Date.now())).find(({ inviteId }) => inviteId === invite.inviteId)).toEqual(invite);
    // Whoever lost the answer may ask again.
    expect(await invites().add(invite)).toBe(true);
    await invites().claim(invite.inviteId, newAccountId(), newHash());
    expect(await invites().add(invite)).toBe(false);
  });
}
