import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceId } from '../../../wire/ids.ts';
import { nextEvent, startTeam, untilStatus, untilText, type Team, type TestClient } from './support.ts';

describe('several devices of one account', () => {
  let team: Team;
  let ada: TestClient;
  let bob: TestClient;
  let phone: TestClient;

  beforeAll(async () => {
    team = await startTeam();
    ada = await team.join('Ada');
    bob = await team.join('Bob');
    // Sessions in both directions, before Bob has a second device.
    await untilStatus(ada, await ada.client.sendText(bob.id, 'before'), 'delivered');
    phone = await team.link(bob, 'phone');
  });
  afterAll(() => team.end());

  it('belong together, and are listed with their names', async () => {
    expect(phone.id).toBe(bob.id);
    expect((await phone.client.account())?.displayName).toBe('Bob');
    const names = (await (await bob.client.team()).devices()).map(({ name }) => name);
    expect(names).toEqual(['Bob', 'phone']);
  });

  it('both get what is sent after the sender was told of the new one', async () => {
    const sent = await ada.client.sendText(bob.id, 'to both');
    await Promise.all([untilText(bob, 'to both', ada), untilText(phone, 'to both', ada)]);
    await untilStatus(ada, sent, 'delivered');
    expect(ada.log.some((line) => line.includes('send.mismatched-devices'))).toBe(true);
  });

  it('know what the others have sent, and that it was delivered', async () => {
    const synced = nextEvent(bob, 'message', ({ direction }) => direction === 'outgoing');
    const sent = await phone.client.sendText(ada.id, 'from the phone');
    await untilText(ada, 'from the phone', bob);
    const copy = await synced;
    expect(copy).toMatchObject({ id: sent.id, conversation: ada.id, text: 'from the phone', authorDevice: 2 });
    await untilStatus(bob, copy, 'delivered');
  });

  it('know what was read on another, and so does its author', async () => {
    await bob.client.markRead(ada.id);
    await expect.poll(() => phone.client.unreadCounts(), { timeout: 10_000 }).toEqual(new Map());
    const sent = await ada.client.sendText(bob.id, 'read me');
    await Promise.all([untilText(bob, 'read me', ada), untilText(phone, 'read me', ada)]);
    expect(await bob.client.unreadCounts()).toEqual(new Map([[ada.id, 1]]));
    const synced = nextEvent(bob, 'changed', ({ text }) => text === 'read me');
    await phone.client.markRead(ada.id);
    await synced;
    expect(await bob.client.unreadCounts()).toEqual(new Map());
    await untilStatus(ada, sent, 'read');
  });

  it('keep notes to oneself in step', async () => {
    const note = nextEvent(phone, 'message', ({ text }) => text === 'remember the milk');
    const sent = await bob.client.sendText(bob.id, 'remember the milk');
    expect(await note).toMatchObject({ conversation: bob.id, direction: 'outgoing', id: sent.id });
    await untilStatus(bob, sent, 'sent');
  });

  it('are forgotten when they are removed, and a new one takes part', async () => {
    const stopped = nextEvent(phone, 'connection', ({ status }) => status === 'stopped');
    await (await bob.client.team()).removeDevice(2 as DeviceId);
    expect(await stopped).toMatchObject({ reason: 'UNAUTHORIZED' });
    const tablet = await team.link(bob, 'tablet');
    const sent = await ada.client.sendText(bob.id, 'to the tablet');
    await untilText(tablet, 'to the tablet', ada);
    await untilStatus(ada, sent, 'delivered');
    // Whether the tablet has a number of its own (missing and extra) or the phone's again (stale) is up to the server.
    expect(ada.log.filter((line) => /"(extra|stale)":\[2\]/.test(line))).toHaveLength(1);
  });

  it('cannot be used with credentials that were withdrawn', async () => {
    await expect((await phone.client.team()).members()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('refuse a link to another server', async () => {
    const address = 'A'.repeat(43);
    const publicKey = `B${'A'.repeat(43)}`;
    const link = `http://elsewhere.example/link#${address}.${publicKey}`;
    await expect((await bob.client.team()).addDevice(link)).rejects.toMatchObject({ code: 'WRONG_SERVER' });
  });
});
