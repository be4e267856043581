/** Makes keys and stores their private halves, in the caller's transaction: what is uploaded is always stored before. */
import { encodeBase64Url } from '../../wire/encoding.ts';
import { MAX_ONE_TIME_PRE_KEYS, MAX_REGISTRATION_ID } from '../../wire/limits.ts';
import type {
  DeviceRegistration,
  UploadedKyberPreKey,
  UploadedPreKey,
  UploadedSignedPreKey,
} from '../../wire/schemas.ts';
import type { Bytes, RandomPort, SignalLibrary, StorageTransaction } from '../ports.ts';
import { takeKeyIds } from '../storage/counters.ts';
import { orderedKey } from '../storage/table.ts';
import { keyStates, kyberPreKeys, preKeys, signedPreKeys, type KeyState } from './key-tables.ts';

export interface KeyMaker {
  readonly signal: SignalLibrary;
  readonly identityPrivateKey: Bytes;
  readonly now: number;
}

export async function makePreKeys(maker: KeyMaker, tx: StorageTransaction, count: number): Promise<UploadedPreKey[]> {
  const firstId = await takeKeyIds(tx, count);
  const uploads: UploadedPreKey[] = [];
  for (let keyId = firstId; keyId < firstId + count; keyId++) {
    const privateKey = maker.signal.PrivateKey.generate();
    const record = maker.signal.PreKeyRecord.new(keyId, privateKey.getPublicKey(), privateKey);
    await preKeys.put(tx, orderedKey(keyId), { record: record.serialize() });
    uploads.push({ keyId, publicKey: encodeBase64Url(record.publicKey().serialize()) });
  }
  return uploads;
}

export async function makeKyberPreKeys(
  maker: KeyMaker,
  tx: StorageTransaction,
  count: number,
  isLastResort = false,
): Promise<UploadedKyberPreKey[]> {
  const firstId = await takeKeyIds(tx, count);
  const identity = maker.signal.PrivateKey.deserialize(maker.identityPrivateKey);
  const uploads: UploadedKyberPreKey[] = [];
  for (let keyId = firstId; keyId < firstId + count; keyId++) {
    const keyPair = maker.signal.KEMKeyPair.generate();
    const publicKey = keyPair.getPublicKey().serialize();
    const signature = identity.sign(publicKey);
    const record = maker.signal.KyberPreKeyRecord.new(keyId, maker.now, keyPair, signature);
    await kyberPreKeys.put(tx, orderedKey(keyId), { record: record.serialize(), isLastResort });
    uploads.push({ keyId, publicKey: encodeBase64Url(publicKey), signature: encodeBase64Url(signature) });
  }
  return uploads;
}

export async function makeSignedPreKey(maker: KeyMaker, tx: StorageTransaction): Promise<UploadedSignedPreKey> {
  const keyId = await takeKeyIds(tx, 1);
  const privateKey = maker.signal.PrivateKey.generate();
  const publicKey = privateKey.getPublicKey();
  const signature = maker.signal.PrivateKey.deserialize(maker.identityPrivateKey).sign(publicKey.serialize());
  const record = maker.signal.SignedPreKeyRecord.new(keyId, maker.now, publicKey, privateKey, signature);
  await signedPreKeys.put(tx, orderedKey(keyId), { record: record.serialize() });
  return {
    keyId,
    publicKey: encodeBase64Url(publicKey.serialize()),
    signature: encodeBase64Url(signature),
  };
}

/** A new signed prekey and last-resort Kyber prekey. `slot` says whether the server has them or is to get them. */
export async function makeRotatedKeys(
  maker: KeyMaker,
  tx: StorageTransaction,
  slot: 'current' | 'next',
): Promise<{ signedPreKey: UploadedSignedPreKey; lastResortKyberPreKey: UploadedKyberPreKey }> {
  const signedPreKey = await makeSignedPreKey(maker, tx);
  const [lastResortKyberPreKey] = await makeKyberPreKeys(maker, tx, 1, true);
  if (lastResortKyberPreKey === undefined) throw new Error('no key was made');
  const state: KeyState = {
    signedPreKeyId: signedPreKey.keyId,
    lastResortKyberPreKeyId: lastResortKyberPreKey.keyId,
    madeAt: maker.now,
  };
  await keyStates.put(tx, slot, state);
  return { signedPreKey, lastResortKyberPreKey };
}

/** Everything that a new device shows to the server. */
export async function makeDeviceRegistration(
  maker: KeyMaker,
  tx: StorageTransaction,
  device: { registrationId: number; identityPublicKey: Bytes; encryptedName: string | undefined },
): Promise<DeviceRegistration> {
  return {
    registrationId: device.registrationId,
    identityKey: encodeBase64Url(device.identityPublicKey),
    ...(await makeRotatedKeys(maker, tx, 'current')),
    preKeys: await makePreKeys(maker, tx, MAX_ONE_TIME_PRE_KEYS),
    kyberPreKeys: await makeKyberPreKeys(maker, tx, MAX_ONE_TIME_PRE_KEYS),
    ...(device.encryptedName === undefined ? {} : { name: device.encryptedName }),
  };
}

/** 1 to 16383. */
export function makeRegistrationId(random: RandomPort): number {
  const [high = 0, low = 0] = random.bytes(2);
  return ((high * 256 + low) % MAX_REGISTRATION_ID) + 1;
}
