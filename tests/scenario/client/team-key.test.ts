import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentialsOf } from '../../../client/account/account-record.ts';
import { getMember } from '../../../client/directory/directory.ts';
import { openProfile, sealProfile } from '../../../client/directory/profile-crypto.ts';
import { buildContent, encodeContent } from '../../../client/messaging/content.ts';
import { enqueueContent } from '../../../client/messaging/compose.ts';
import { createApi } from '../../../client/transport/api.ts';
import type { Bytes } from '../../../client/ports.ts';
import type { AccountId } from '../../../wire/ids.ts';
import { until } from '../../support/until.ts';
import { startTeam, untilStatus, untilText, type Team, type TestClient } from './support.ts';

describe('the team key', () => {
  let team: Team;
  let ada: TestClient;
  let bob: TestClient;
  let carol: TestClient;
  let phone: TestClient;

  beforeAll(async () => {
    team = await startTeam();
    ada = await team.join('Ada');
    bob = await team.join('Bob');
    carol = await team.join('Carol');
    phone = await team.link(bob, 'phone');
    for (const test of [ada, bob, carol]) await (await test.client.team()).members();
  });
  afterAll(() => team.end());

  const keyOf = async (test: TestClient): Promise<string> =>
    Buffer.from((await test.client.account())!.teamKey).toString('hex');
  const sameKey = (...tests: TestClient[]): Promise<boolean> =>
    until('one key for all', async () => new Set(await Promise.all(tests.map(keyOf))).size === 1, 30_000);
  const blobOf = async (reader: TestClient, of: TestClient): Promise<string> => {
    const account = (await reader.client.account())!;
    const api = createApi(reader.ports.http, account.origin, credentialsOf(account));
    return (await api.call('listMembers', {})).members.find(({ accountId }) => accountId === of.id)!.profile!;
  };
  const readsWith = (key: Bytes, of: TestClient, blob: string): string | undefined =>
    openProfile(ada.ports.signal, key, of.id as AccountId, blob)?.displayName;
  const nameOf = async (reader: TestClient, of: TestClient): Promise<string | undefined> => {
    const members = await (await reader.client.team()).members();
    return members.find(({ accountId }) => accountId === of.id)?.profile?.displayName;
  };

  it('is another one after a member was removed, who cannot read what is set from then on', async () => {
    const old = (await carol.client.account())!.teamKey;
    const { link } = await (await ada.client.team()).createInvite({ role: 'member' });
    await bob.close();
    await (await ada.client.team()).removeMember(carol.id as AccountId);
    expect(await keyOf(ada)).not.toBe(Buffer.from(old).toString('hex'));
    // Bob's phone gets it, and seals the profile of the account anew; Bob himself was away.
    await sameKey(ada, phone);
    await until(
      'Bob’s profile under the new key',
      async () => readsWith(old, bob, await blobOf(ada, bob)) === undefined,
      30_000,
    );
    bob = await team.open('Bob');
    await bob.client.connect({ receive: true });
    await sameKey(ada, bob, phone);
    await (await bob.client.team()).setProfile({ displayName: 'Robert' });
    await until('the new name', async () => (await nameOf(ada, bob)) === 'Robert', 30_000);
    for (const of of [ada, bob]) expect(readsWith(old, of, await blobOf(ada, of))).toBeUndefined();
    expect(await keyOf(carol)).toBe(Buffer.from(old).toString('hex'));
    // An invite from before has the old key in it.
    const late = await team.open('Late');
    await expect(late.client.join({ link, displayName: 'Late', deviceName: 'Late' })).rejects.toMatchObject({
      code: 'INVITE_INVALID',
    });
    await untilStatus(ada, await ada.client.sendText(bob.id, 'after the change'), 'delivered');
  });

  it('is given to those who join and are linked later', async () => {
    const dora = await team.join('Dora');
    await sameKey(ada, dora);
    const idOf = async (test: TestClient) => (await test.client.account())?.teamKeyId ?? 0;
    await until('its number', async () => (await idOf(dora)) === (await idOf(ada)));
    const tablet = await team.link(dora, 'tablet');
    await sameKey(ada, tablet);
    await dora.client.sendText(ada.id, 'hello from Dora');
    await untilText(ada, 'hello from Dora', dora);
    await untilText(tablet, 'hello from Dora', ada);
  });

  it('is the same for all when two admins make one at the same moment', async () => {
    await (await ada.client.team()).setRole(bob.id as AccountId, 'admin');
    const [eve, frank] = [await team.join('Eve'), await team.join('Frank')];
    for (const test of [ada, bob, phone]) await (await test.client.team()).members();
    await Promise.all([
      (await ada.client.team()).removeMember(eve.id as AccountId),
      (await bob.client.team()).removeMember(frank.id as AccountId),
    ]);
    await ada.client.flush(20_000);
    await bob.client.flush(20_000);
    await sameKey(ada, bob, phone);
    const { teamKey } = (await ada.client.account())!;
    for (const of of [ada, bob]) {
      await until(
        'the profile under it',
        async () => readsWith(teamKey, of, await blobOf(ada, of)) !== undefined,
        30_000,
      );
    }
  });

  it('is taken from no member who could not remove others, and old profiles bring nothing new', async () => {
    const before = await keyOf(bob);
    const mallory = await team.join('Mallory');
    await (await bob.client.team()).members();
    await mallory.ports.storage.transaction((tx) => {
      const value = { teamKey: new Uint8Array(32).fill(0xff), teamKeyId: 999 };
      const content = buildContent(mallory.ports.random.bytes(16), Date.now(), { $case: 'profileKeyUpdate', value });
      expect(encodeContent(content).length).toBeGreaterThan(32);
      return enqueueContent(tx, bob.id as AccountId, content);
    });
    await mallory.client.sendText(bob.id, 'after the forged key');
    await untilText(bob, 'after the forged key', mallory);
    expect(await keyOf(bob)).toBe(before);

    // As someone could who was removed, and has the server on their side.
    const former = (await carol.client.account())!.teamKey;
    const account = (await mallory.client.account())!;
    const known = (await bob.ports.storage.transaction((tx) => getMember(tx, mallory.id as AccountId)))!.profile!;
    const forged = { ...known, displayName: 'Forged', revision: 50, team: undefined };
    const { signal, random, http } = mallory.ports;
    const profile = sealProfile(signal, random, former, account.accountId, forged);
    await createApi(http, account.origin, credentialsOf(account)).call('putProfile', { body: { profile } });
    expect(await nameOf(bob, mallory)).toBe('Mallory');
  });
});
