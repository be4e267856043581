import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBase64Url } from '../../../wire/encoding.ts';
import type { CallMessage } from '../../../wire/generated/content.ts';
import type { AccountId } from '../../../wire/ids.ts';
import { credentialsOf } from '../../../client/account/account-record.ts';
import { getMember } from '../../../client/directory/directory.ts';
import { sealProfile } from '../../../client/directory/profile-crypto.ts';
import { pinIdentity } from '../../../client/directory/trust.ts';
import { deleteSessions } from '../../../client/messaging/sessions.ts';
import { createApi } from '../../../client/transport/api.ts';
import { nextEvent, startTeam, untilStatus, untilText, type Team, type TestClient } from './support.ts';

describe('an identity key that is not the known one', () => {
  let team: Team;
  let ada: TestClient;
  let bob: TestClient;

  beforeAll(async () => {
    team = await startTeam();
    ada = await team.join('Ada');
    bob = await team.join('Bob');
  });
  afterAll(() => team.end());

  /** Puts another key into Bob's profile, as someone who has his credentials and the team key could. */
  async function publishKey(identityKey: Uint8Array, revision: number): Promise<void> {
    const account = (await bob.client.account())!;
    const { signal, random, http } = bob.ports;
    const fields = { displayName: 'Bob', avatar: new Uint8Array(), avatarContentType: '', about: '', team: undefined };
    const profile = sealProfile(signal, random, account.teamKey, account.accountId, {
      ...fields,
      identityKey,
      revision,
    });
    await createApi(http, account.origin, credentialsOf(account)).call('putProfile', { body: { profile } });
  }

  it('is refused before the first message, when it is not the one in the profile', async () => {
    const { identityPublicKey } = (await bob.client.account())!;
    await publishKey(ada.ports.signal.IdentityKeyPair.generate().publicKey.serialize(), 2);
    const changed = nextEvent(ada, 'identityChanged');
    const sent = await ada.client.sendText(bob.id, 'is it you?');
    expect(await changed).toEqual({ accountId: bob.id });
    const waiting = await ada.client.waitForMessage(sent.historyKey, ({ failure }) => failure !== undefined, 10_000);
    expect(waiting).toMatchObject({ status: 'queued', failure: 'IDENTITY_CHANGED' });
    expect(bob.texts).toEqual([]);
    // The profile is right again: what waited goes out.
    await publishKey(identityPublicKey, 3);
    await (await ada.client.team()).members();
    await (await ada.client.team()).acceptIdentity(bob.id as AccountId);
    await untilText(bob, 'is it you?', ada);
    await untilStatus(ada, sent, 'delivered');
  });

  it('holds back what such a member sends, until it is accepted', async () => {
    const other = ada.ports.signal.IdentityKeyPair.generate().publicKey.serialize();
    const account = (await ada.client.account())!;
    await ada.ports.storage.transaction(async (tx) => {
      await pinIdentity(tx, account, bob.id as AccountId, other);
      await deleteSessions(tx, bob.id as AccountId);
    });
    const changed = nextEvent(ada, 'identityChanged');
    const sent = await bob.client.sendText(ada.id, 'it is me');
    await changed;
    expect(ada.texts).not.toContain('it is me');
    const arrived = untilText(ada, 'it is me', bob);
    await (await ada.client.team()).acceptIdentity(bob.id as AccountId);
    await arrived;
    await untilStatus(bob, sent, 'delivered');
  });

  describe('of someone who calls', () => {
    const callId = new Uint8Array(16).fill(3);
    const offer = (byte: number): CallMessage => ({
      callId: callId.fill(byte),
      destinationDevice: 0,
      body: { $case: 'offer', value: { sdp: 'v=0', video: false } },
    });
    const pinAnother = async (): Promise<void> => {
      const account = (await ada.client.account())!;
      const other = ada.ports.signal.IdentityKeyPair.generate().publicKey.serialize();
      await ada.ports.storage.transaction(async (tx) => {
        await pinIdentity(tx, account, bob.id as AccountId, other);
        await deleteSessions(tx, bob.id as AccountId);
      });
      // As from a device that was set up anew: it has no session either.
      await bob.ports.storage.transaction((tx) => deleteSessions(tx, ada.id as AccountId));
    };

    it('is told while it rings, and the call comes again once it is accepted', async () => {
      await pinAnother();
      const ringing = nextEvent(ada, 'call');
      expect(await bob.client.sendCall(ada.id as AccountId, offer(1))).toBe(true);
      expect(await ringing).toMatchObject({
        from: bob.id,
        isIdentityChanged: true,
        call: { body: { $case: 'offer' } },
      });
      const team = await ada.client.team();
      expect(await team.identityState(bob.id as AccountId)).toMatchObject({ isChanged: true, pendingCount: 1 });
      await expect(ada.client.sendCall(bob.id as AccountId, offer(2))).rejects.toMatchObject({
        code: 'IDENTITY_CHANGED',
      });
      const accepted = nextEvent(ada, 'call');
      await team.acceptIdentity(bob.id as AccountId);
      expect(await accepted).toMatchObject({ isIdentityChanged: false });
    });

    it('does not ring for what was over long before it was accepted', async () => {
      await pinAnother();
      const ringing = nextEvent(ada, 'call');
      await bob.client.sendCall(ada.id as AccountId, offer(4));
      await ringing;
      const calls: unknown[] = [];
      const stop = ada.client.on('call', (event) => void calls.push(event));
      ada.skip(61_000);
      const arrived = untilText(ada, 'after the call', bob);
      await bob.client.sendText(ada.id, 'after the call');
      await (await ada.client.team()).acceptIdentity(bob.id as AccountId);
      await arrived;
      expect(calls).toEqual([]);
      stop();
      ada.skip(-61_000);
    });
  });

  it('is not brought back by an old profile', async () => {
    const before = await ada.ports.storage.transaction((tx) => getMember(tx, bob.id as AccountId));
    await publishKey(ada.ports.signal.IdentityKeyPair.generate().publicKey.serialize(), 1);
    await (await ada.client.team()).members();
    const after = await ada.ports.storage.transaction((tx) => getMember(tx, bob.id as AccountId));
    expect(encodeBase64Url(after!.profile!.identityKey)).toBe(encodeBase64Url(before!.profile!.identityKey));
  });
});
