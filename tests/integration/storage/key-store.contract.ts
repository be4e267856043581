import { expect, test } from 'vitest';
import {
  createAccount,
  newAccount,
  newAccountId,
  newRegistration,
  primaryOf,
  type StoreContext,
} from './store-context.ts';

const ids = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

export function describeKeyStore(context: () => StoreContext): void {
  const keys = () => context().stores.keys;
  const newDevice = async (oneTimeKeyIds: readonly number[]) => {
    const account = await createAccount(context(), newAccount('member', oneTimeKeyIds));
    return { device: primaryOf(account.accountId), registration: account.device };
  };

  test('a bundle has the oldest one-time keys as they were uploaded', async () => {
    const { device, registration } = await newDevice([1, 2]);
    expect(await keys().take(device)).toEqual({
      keys: {
        preKey: registration.preKeys[0],
        signedPreKey: registration.signedPreKey,
        kyberPreKey: registration.kyberPreKeys[0],
      },
      left: { preKeys: 1, kyberPreKeys: 1 },
    });
  });

  test('without one-time keys the last-resort one takes the place, and the EC one is left out', async () => {
    const { device, registration } = await newDevice([]);
    const taken = await keys().take(device);
    expect(taken!.keys.kyberPreKey).toEqual(registration.lastResortKyberPreKey);
    expect(taken!.keys).not.toHaveProperty('preKey');
    expect(taken!.left).toEqual({ preKeys: 0, kyberPreKeys: 0 });
  });

  test('no one-time key is given twice, over two nodes at once', async () => {
    const { stores, other } = context();
    const { device } = await newDevice(ids(1, 80));
    const taken = await Promise.all(ids(0, 100).map((index) => (index % 2 ? stores : other).keys.take(device)));
    const ec = taken.flatMap((bundle) => bundle!.keys.preKey?.keyId ?? []);
    const kyber = taken.map((bundle) => bundle!.keys.kyberPreKey.keyId).filter((keyId) => keyId !== 1000);
    for (const list of [ec, kyber]) expect(list.sort((a, b) => a - b)).toEqual(ids(1, 80));
  });

  test('an id that is not above the highest is ignored, so that no key comes back', async () => {
    const { device } = await newDevice([1, 2]);
    await keys().take(device);
    const upload = { preKeys: newRegistration([1, 2, 3]).preKeys, kyberPreKeys: newRegistration([2]).kyberPreKeys };
    expect(await keys().upload(device, upload)).toEqual({ preKeys: 2, kyberPreKeys: 1 });
    expect(await keys().upload(device, upload)).toEqual({ preKeys: 2, kyberPreKeys: 1 });
    const takenIds = [await keys().take(device), await keys().take(device), await keys().take(device)];
    expect(takenIds.map((bundle) => bundle!.keys.preKey?.keyId)).toEqual([2, 3, undefined]);
  });

  test('a hundred of a kind are kept, and no more', async () => {
    const { device } = await newDevice(ids(1, 40));
    expect(await keys().upload(device, { preKeys: newRegistration(ids(41, 60)).preKeys })).toMatchObject({
      preKeys: 100,
    });
    expect(await keys().upload(device, { preKeys: newRegistration([101]).preKeys })).toMatchObject({ preKeys: 100 });
    // What found no room was not seen: it may come again.
    await keys().take(device);
    expect(await keys().upload(device, { preKeys: newRegistration([101]).preKeys })).toMatchObject({ preKeys: 100 });
  });

  test('lasting keys are replaced, and a part of an upload leaves the rest', async () => {
    const { device, registration } = await newDevice([]);
    const { signedPreKey, lastResortKyberPreKey } = newRegistration();
    await keys().upload(device, { signedPreKey });
    expect((await keys().take(device))!.keys).toEqual({
      signedPreKey,
      kyberPreKey: registration.lastResortKyberPreKey,
    });
    await keys().upload(device, { lastResortKyberPreKey });
    expect((await keys().take(device))!.keys).toEqual({ signedPreKey, kyberPreKey: lastResortKyberPreKey });
  });

  test('a device that is not there has no keys, and gets none', async () => {
    const device = primaryOf(newAccountId());
    expect(await keys().upload(device, newRegistration())).toBeUndefined();
    expect(await keys().take(device)).toBeUndefined();
    expect(await keys().count(device)).toEqual({ preKeys: 0, kyberPreKeys: 0 });
  });
}
