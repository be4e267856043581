import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, codeOf, createRegistration, newSecret, RawDevice } from '../../support/raw-device.ts';
import { hashSecret } from '../../../server/devices/device-secret.ts';
import { findTraces, startTwoNodes, type TwoNodes } from '../../support/two-nodes.ts';

describe('roles and removal', () => {
  let nodes: TwoNodes;
  let owner: RawDevice;
  beforeAll(async () => {
    nodes = await startTwoNodes();
    owner = nodes.owner;
  });
  afterAll(() => nodes.stop());

  test('a removed account is cut off at once, on every node and kind of connection, and leaves nothing behind', async () => {
    const gone = await owner.inviteAndJoin();
    const linked = await gone.linkDevice();
    const urls = [nodes.one.url, nodes.two.url];
    const connections = await Promise.all([
      gone.connect({ url: urls[0]! }),
      gone.connect({ url: urls[1]!, query: '?deliver=false' }),
      gone.connect({ url: urls[0]!, query: '?deliver=false' }),
      linked.connect({ url: urls[1]! }),
    ]);
    await gone.call('putProfile', { body: { profile: 'cHJvZmlsZQ' } });
    await gone.call('createLinkToken', { body: { tokenHash: hashSecret(newSecret()) } });
    const sender = await owner.connect();
    await sender.send([gone, linked], 'never read', { ttlSeconds: 60 });
    expect(await findTraces(nodes.redis, gone.accountId)).not.toEqual([]);

    await owner.call('removeAccount', { params: { accountId: gone.accountId } });
    for (const connection of connections) expect((await connection.closed).code).toBe(4401);
    for (const url of urls) {
      await expect(gone.connect({ url })).rejects.toThrow('refused with 401');
      expect(await codeOf(call(url, 'listMembers', { credentials: gone.credentials }))).toBe('UNAUTHORIZED');
    }
    expect(await sender.send(gone, 'to nobody')).toMatchObject({ $case: 'error', value: { code: 'NOT_FOUND' } });
    expect(await findTraces(nodes.redis, gone.accountId)).toEqual([]);
    await sender.close();
  });

  test('a removed device is cut off at once, and its number has a new registration id', async () => {
    const account = await owner.inviteAndJoin();
    const linked = await account.linkDevice();
    const receiving = await linked.connect({ url: nodes.two.url });
    const sending = await linked.connect({ query: '?deliver=false' });
    const primary = await account.connect();
    await account.call('removeDevice', { params: { deviceId: linked.deviceId } });
    for (const connection of [receiving, sending]) expect((await connection.closed).code).toBe(4401);
    await expect(linked.connect()).rejects.toThrow('refused with 401');
    expect(primary.socket.readyState).toBe(primary.socket.OPEN);
    const next = await account.linkDevice(nodes.two.url);
    expect(next.deviceId).toBe(linked.deviceId);
    const sender = await owner.connect();
    const stale = { ...next.toMessage('x'), registrationId: linked.registrationId };
    expect(await sender.send([account, next], 'x', { messages: [account.toMessage('x'), stale] })).toMatchObject({
      $case: 'mismatchedDevices',
      value: { missing: [], extra: [], stale: [next.deviceId] },
    });
    for (const connection of [primary, sender]) await connection.close();
  });

  test('the primary device names any device of the account, a linked one only itself, and both see it', async () => {
    const account = await owner.inviteAndJoin();
    const linked = await account.linkDevice();
    const rename = (by: RawDevice, deviceId: number, name: string) =>
      codeOf(by.call('renameDevice', { params: { deviceId }, body: { name } }));
    expect(await rename(account, linked.deviceId, 'dGFibGV0')).toBe('done');
    expect(await rename(account, 1, 'cGhvbmU')).toBe('done');
    expect(await rename(linked, 1, 'bm8')).toBe('FORBIDDEN');
    expect(await rename(account, 127, 'bm8')).toBe('NOT_FOUND');
    expect(await rename(account, 128, 'bm8')).toBe('BAD_REQUEST');
    for (const device of [account, linked]) {
      const { devices } = await device.call('listDevices');
      expect(devices.map(({ deviceId, name }) => [deviceId, name])).toEqual([
        [1, 'cGhvbmU'],
        [linked.deviceId, 'dGFibGV0'],
      ]);
    }
    expect(await rename(linked, linked.deviceId, 'bWluZQ')).toBe('done');
  });

  test('invites of whoever has left open nothing', async () => {
    const admin = await RawDevice.join(nodes.one.url, await owner.invite('admin'));
    const token = await admin.invite();
    await owner.call('removeAccount', { params: { accountId: admin.accountId } });
    expect(await codeOf(RawDevice.join(nodes.two.url, token))).toBe('INVITE_INVALID');
    expect(await findTraces(nodes.redis, admin.accountId)).toEqual([]);
  });

  test('racing demotions and leavings leave an owner', async () => {
    for (let round = 0; round < 5; round++) {
      const others = await Promise.all(
        [1, 2, 3].map(async () => RawDevice.join(nodes.one.url, await owner.invite('owner'))),
      );
      const owners = [owner, ...others];
      const demote = (by: RawDevice, whom: RawDevice, url: string) =>
        codeOf(
          call(url, 'setRole', {
            params: { accountId: whom.accountId },
            body: { role: 'member' },
            credentials: by.credentials,
          }),
        );
      await Promise.all([
        demote(owners[0]!, owners[1]!, nodes.one.url),
        demote(owners[1]!, owners[0]!, nodes.two.url),
        demote(owners[2]!, owners[2]!, nodes.two.url),
        codeOf(owners[3]!.call('removeAccount', { params: { accountId: owners[3]!.accountId } })),
      ]);
      const { members } = await findMembers(owners);
      const left = members.filter(({ role }) => role === 'owner');
      expect(left.length).toBeGreaterThan(0);
      // The next round needs an owner that the test knows.
      owner = owners.find(({ accountId }) => accountId === left[0]!.accountId)!;
      const last = left.length === 1 ? 'LAST_OWNER' : 'done';
      if (left.length === 1) {
        const params = { accountId: owner.accountId };
        expect(await codeOf(owner.call('setRole', { params, body: { role: 'member' } }))).toBe(last);
        expect(await codeOf(owner.call('removeAccount', { params }))).toBe(last);
      }
    }
  });

  async function findMembers(devices: readonly RawDevice[]) {
    for (const device of devices) {
      const answer = await device.call('listMembers').catch(() => undefined);
      if (answer !== undefined) return answer;
    }
    throw new Error('nobody is left');
  }

  test('two devices that link at once get different numbers', async () => {
    const account = await owner.inviteAndJoin();
    const linkAt = async (url: string) => {
      const linkToken = newSecret();
      await call(url, 'createLinkToken', {
        body: { tokenHash: hashSecret(linkToken) },
        credentials: account.credentials,
      });
      const device = createRegistration(account.identity, 1);
      const body = { accountId: account.accountId, linkToken, deviceSecret: newSecret(), device };
      return await call(url, 'linkDevice', { body }).then(
        ({ deviceId }) => deviceId,
        () => undefined,
      );
    };
    const urls = [nodes.one.url, nodes.two.url];
    const numbers = (await Promise.all([0, 1, 2, 3].map((n) => linkAt(urls[n % 2]!)))).filter((n) => n !== undefined);
    expect(numbers.length).toBeGreaterThan(0);
    expect(new Set(numbers).size).toBe(numbers.length);
    const { devices } = await account.call('listDevices');
    expect(new Set(devices.map(({ deviceId }) => deviceId))).toEqual(new Set([1, ...numbers]));
  });
});
