import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IdentityKeyPair } from '@signalapp/libsignal-client';
import type { RawDevice } from '../../support/raw-device.ts';
import { call, createRegistration } from '../../support/raw-device.ts';
import { startTwoNodes, type TwoNodes } from '../../support/two-nodes.ts';

describe('prekeys', () => {
  let nodes: TwoNodes;
  let owner: RawDevice;
  beforeAll(async () => {
    nodes = await startTwoNodes();
    owner = nodes.owner;
  });
  afterAll(() => nodes.stop());

  const fetchBundle = (of: RawDevice, url = nodes.one.url, by = owner) =>
    call(url, 'takePreKeyBundle', {
      params: { accountId: of.accountId, deviceId: of.deviceId },
      credentials: by.credentials,
    }).then(({ devices }) => devices[0]!);

  test('a hundred fetches at once over two nodes give no one-time key twice, then the last-resort key', async () => {
    const device = await owner.inviteAndJoin(60);
    const urls = [nodes.one.url, nodes.two.url];
    const bundles = await Promise.all(Array.from({ length: 100 }, (_, index) => fetchBundle(device, urls[index % 2])));
    const ids = (keyIds: (number | undefined)[]) => keyIds.filter((id) => id !== undefined).sort((a, b) => a - b);
    const all = Array.from({ length: 60 }, (_, index) => index + 1);
    expect(ids(bundles.map(({ preKey }) => preKey?.keyId))).toEqual(all);
    const kyber = bundles.map(({ kyberPreKey }) => kyberPreKey.keyId);
    expect(ids(kyber.filter((id) => id !== 1000))).toEqual(all);
    expect(kyber.filter((id) => id === 1000)).toHaveLength(40);
  });

  test('a device is told when it runs low: at 19, not at 20, wherever the key was fetched, and at connecting', async () => {
    const device = await owner.inviteAndJoin(21);
    const connection = await device.connect();
    await connection.untilFrame('queueDrained');
    const low = () => connection.frames.filter(({ $case }) => $case === 'preKeysLow').map(({ value }) => value);
    await fetchBundle(device, nodes.two.url);
    // What comes behind on the same way shows that nothing was said about the first one.
    await fetchBundle(device, nodes.two.url);
    await connection.untilFrame('preKeysLow');
    expect(low()).toEqual([{ preKeys: 19, kyberPreKeys: 19 }]);
    await fetchBundle(device, nodes.one.url);
    await connection.until(() => low().length === 2, 'a second notice');
    await connection.close();
    const again = await device.connect({ url: nodes.two.url });
    await again.untilFrame('preKeysLow');
    await again.close();
  });

  test('uploads are verified, counted, and bring no used key back', async () => {
    const identity = IdentityKeyPair.generate();
    const device = await owner.inviteAndJoin(2);
    const foreign = createRegistration(identity, 1);
    for (const part of ['signedPreKey', 'lastResortKyberPreKey', 'kyberPreKeys'] as const) {
      await expect(device.call('putKeys', { body: { [part]: foreign[part] } })).rejects.toThrow('INVALID_SIGNATURE');
    }
    const own = createRegistration(device.identity, 5);
    await fetchBundle(device);
    expect(await device.call('putKeys', { body: { preKeys: own.preKeys, kyberPreKeys: own.kyberPreKeys } })).toEqual({
      preKeys: 4,
      kyberPreKeys: 4,
    });
    expect(await device.call('getKeyCounts')).toEqual({ preKeys: 4, kyberPreKeys: 4 });
    const ids = [await fetchBundle(device), await fetchBundle(device)].map(({ preKey }) => preKey?.keyId);
    expect(ids).toEqual([2, 3]);
  });

  test("one's own account gives bundles of the other devices only", async () => {
    const device = await owner.inviteAndJoin();
    const linked = await device.linkDevice();
    const params = { accountId: device.accountId };
    const numbersFor = async (by: RawDevice) =>
      (await by.call('takePreKeyBundles', { params })).devices.map(({ deviceId }) => deviceId);
    expect(await numbersFor(device)).toEqual([linked.deviceId]);
    expect(await numbersFor(linked)).toEqual([device.deviceId]);
    expect(new Set(await numbersFor(owner))).toEqual(new Set([1, linked.deviceId]));
    const nobody = { accountId: '00000000-0000-4000-8000-000000000000' };
    await expect(owner.call('takePreKeyBundles', { params: nobody })).rejects.toThrow('NOT_FOUND');
  });
});
