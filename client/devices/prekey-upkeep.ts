/** Keeps enough one-time prekeys at the server, and replaces the signed and last-resort keys (docs/protocol.md, "Keys"). */
import { encodeBase64Url } from '../../wire/encoding.ts';
import { LOW_ONE_TIME_PRE_KEYS, MAX_ONE_TIME_PRE_KEYS } from '../../wire/limits.ts';
import type { KeyCounts, KeyUpload } from '../../wire/schemas.ts';
import type { Account } from '../account/account-record.ts';
import { copyBytes } from '../bytes.ts';
import type { ClientPorts, SignalLibrary, StorageTransaction } from '../ports.ts';
import { orderedKey } from '../storage/table.ts';
import type { Api } from '../transport/api.ts';
import { keyStates, kyberPreKeys, signedPreKeys, usedBaseKeys, type KeyState } from './key-tables.ts';
import { makeKyberPreKeys, makePreKeys, makeRotatedKeys, type KeyMaker } from './make-keys.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
export const ROTATE_MS = 2 * DAY_MS;
/** Counted from the making of a key: two days at the server, and 30 for messages under way. */
export const KEEP_MS = 32 * DAY_MS;

/** What is made is stored before it is uploaded: when the answer is lost, some keys are kept in vain, and none is
 * missing. */
export async function replenishPreKeys(ports: ClientPorts, api: Api, account: Account, left: KeyCounts): Promise<void> {
  const lacking = (count: number): number => (count < LOW_ONE_TIME_PRE_KEYS ? MAX_ONE_TIME_PRE_KEYS - count : 0);
  const maker = makerOf(ports, account);
  const upload = await ports.storage.transaction(async (tx) => ({
    preKeys: await makePreKeys(maker, tx, lacking(left.preKeys)),
    kyberPreKeys: await makeKyberPreKeys(maker, tx, lacking(left.kyberPreKeys)),
  }));
  await api.call('putKeys', { body: upload });
}

/** Does nothing until the keys are two days old. */
export async function rotateKeys(ports: ClientPorts, api: Api, account: Account): Promise<void> {
  const now = ports.clock.now();
  const upload = await ports.storage.transaction(async (tx) => {
    const next = await keyStates.get(tx, 'next');
    // An earlier upload went unanswered: the same keys again.
    if (next !== undefined) return readUpload(ports.signal, tx, next);
    const current = await keyStates.get(tx, 'current');
    if (current !== undefined && now < current.madeAt + ROTATE_MS) return undefined;
    return makeRotatedKeys(makerOf(ports, account), tx, 'next');
  });
  if (upload === undefined) return;
  await api.call('putKeys', { body: upload });
  await ports.storage.transaction(async (tx) => {
    const next = await keyStates.get(tx, 'next');
    if (next !== undefined) await keyStates.put(tx, 'current', next);
    await keyStates.delete(tx, 'next');
    await purgeOldKeys(ports.signal, tx, now);
  });
}

const makerOf = (ports: ClientPorts, account: Account): KeyMaker => ({
  signal: ports.signal,
  identityPrivateKey: account.identityPrivateKey,
  now: ports.clock.now(),
});

async function readUpload(
  signal: SignalLibrary,
  tx: StorageTransaction,
  { signedPreKeyId, lastResortKyberPreKeyId }: KeyState,
): Promise<KeyUpload | undefined> {
  const signed = await signedPreKeys.get(tx, orderedKey(signedPreKeyId));
  const kyber = await kyberPreKeys.get(tx, orderedKey(lastResortKyberPreKeyId));
  if (signed === undefined || kyber === undefined) return undefined;
  const signedRecord = signal.SignedPreKeyRecord.deserialize(copyBytes(signed.record));
  const kyberRecord = signal.KyberPreKeyRecord.deserialize(copyBytes(kyber.record));
  return {
    signedPreKey: describe(signedRecord),
    lastResortKyberPreKey: describe(kyberRecord),
  };
}

interface SignedRecord {
  id(): number;
  publicKey(): { serialize(): Uint8Array };
  signature(): Uint8Array;
}

const describe = (record: SignedRecord): { keyId: number; publicKey: string; signature: string } => ({
  keyId: record.id(),
  publicKey: encodeBase64Url(record.publicKey().serialize()),
  signature: encodeBase64Url(record.signature()),
});

async function purgeOldKeys(signal: SignalLibrary, tx: StorageTransaction, now: number): Promise<void> {
  const current = await keyStates.get(tx, 'current');
  for (const { key, value } of await signedPreKeys.list(tx)) {
    const record = signal.SignedPreKeyRecord.deserialize(copyBytes(value.record));
    const isOld = record.timestamp() + KEEP_MS < now && record.id() !== current?.signedPreKeyId;
    if (isOld) await signedPreKeys.delete(tx, key);
  }
  for (const { key, value } of await kyberPreKeys.list(tx)) {
    if (!value.isLastResort) continue;
    const record = signal.KyberPreKeyRecord.deserialize(copyBytes(value.record));
    if (record.timestamp() + KEEP_MS >= now || record.id() === current?.lastResortKyberPreKeyId) continue;
    await kyberPreKeys.delete(tx, key);
    for (const used of await usedBaseKeys.list(tx, { prefix: `${key}/` })) await usedBaseKeys.delete(tx, used.key);
  }
}
