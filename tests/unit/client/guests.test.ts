import { beforeEach, describe, expect, it } from 'vitest';
import { addGuest, getGuestKey, isGuest, listGuests, removeGuest } from '../../../client/directory/guests.ts';
import { judgeByProfile, judgeIdentity, pinIdentity } from '../../../client/directory/trust.ts';
import { defineTable } from '../../../client/storage/table.ts';
import { parseAccountId } from '../../../wire/ids.ts';
import { createMemoryStorage, type MemoryStorage } from './memory-storage.ts';

const OWN = { accountId: parseAccountId('11111111-1111-4111-8111-111111111111'), identityPublicKey: Uint8Array.of(0) };
const ECHO = parseAccountId('22222222-2222-4222-8222-222222222222');
const [KEY, OTHER] = [Uint8Array.of(1), Uint8Array.of(2)];

/** As client/directory/directory.ts keeps them. */
const members = defineTable<object>('directory');
const listMember = (storage: MemoryStorage, profile?: { identityKey: Uint8Array }) =>
  storage.transaction((tx) => members.put(tx, ECHO, { accountId: ECHO, ...(profile && { profile }) }));

describe('a guest', () => {
  let storage: MemoryStorage;
  const judge = (key: Uint8Array) => storage.transaction((tx) => judgeIdentity(tx, OWN, ECHO, key));
  beforeEach(async () => {
    storage = createMemoryStorage();
    await storage.transaction((tx) => addGuest(tx, ECHO, KEY));
  });

  it('is talked to under the key that the server has named, and under no other', async () => {
    expect(await judge(KEY)).toBe('trusted');
    expect(await judge(OTHER)).toBe('changed');
    await expect(storage.transaction((tx) => addGuest(tx, ECHO, OTHER))).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await storage.transaction((tx) => judgeByProfile(tx, OWN, ECHO, KEY))).toBe('unknown');
  });

  it('is nobody after the call', async () => {
    expect(await storage.transaction((tx) => listGuests(tx))).toEqual([ECHO]);
    await storage.transaction((tx) => removeGuest(tx, ECHO));
    expect(await judge(KEY)).toBe('unknown');
  });

  it('cannot be made of a member', async () => {
    await storage.transaction((tx) => removeGuest(tx, ECHO));
    await listMember(storage);
    await expect(storage.transaction((tx) => addGuest(tx, ECHO, KEY))).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('that turns out to be a member is one: the key of the server counts no more', async () => {
    await storage.transaction((tx) => pinIdentity(tx, OWN, ECHO, KEY));
    await listMember(storage);
    expect(await judge(KEY)).toBe('unknown');
    await listMember(storage, { identityKey: OTHER });
    expect([await judge(KEY), await judge(OTHER)]).toEqual(['changed', 'changed']);
    expect(await storage.transaction((tx) => isGuest(tx, ECHO))).toBe(false);
    expect(await storage.transaction((tx) => getGuestKey(tx, ECHO))).toBeUndefined();
  });
});
