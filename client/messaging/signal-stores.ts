/** libsignal's stores over one transaction: a changed session, the message, and the prekey that it consumed are stored
 * together or not at all. */
import type * as Libsignal from '@signalapp/libsignal-client';
import { encodeHex } from '../../wire/encoding.ts';
import { parseAccountId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { copyBytes } from '../bytes.ts';
import { kyberPreKeys, preKeys, signedPreKeys, usedBaseKeys } from '../devices/key-tables.ts';
import { getPinnedIdentity, judgeIdentity, pinIdentity, type JudgeIdentity } from '../directory/trust.ts';
import type { SignalLibrary, StorageTransaction } from '../ports.ts';
import { orderedKey } from '../storage/table.ts';
import { addressKey, sessions } from './sessions.ts';

/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment --
   libsignal calls the methods and never asks for the class; its abstract classes would have to be injected to extend. */

export interface SignalStores {
  readonly session: Libsignal.SessionStore;
  readonly identity: Libsignal.IdentityKeyStore;
  readonly preKey: Libsignal.PreKeyStore;
  readonly signedPreKey: Libsignal.SignedPreKeyStore;
  readonly kyberPreKey: Libsignal.KyberPreKeyStore;
}

export function createSignalStores(
  signal: SignalLibrary,
  tx: StorageTransaction,
  account: Account,
  judge: JudgeIdentity = judgeIdentity,
): SignalStores {
  return {
    session: createSessionStore(signal, tx),
    identity: createIdentityStore(signal, tx, account, judge),
    preKey: {
      savePreKey: (id, record) => preKeys.put(tx, orderedKey(id), { record: record.serialize() }),
      getPreKey: async (id) => {
        const stored = await preKeys.get(tx, orderedKey(id));
        if (stored === undefined) throw new Error(`there is no prekey ${id}`);
        return signal.PreKeyRecord.deserialize(copyBytes(stored.record));
      },
      removePreKey: (id) => preKeys.delete(tx, orderedKey(id)),
    },
    signedPreKey: {
      saveSignedPreKey: (id, record) => signedPreKeys.put(tx, orderedKey(id), { record: record.serialize() }),
      getSignedPreKey: async (id) => {
        const stored = await signedPreKeys.get(tx, orderedKey(id));
        if (stored === undefined) throw new Error(`there is no signed prekey ${id}`);
        return signal.SignedPreKeyRecord.deserialize(copyBytes(stored.record));
      },
    },
    kyberPreKey: createKyberStore(signal, tx),
  };
}

function createSessionStore(signal: SignalLibrary, tx: StorageTransaction): Libsignal.SessionStore {
  const load = async (key: string): Promise<Libsignal.SessionRecord | null> => {
    const stored = await sessions.get(tx, key);
    return stored === undefined ? null : signal.SessionRecord.deserialize(copyBytes(stored.record));
  };
  return {
    saveSession: (address, record) =>
      sessions.put(tx, addressKey(address.name(), address.deviceId()), { record: record.serialize() }),
    getSession: (address) => load(addressKey(address.name(), address.deviceId())),
    getExistingSessions: (addresses) =>
      Promise.all(
        addresses.map(async (address) => {
          const record = await load(addressKey(address.name(), address.deviceId()));
          if (record === null) throw new Error(`there is no session with ${address.toString()}`);
          return record;
        }),
      ),
  };
}

function createIdentityStore(
  signal: SignalLibrary,
  tx: StorageTransaction,
  account: Account,
  judge: JudgeIdentity,
): Libsignal.IdentityKeyStore {
  const privateKey = signal.PrivateKey.deserialize(account.identityPrivateKey);
  const publicKey = signal.PublicKey.deserialize(account.identityPublicKey);
  return {
    getIdentityKey: async () => privateKey,
    getIdentityKeyPair: async () => new signal.IdentityKeyPair(publicKey, privateKey),
    getLocalRegistrationId: async () => account.registrationId,
    // The numbers are libsignal's IdentityChange: NewOrUnchanged and ReplacedExisting.
    saveIdentity: async (address, key) =>
      (await pinIdentity(tx, account, parseAccountId(address.name()), key.serialize())) ? 1 : 0,
    isTrustedIdentity: async (address, key) =>
      (await judge(tx, account, parseAccountId(address.name()), key.serialize())) === 'trusted',
    getIdentity: async (address) => {
      const pinned = await getPinnedIdentity(tx, account, parseAccountId(address.name()));
      return pinned === undefined ? null : signal.PublicKey.deserialize(copyBytes(pinned));
    },
  };
}

/** A one-time key is gone after its use. The last-resort key stays, so a PreKeySignalMessage could be replayed against
 * it: its base key is refused the second time. */
function createKyberStore(signal: SignalLibrary, tx: StorageTransaction): Libsignal.KyberPreKeyStore {
  return {
    saveKyberPreKey: (id, record) =>
      kyberPreKeys.put(tx, orderedKey(id), { record: record.serialize(), isLastResort: false }),
    getKyberPreKey: async (id) => {
      const stored = await kyberPreKeys.get(tx, orderedKey(id));
      if (stored === undefined) throw new Error(`there is no Kyber prekey ${id}`);
      return signal.KyberPreKeyRecord.deserialize(copyBytes(stored.record));
    },
    markKyberPreKeyUsed: async (id, signedPreKeyId, baseKey) => {
      const stored = await kyberPreKeys.get(tx, orderedKey(id));
      if (stored?.isLastResort !== true) return kyberPreKeys.delete(tx, orderedKey(id));
      const key = `${orderedKey(id)}/${signedPreKeyId}/${encodeHex(baseKey.serialize())}`;
      if ((await usedBaseKeys.get(tx, key)) === true) throw new Error('reused base key');
      await usedBaseKeys.put(tx, key, true);
    },
  };
}
