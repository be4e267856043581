import * as signal from '@signalapp/libsignal-client';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccountId, DeviceId } from '../../../wire/ids.ts';
import type { KeyUpload } from '../../../wire/schemas.ts';
import type { Account } from '../../../client/account/account-record.ts';
import { ClientError } from '../../../client/errors.ts';
import { keyStates, kyberPreKeys, preKeys, signedPreKeys } from '../../../client/devices/key-tables.ts';
import { makeKyberPreKeys, makeRotatedKeys } from '../../../client/devices/make-keys.ts';
import { KEEP_MS, replenishPreKeys, ROTATE_MS, rotateKeys } from '../../../client/devices/prekey-upkeep.ts';
import { createSignalStores } from '../../../client/messaging/signal-stores.ts';
import type { ClientPorts } from '../../../client/ports.ts';
import { orderedKey } from '../../../client/storage/table.ts';
import type { Api } from '../../../client/transport/api.ts';
import { createFakeClock, type FakeClock } from './fakes.ts';
import { createMemoryStorage } from './memory-storage.ts';

const identity = signal.IdentityKeyPair.generate();
const account: Account = {
  origin: 'http://x',
  accountId: '00000000-0000-4000-8000-00000000000a' as AccountId,
  deviceId: 1 as DeviceId,
  deviceSecret: '',
  registrationId: 1,
  identityPublicKey: identity.publicKey.serialize(),
  identityPrivateKey: identity.privateKey.serialize(),
  teamKey: new Uint8Array(32),
  trustRoot: new Uint8Array(33),
  role: 'member',
  displayName: 'Ada',
  deviceName: 'Ada',
  profileRevision: 1,
  isProfilePublished: true,
};

describe('prekeys', () => {
  let clock: FakeClock;
  let ports: ClientPorts;
  let uploads: KeyUpload[];
  let isOnline: boolean;
  const api = {
    call: async (_name: string, { body }: { body: KeyUpload }) => {
      uploads.push(body);
      if (!isOnline) throw new ClientError('UNREACHABLE');
      return { preKeys: 100, kyberPreKeys: 100 };
    },
  } as unknown as Api;

  beforeEach(() => {
    clock = createFakeClock();
    uploads = [];
    isOnline = true;
    ports = { signal, clock, storage: createMemoryStorage() } as unknown as ClientPorts;
  });

  const count = (table: { list: typeof preKeys.list }): Promise<number> =>
    ports.storage.transaction(async (tx) => (await table.list(tx)).length);

  it('are filled up to a hundred, where fewer than twenty are left', async () => {
    await replenishPreKeys(ports, api, account, { preKeys: 19, kyberPreKeys: 20 });
    expect(uploads[0]?.preKeys).toHaveLength(81);
    expect(uploads[0]?.kyberPreKeys).toHaveLength(0);
    expect(await count(preKeys)).toBe(81);
  });

  it('are stored before they are uploaded, so that a lost answer loses no key', async () => {
    isOnline = false;
    await expect(replenishPreKeys(ports, api, account, { preKeys: 0, kyberPreKeys: 0 })).rejects.toThrow();
    expect(await count(preKeys)).toBe(100);
    expect(await count(kyberPreKeys)).toBe(100);
  });

  it('are replaced every two days; after a lost answer the same ones are uploaded again', async () => {
    await rotateKeys(ports, api, account);
    await rotateKeys(ports, api, account);
    expect(uploads).toHaveLength(1);
    clock.set(clock.now() + ROTATE_MS);
    isOnline = false;
    await expect(rotateKeys(ports, api, account)).rejects.toThrow();
    isOnline = true;
    await rotateKeys(ports, api, account);
    expect(uploads).toHaveLength(3);
    expect(uploads[2]).toEqual(uploads[1]);
    expect(uploads[1]?.signedPreKey?.keyId).not.toBe(uploads[0]?.signedPreKey?.keyId);
    const state = await ports.storage.transaction((tx) => keyStates.get(tx, 'current'));
    expect(state?.signedPreKeyId).toBe(uploads[1]?.signedPreKey?.keyId);
  });

  it('are kept for 30 days after they were replaced', async () => {
    await rotateKeys(ports, api, account);
    clock.set(clock.now() + ROTATE_MS);
    await rotateKeys(ports, api, account);
    expect(await count(signedPreKeys)).toBe(2);
    clock.set(clock.now() - ROTATE_MS + KEEP_MS + 1);
    await rotateKeys(ports, api, account);
    // The first is gone; the second still serves messages under way.
    expect(await count(signedPreKeys)).toBe(2);
    expect(await count(kyberPreKeys)).toBe(2);
  });

  it('of one-time kind are gone after use; the last-resort one stays, and refuses a base key it has seen', async () => {
    const maker = { signal, identityPrivateKey: account.identityPrivateKey, now: clock.now() };
    await ports.storage.transaction(async (tx) => {
      const [oneTime] = await makeKyberPreKeys(maker, tx, 1);
      const { lastResortKyberPreKey } = await makeRotatedKeys(maker, tx, 'current');
      const { kyberPreKey } = createSignalStores(signal, tx, account);
      const baseKey = signal.PrivateKey.generate().getPublicKey();
      await kyberPreKey.markKyberPreKeyUsed(oneTime!.keyId, 1, baseKey);
      expect(await kyberPreKeys.get(tx, orderedKey(oneTime!.keyId))).toBeUndefined();
      const { keyId } = lastResortKyberPreKey;
      await kyberPreKey.markKyberPreKeyUsed(keyId, 1, baseKey);
      await kyberPreKey.markKyberPreKeyUsed(keyId, 1, signal.PrivateKey.generate().getPublicKey());
      await kyberPreKey.markKyberPreKeyUsed(keyId, 2, baseKey);
      await expect(kyberPreKey.markKyberPreKeyUsed(keyId, 1, baseKey)).rejects.toThrow('reused base key');
      expect((await kyberPreKey.getKyberPreKey(keyId)).id()).toBe(keyId);
    });
  });
});
