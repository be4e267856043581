import { describe, expect, it } from 'vitest';
import { buildContent, textBody } from '../../../client/messaging/content.ts';
import { setFormer } from '../../../client/directory/former-members.ts';
import {
  fromWire,
  MAX_GROUP_AVATAR_BYTES,
  MAX_GROUP_MEMBERS,
  MAX_TITLE_UNITS,
  succeed,
  toContext,
  toWire,
  type GroupState,
} from '../../../client/groups/group-state.ts';
import type { GroupOperation } from '../../../client/groups/group-operation.ts';
import { accountIdOf, deliverAll, deliverOne, Peer } from './group-peers.ts';

/** A small generator that gives the same every time. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function startGroup(count: number, seed = 1) {
  const random = createRandom(seed);
  const peers = Array.from({ length: count }, (_, index) => new Peer(index + 1, random));
  const [ada] = peers as [Peer, ...Peer[]];
  const id = await ada.create({ title: 'Group', members: peers.map((peer) => peer.id) });
  await deliverAll(peers);
  return { peers: peers as [Peer, Peer, Peer, Peer], id, random };
}

const textContent = (state: GroupState, id: number, text: string) =>
  buildContent(new Uint8Array(16).fill(id), 1_700_000_000_000 + id, textBody(text), { group: toContext(state) });

describe('a group', () => {
  it('is known to all of its members, with its maker as admin', async () => {
    const { peers, id } = await startGroup(4);
    const [ada] = peers;
    for (const peer of peers) {
      expect(await peer.state(id)).toEqual(await ada.state(id));
      expect(await peer.changes(id)).toEqual(['created']);
    }
    const admins = (await ada.state(id))!.members.filter(({ isAdmin }) => isAdmin);
    expect(admins.map(({ accountId }) => accountId)).toEqual([ada.id]);
  });

  it('lets members do what the rules allow, and admins everything', async () => {
    const { peers, id } = await startGroup(4);
    const [ada, bob, carol, dave] = peers;
    const eve = accountIdOf(9);
    await bob.change(id, { type: 'edit', title: 'Renamed' });
    await deliverAll(peers);
    expect((await dave.state(id))?.title).toBe('Renamed');
    const forbidden: GroupOperation[] = [
      { type: 'remove', accountId: carol.id },
      { type: 'promote', accountId: bob.id },
      { type: 'demote', accountId: ada.id },
      { type: 'access', addMembers: 'admins' },
    ];
    for (const operation of forbidden) {
      await expect(bob.change(id, operation)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    }
    await ada.change(id, { type: 'access', addMembers: 'admins', editAttributes: 'admins' });
    await deliverAll(peers);
    await expect(bob.change(id, { type: 'add', accountIds: [eve] })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(bob.change(id, { type: 'edit', title: 'x' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await ada.change(id, { type: 'promote', accountId: bob.id });
    await deliverAll(peers);
    await bob.change(id, { type: 'remove', accountId: carol.id });
    await deliverAll(peers);
    expect((await carol.state(id))?.members.map(({ accountId }) => accountId)).not.toContain(carol.id);
    await expect(carol.say(id, 'still here?')).rejects.toMatchObject({ code: 'NOT_IN_GROUP' });
  });

  it('receivers refuse what a sender with a program of their own should not have sent', async () => {
    const { peers, id } = await startGroup(4);
    const [ada, bob, carol] = peers;
    const state = (await ada.state(id))!;
    await ada.change(id, { type: 'access', editAttributes: 'admins' });
    await deliverAll(peers);
    const current = (await ada.state(id))!;
    const forged: Partial<GroupState>[] = [
      { members: state.members.filter(({ accountId }) => accountId !== ada.id) },
      { members: state.members.map(({ accountId }) => ({ accountId, isAdmin: true })) },
      { title: 'mine now' },
      { editAttributes: 'members' },
      { members: [] },
    ];
    for (const [index, change] of forged.entries()) {
      const next = succeed(current, change, new Uint8Array(8).fill(0xf0 + index));
      const value = { state: toWire(next) };
      const content = buildContent(
        new Uint8Array(16).fill(index),
        5,
        { $case: 'groupUpdate', value },
        { group: toContext(next) },
      );
      await carol.receive(bob.id, content);
      // A jump far ahead is no way around it.
      const far = toWire({ ...next, revision: 1000, ancestors: [] });
      await carol.receive(bob.id, { ...content, body: { $case: 'groupUpdate', value: { state: far } } });
      // Nor is a stranger.
      await carol.receive(accountIdOf(99), content);
    }
    expect(await carol.state(id)).toEqual(current);
  });

  it('hears only its members; who is removed gets the notice and nothing after', async () => {
    const { peers, id } = await startGroup(4);
    const [ada, bob, carol, dave] = peers;
    const state = (await ada.state(id))!;
    await bob.receive(accountIdOf(50), textContent(state, 1, 'from a stranger'));
    await ada.change(id, { type: 'remove', accountId: dave.id });
    await deliverAll(peers);
    await ada.say(id, 'without Dave');
    await bob.receive(dave.id, textContent(state, 2, 'I am still here'));
    await deliverAll(peers);
    expect(await bob.texts(id)).toEqual(['without Dave']);
    expect(await dave.texts(id)).toEqual([]);
    expect(await dave.changes(id)).toEqual(['created', 'removed']);
    expect(await carol.texts(id)).toEqual(['without Dave']);
  });

  it('tells whoever joins, also when a message of another comes before the state', async () => {
    const { peers, id, random } = await startGroup(3);
    const [ada, bob] = peers;
    const eve = new Peer(9, random);
    await ada.change(id, { type: 'add', accountIds: [eve.id] });
    await deliverOne(ada, bob);
    await bob.say(id, 'welcome Eve');
    await deliverOne(bob, eve);
    expect(await eve.texts(id)).toEqual([]);
    await deliverAll([...peers, eve]);
    expect(await eve.texts(id)).toEqual(['welcome Eve']);
    expect(await eve.state(id)).toEqual(await ada.state(id));
    expect(await eve.changes(id)).toEqual(['added']);
  });

  it('brings members up to date who have missed changes', async () => {
    const { peers, id } = await startGroup(4);
    const [ada, bob, carol] = peers;
    await ada.change(id, { type: 'promote', accountId: bob.id });
    await ada.change(id, { type: 'edit', title: 'Second' });
    await ada.change(id, { type: 'edit', description: 'Third' });
    // Nothing of it reaches Carol; then Bob writes.
    for (let count = 0; count < 3; count++) await ada.take(carol.id);
    await deliverAll(peers);
    await bob.say(id, 'have you seen?');
    await deliverAll(peers);
    expect(await carol.texts(id)).toEqual(['have you seen?']);
    expect(await carol.state(id)).toEqual(await ada.state(id));
  });

  it('brings up to date who writes with an old state', async () => {
    const { peers, id } = await startGroup(3);
    const [ada, bob, carol] = peers;
    await ada.change(id, { type: 'edit', title: 'New title' });
    await ada.take(carol.id);
    await deliverOne(ada, bob);
    await carol.say(id, 'from the past');
    await deliverAll(peers);
    expect(await bob.texts(id)).toEqual(['from the past']);
    expect((await carol.state(id))?.title).toBe('New title');
  });

  it('loses no change that is made at the same time as another, and ends the same for all', async () => {
    for (let seed = 1; seed <= 15; seed++) {
      const { peers, id, random } = await startGroup(4, seed);
      const [ada, bob, carol, dave] = peers;
      const choose = (below: number) => Math.floor(random() * below);
      await ada.change(id, { type: 'promote', accountId: bob.id });
      await deliverAll(peers, choose);
      await Promise.all([
        ada.change(id, { type: 'edit', title: `Title ${seed}` }),
        bob.change(id, { type: 'edit', description: `Description ${seed}` }),
        carol.change(id, { type: 'expire-timer', expireTimerSeconds: 60 + seed }),
        dave.change(id, { type: 'add', accountIds: [accountIdOf(77)] }),
      ]);
      await deliverAll(peers, choose);
      const state = (await ada.state(id))!;
      for (const peer of peers) expect(await peer.state(id), `seed ${seed}`).toEqual(state);
      expect(state).toMatchObject({
        title: `Title ${seed}`,
        description: `Description ${seed}`,
        expireTimerSeconds: 60 + seed,
      });
      expect(state.members.map(({ accountId }) => accountId)).toContain(accountIdOf(77));
    }
  });

  it('two admins who remove each other at the same moment: one stays, for everybody the same', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { peers, id, random } = await startGroup(4, seed);
      const [ada, bob, carol, dave] = peers;
      await ada.change(id, { type: 'promote', accountId: bob.id });
      await deliverAll(peers);
      await ada.change(id, { type: 'remove', accountId: bob.id });
      await bob.change(id, { type: 'remove', accountId: ada.id });
      await deliverAll(peers, (below) => Math.floor(random() * below));
      const state = (await carol.state(id))!;
      expect(await dave.state(id), `seed ${seed}`).toEqual(state);
      const left = state.members.filter(({ accountId }) => accountId === ada.id || accountId === bob.id);
      expect(left).toHaveLength(1);
      const survivor = left[0]!.accountId === ada.id ? ada : bob;
      expect(await survivor.state(id), `seed ${seed}`).toEqual(state);
    }
  });

  it('has an admin as long as it has members: who leaves last is followed', async () => {
    const { peers, id } = await startGroup(3);
    const [ada, bob, carol] = peers;
    await ada.change(id, { type: 'leave' });
    await deliverAll(peers);
    expect((await carol.state(id))?.members).toEqual([
      { accountId: bob.id, isAdmin: true },
      { accountId: carol.id, isAdmin: false },
    ]);
    await bob.change(id, { type: 'remove', accountId: carol.id });
    await bob.say(id, 'alone');
    await deliverAll(peers);
    expect(await bob.texts(id)).toEqual(['alone']);
    expect(await carol.texts(id)).toEqual([]);
  });

  it('who has left the team is not in it, and an admin who has is replaced', async () => {
    const { peers, id } = await startGroup(4);
    const [ada, bob, carol, dave] = peers;
    for (const peer of [bob, carol, dave]) {
      await peer.storage.transaction((tx) => setFormer(tx, ada.id, true));
    }
    await carol.receive(ada.id, textContent((await ada.state(id))!, 1, 'from outside'));
    await bob.say(id, 'Ada has gone');
    expect(await bob.recipients()).not.toContain(ada.id);
    await bob.change(id, { type: 'remove', accountId: dave.id });
    await deliverAll([bob, carol, dave]);
    expect(await carol.texts(id)).toEqual(['Ada has gone']);
    expect((await carol.state(id))?.members.map(({ accountId }) => accountId)).toEqual([ada.id, bob.id, carol.id]);
  });
});

describe('the state of a group', () => {
  const member = (number: number) => ({ accountId: accountIdOf(number), isAdmin: false });
  const state: GroupState = {
    id: `group:${'ab'.repeat(16)}`,
    revision: 3,
    stateId: '01'.repeat(8),
    ancestors: ['02'.repeat(8)],
    title: 'Title',
    description: 'Description',
    avatar: Uint8Array.of(1, 2),
    avatarContentType: 'image/png',
    members: [{ accountId: accountIdOf(1), isAdmin: true }, member(2)],
    expireTimerSeconds: 60,
    addMembers: 'admins',
    editAttributes: 'members',
  };

  it('survives the way there and back', () => expect(fromWire(toWire(state))).toEqual(state));

  it('is refused beyond its limits, and taken at them', () => {
    const members = (count: number) => Array.from({ length: count }, (_, index) => member(index + 1));
    const atLimit = {
      ...state,
      title: 't'.repeat(MAX_TITLE_UNITS),
      members: members(MAX_GROUP_MEMBERS),
      avatar: new Uint8Array(MAX_GROUP_AVATAR_BYTES),
    };
    expect(fromWire(toWire(atLimit))).toEqual(atLimit);
    const beyond: Partial<GroupState>[] = [
      { title: 't'.repeat(MAX_TITLE_UNITS + 1) },
      { title: '' },
      { members: members(MAX_GROUP_MEMBERS + 1) },
      { avatar: new Uint8Array(MAX_GROUP_AVATAR_BYTES + 1) },
      { description: 'd'.repeat(1001) },
      { revision: 0 },
      { stateId: '01' },
      { ancestors: Array.from({ length: 33 }, () => '02'.repeat(8)) },
    ];
    for (const change of beyond)
      expect(fromWire(toWire({ ...state, ...change })), Object.keys(change)[0]).toBeUndefined();
    expect(fromWire({ ...toWire(state), groupId: new Uint8Array(15) })).toBeUndefined();
    expect(fromWire(undefined)).toBeUndefined();
  });
});
