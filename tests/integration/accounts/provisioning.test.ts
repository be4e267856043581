import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashSecret } from '../../../server/devices/device-secret.ts';
import { call, codeOf, createRegistration, newSecret, type RawDevice } from '../../support/raw-device.ts';
import { findTraces, startTwoNodes, type TwoNodes } from '../../support/two-nodes.ts';

describe('linking a device', () => {
  let nodes: TwoNodes;
  let owner: RawDevice;
  beforeAll(async () => {
    nodes = await startTwoNodes({ VANT_LIMITS_MAX_DEVICES_PER_ACCOUNT: '3' });
    owner = nodes.owner;
  });
  afterAll(() => nodes.stop());

  const link = (account: RawDevice, linkToken: string, change: object = {}) =>
    call(nodes.two.url, 'linkDevice', {
      body: {
        accountId: account.accountId,
        linkToken,
        deviceSecret: newSecret(),
        device: createRegistration(account.identity, 1),
        ...change,
      },
    });
  const newToken = async (account: RawDevice) => {
    const linkToken = newSecret();
    await account.call('createLinkToken', { body: { tokenHash: hashSecret(linkToken) } });
    return linkToken;
  };

  test('an envelope is given once, to whoever knows the address, and the address is not kept', async () => {
    const address = newSecret();
    const params = { address };
    expect(await codeOf(call(nodes.two.url, 'takeProvisionEnvelope', { params }))).toBe('NOT_FOUND');
    const envelope = randomBytes(200).toString('base64url');
    await owner.call('putProvisionEnvelope', { params, body: { envelope } });
    expect(await codeOf(owner.call('putProvisionEnvelope', { params, body: { envelope } }))).toBe('CONFLICT');
    expect(await findTraces(nodes.redis, address)).toEqual([]);
    expect(await call(nodes.two.url, 'takeProvisionEnvelope', { params })).toEqual({ envelope });
    expect(await codeOf(call(nodes.two.url, 'takeProvisionEnvelope', { params }))).toBe('NOT_FOUND');
    expect(await codeOf(call(nodes.one.url, 'putProvisionEnvelope', { params, body: { envelope } }))).toBe(
      'UNAUTHORIZED',
    );
  });

  test('a token links one device of the same identity; the number of devices has an edge', async () => {
    const account = await owner.inviteAndJoin();
    const token = await newToken(account);
    const stranger = createRegistration(undefined, 1);
    expect(await codeOf(link(account, token, { device: stranger }))).toBe('LINK_TOKEN_INVALID');
    expect(await codeOf(link(account, newSecret()))).toBe('LINK_TOKEN_INVALID');
    expect(await codeOf(link(owner, token))).toBe('LINK_TOKEN_INVALID');
    expect((await link(account, token)).deviceId).toBe(2);
    expect(await codeOf(link(account, token))).toBe('LINK_TOKEN_INVALID');
    expect((await link(account, await newToken(account))).deviceId).toBe(3);
    expect(await codeOf(link(account, await newToken(account)))).toBe('TOO_MANY_DEVICES');
  });

  test('only the primary device links and removes others; a linked one removes itself', async () => {
    const account = await owner.inviteAndJoin();
    const [second, third] = [await account.linkDevice(), await account.linkDevice()];
    const remove = (by: RawDevice, deviceId: number) => codeOf(by.call('removeDevice', { params: { deviceId } }));
    expect(await codeOf(newToken(second))).toBe('FORBIDDEN');
    expect(await remove(second, third.deviceId)).toBe('FORBIDDEN');
    expect(await remove(account, 1)).toBe('FORBIDDEN');
    expect(await remove(third, third.deviceId)).toBe('done');
    expect(await remove(account, third.deviceId)).toBe('NOT_FOUND');
    expect(await remove(account, second.deviceId)).toBe('done');
  });
});
