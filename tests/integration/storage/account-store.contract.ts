import { expect, test } from 'vitest';
import type { NewDevice } from '../../../server/accounts/account-store.ts';
import type { AccountId, DeviceId } from '../../../wire/ids.ts';
import {
  createAccount,
  findTraces,
  newAccount,
  newAccountId,
  newHash,
  newRegistration,
  primaryOf,
  storageKeys,
  type StoreContext,
} from './store-context.ts';

const TEN_MINUTES = 600_000;

function newDevice(accountId: AccountId, tokenHash: string): NewDevice {
  return { accountId, tokenHash, secretHash: newHash(), createdAt: Date.now(), device: newRegistration() };
}

export function describeAccountStore(context: () => StoreContext): void {
  const accounts = () => context().stores.accounts;
  const link = async (accountId: AccountId, most = 8) => {
    const tokenHash = newHash();
    await accounts().addLinkToken(accountId, tokenHash, TEN_MINUTES);
    return await accounts().addDevice(newDevice(accountId, tokenHash), most);
  };

  test('an account is there as it was made, and making it again changes nothing', async () => {
    const account = await createAccount(context());
    await accounts().create({ ...account, role: 'owner', device: newRegistration() });
    const loaded = await context().other.accounts.load(account.accountId);
    expect(loaded).toMatchObject({ role: 'member', identityKey: account.device.identityKey });
    expect([...loaded!.devices.keys()]).toEqual([1]);
    expect(loaded!.devices.get(1 as DeviceId)).toMatchObject({ registrationId: 7, secretHash: account.secretHash });
    expect(await context().stores.keys.count(primaryOf(account.accountId))).toEqual({ preKeys: 2, kyberPreKeys: 2 });
  });

  test('there is room for so many accounts and no more, whoever asks at the same time', async () => {
    const { stores, other } = context();
    const present = (await accounts().listIds()).length;
    const candidates = Array.from({ length: 20 }, newAccountId);
    const granted = await Promise.all(
      candidates.map((id, index) => (index % 2 ? stores : other).accounts.reserve(id, 1, present + 5, false)),
    );
    expect(granted.filter(Boolean)).toHaveLength(5);
    const winner = candidates[granted.indexOf(true)]!;
    expect(await accounts().reserve(winner, 1, present + 5, false)).toBe(true);
    expect(await accounts().reserve(newAccountId(), 1, 1_000_000, true)).toBe(false);
    for (const id of candidates) await accounts().release(id);
  });

  test('a reservation that came to nothing is forgotten, an account is not', async () => {
    const account = await createAccount(context());
    const ghost = newAccountId();
    await accounts().reserve(ghost, 1000, 1_000_000, false);
    await accounts().removeGhosts(999);
    expect(await accounts().listIds()).toContain(ghost);
    await accounts().removeGhosts(Date.now() + 1);
    expect(await accounts().listIds()).not.toContain(ghost);
    expect(await accounts().listIds()).toContain(account.accountId);
  });

  test('a guest is in no list, and due when its time is over', async () => {
    const accountId = newAccountId();
    const before = await accounts().listIds();
    const guest = { accountId, createdAt: 1, secretHash: newHash(), device: newRegistration(), expiresAt: 5000 };
    await accounts().createGuest(guest);
    expect(await accounts().listIds()).toEqual(before);
    expect((await accounts().listAll())?.accounts.map((account) => account.accountId)).not.toContain(accountId);
    expect(await accounts().load(accountId)).toMatchObject({ accountId, identityKey: guest.device.identityKey });
    expect(await accounts().listOverdueGuests(4999)).not.toContain(accountId);
    expect(await accounts().listOverdueGuests(5000)).toContain(accountId);
    await accounts().removeGuest(accountId);
    expect(await accounts().load(accountId)).toBeUndefined();
    expect(await accounts().listOverdueGuests(5000)).not.toContain(accountId);
  });

  test('a removed account is gone from all keys and values', async () => {
    const { stores } = context();
    const { accountId } = await createAccount(context());
    await stores.accounts.setProfile(accountId, 'cHJvZmlsZQ');
    await link(accountId);
    await stores.accounts.addLinkToken(accountId, newHash(), TEN_MINUTES);
    await stores.epochs.next(primaryOf(accountId));
    await stores.messages.append(primaryOf(accountId), {
      messageId: new Uint8Array(16),
      envelope: new Uint8Array(9),
      ttlMs: 1000,
      isResend: false,
    });
    expect(await findTraces(context(), accountId)).not.toEqual([]);
    expect(await accounts().remove(accountId)).toBe(true);
    expect(await findTraces(context(), accountId)).toEqual([]);
    // Whatever comes late makes nothing anew.
    await accounts().setProfile(accountId, 'cHJvZmlsZQ');
    await accounts().setRole(accountId, 'admin');
    await accounts().setRole(accountId, 'owner');
    await accounts().updateDevice(primaryOf(accountId), { lastSeenDay: '2026-01-01' });
    await stores.keys.upload(primaryOf(accountId), newRegistration([50]));
    expect(await stores.epochs.next(primaryOf(accountId))).toBe(0);
    expect(await findTraces(context(), accountId)).toEqual([]);
  });

  test('the last owner stays one, whoever else goes at the same moment', async () => {
    const { stores, other, connection } = context();
    await connection.execute(storageKeys.roles, ['DEL', storageKeys.roles]);
    const owners = await Promise.all([1, 2, 3].map(() => createAccount(context(), newAccount('owner'))));
    const ids = owners.map(({ accountId }) => accountId);
    const isDone = await Promise.all([
      stores.accounts.setRole(ids[0]!, 'member'),
      other.accounts.setRole(ids[1]!, 'admin'),
      other.accounts.remove(ids[2]!),
    ]);
    expect(isDone.filter((outcome) => outcome === 'done' || outcome === true)).toHaveLength(2);
    const loaded = await Promise.all(ids.map((id) => accounts().load(id)));
    expect(loaded.filter((account) => account?.role === 'owner')).toHaveLength(1);
  });

  test('a hundred opposite changes at once, over two nodes: all agree on the role, and an owner is left', async () => {
    const { stores, other, connection } = context();
    await connection.execute(storageKeys.roles, ['DEL', storageKeys.roles]);
    const owners = await Promise.all([1, 2].map(() => createAccount(context(), newAccount('owner'))));
    const ids = owners.map(({ accountId }) => accountId);
    const roles = ['owner', 'member', 'admin'] as const;
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        (i % 2 ? stores : other).accounts.setRole(ids[i % 4 < 2 ? 0 : 1]!, roles[i % 3]!),
      ),
    );
    expect(outcomes).toContain('done');
    expect(outcomes).toContain('last-owner');
    const seen = await Promise.all(
      [stores, other].map(async (node) => Promise.all(ids.map(async (id) => (await node.accounts.load(id))?.role))),
    );
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toContain('owner');
    const listed = (await stores.accounts.listAll())!.accounts.filter(({ accountId }) => ids.includes(accountId));
    expect(new Map(listed.map(({ accountId, role }) => [accountId, role]))).toEqual(
      new Map(ids.map((id, i) => [id, seen[0]![i]!])),
    );
  });

  test('a hundred promotions and removals at once never leave a team of none but those who have left', async () => {
    const { stores, other, connection } = context();
    for (let round = 0; round < 10; round++) {
      await connection.execute(storageKeys.roles, ['DEL', storageKeys.roles]);
      const first = await createAccount(context(), newAccount('owner'));
      const heir = await createAccount(context());
      await Promise.all([
        ...Array.from({ length: 4 }, () => stores.accounts.setRole(heir.accountId, 'owner')),
        other.accounts.remove(heir.accountId),
        ...Array.from({ length: 4 }, () => other.accounts.setRole(first.accountId, 'member')),
        stores.accounts.setRole(heir.accountId, 'owner'),
      ]);
      const left = await Promise.all([first, heir].map(({ accountId }) => accounts().load(accountId)));
      expect(
        left.map((account) => account?.role),
        `round ${round}`,
      ).toContain('owner');
    }
  });

  test('whoever is leaving gets no role, and a repeated registration none that was taken away', async () => {
    const { connection } = context();
    const [{ accountId }, admin] = [
      await createAccount(context()),
      await createAccount(context(), newAccount('admin')),
    ];
    // Left by a crash in the middle of a removal.
    await connection.execute(storageKeys.roles, ['HSET', storageKeys.roles, accountId, 'leaving']);
    expect(await accounts().setRole(accountId, 'owner')).toBe('gone');
    expect((await accounts().load(accountId))?.role).toBe('member');
    expect(await accounts().remove(accountId)).toBe(true);
    expect(await accounts().setRole(accountId, 'owner')).toBe('gone');
    expect(await connection.execute(storageKeys.roles, ['HEXISTS', storageKeys.roles, accountId])).toBe(0);
    await accounts().setRole(admin.accountId, 'member');
    await accounts().create(admin);
    expect((await accounts().load(admin.accountId))?.role).toBe('member');
  });

  test('devices are numbered from 2, the lowest free number first, up to the most allowed', async () => {
    const { accountId } = await createAccount(context());
    expect([await link(accountId, 3), await link(accountId, 3), await link(accountId, 3)]).toEqual([2, 3, 'full']);
    expect(await accounts().removeDevice({ accountId, deviceId: 2 as DeviceId })).toBe(true);
    expect(await accounts().removeDevice({ accountId, deviceId: 2 as DeviceId })).toBe(false);
    expect(await link(accountId, 3)).toBe(2);
    const keys = await context().stores.keys.count({ accountId, deviceId: 2 as DeviceId });
    expect(keys).toEqual({ preKeys: 2, kyberPreKeys: 2 });
  });

  test('a link token makes one device, and the same one again for the same secret', async () => {
    const { stores, other } = context();
    const { accountId } = await createAccount(context());
    const tokenHash = newHash();
    await accounts().addLinkToken(accountId, tokenHash, TEN_MINUTES);
    const requests = Array.from({ length: 20 }, () => newDevice(accountId, tokenHash));
    const results = await Promise.all(requests.map((r, i) => (i % 2 ? stores : other).accounts.addDevice(r, 8)));
    expect(results.filter((result) => result === 2)).toHaveLength(1);
    expect(results.filter((result) => result === 'invalid')).toHaveLength(19);
    const winner = requests[results.indexOf(2 as DeviceId)]!;
    expect(await accounts().addDevice(winner, 8)).toBe(2);
    expect(new Set((await accounts().load(accountId))!.devices.keys())).toEqual(new Set([1, 2]));
  });

  test('two devices that link at once never get the same number', async () => {
    const { stores, other } = context();
    const { accountId } = await createAccount(context());
    const linkAt = async (node: typeof stores) => {
      const tokenHash = newHash();
      await node.accounts.addLinkToken(accountId, tokenHash, TEN_MINUTES);
      return await node.accounts.addDevice(newDevice(accountId, tokenHash), 8);
    };
    const results = await Promise.all(Array.from({ length: 10 }, (_, i) => linkAt(i % 2 ? stores : other)));
    const numbers = results.filter((result) => typeof result === 'number');
    expect(numbers.length).toBeGreaterThan(0);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect((await accounts().load(accountId))!.devices.size).toBe(1 + numbers.length);
  });

  test('a device that was removed does not come back by repeating how it was linked', async () => {
    const { accountId } = await createAccount(context());
    const tokenHash = newHash();
    await accounts().addLinkToken(accountId, tokenHash, TEN_MINUTES);
    const request = newDevice(accountId, tokenHash);
    const deviceId = (await accounts().addDevice(request, 8)) as DeviceId;
    await accounts().removeDevice({ accountId, deviceId });
    expect(await accounts().addDevice(request, 8)).toBe('invalid');
  });

  test('removing a device takes nothing from the one that gets its number at the same moment', async () => {
    const { stores, other } = context();
    const { accountId } = await createAccount(context());
    for (let round = 0; round < 30; round++) {
      const old = { accountId, deviceId: (await link(accountId)) as DeviceId };
      const removing = stores.accounts.removeDevice(old);
      const tokenHash = newHash();
      await other.accounts.addLinkToken(accountId, tokenHash, TEN_MINUTES);
      const linked = await other.accounts.addDevice(newDevice(accountId, tokenHash), 8);
      await removing;
      if (typeof linked !== 'number') continue;
      const device = { accountId, deviceId: linked };
      expect(await stores.keys.take(device), `keys in round ${round}`).toBeDefined();
      const entry = { messageId: new Uint8Array(16), envelope: new Uint8Array(1), isResend: false };
      expect(await stores.messages.append(device, entry)).toMatchObject({ status: 'appended' });
      await stores.accounts.removeDevice(device);
    }
  });

  test('a device record keeps what a change does not name', async () => {
    const account = await createAccount(context());
    const device = primaryOf(account.accountId);
    await accounts().updateDevice(device, { name: 'bmFtZQ' });
    await accounts().updateDevice(device, { lastSeenDay: '2026-01-01' });
    expect((await accounts().load(account.accountId))!.devices.get(device.deviceId)).toEqual({
      registrationId: 7,
      secretHash: account.secretHash,
      createdAt: account.createdAt,
      name: 'bmFtZQ',
      lastSeenDay: '2026-01-01',
    });
  });
}
