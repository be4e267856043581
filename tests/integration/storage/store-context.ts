/** What every store contract is given: the stores of two nodes on one Redis, and a way to look behind them. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { NewAccount } from '../../../server/accounts/account-store.ts';
import type { DeviceAddress } from '../../../server/devices/device-address.ts';
import { readValue } from '../../support/canary.ts';
import type { RedisConnection } from '../../../server/storage/connection.ts';
import { createStorageKeys } from '../../../server/storage/keys.ts';
import type { Stores } from '../../../server/storage/stores.ts';
import { parseAccountId, PRIMARY_DEVICE_ID, type AccountId } from '../../../wire/ids.ts';
import type { DeviceRegistration, Role } from '../../../wire/schemas.ts';

export interface StoreContext {
  readonly stores: Stores;
  /** The same Redis through another connection, as another node has it. */
  readonly other: Stores;
  /** A third one, whose clock for expiry goes ahead. */
  readonly later: Stores;
  readonly connection: RedisConnection;
}

export const KEY_PREFIX = 'vant:';
export const LATER_MS = 60 * 60 * 1000;
export const storageKeys = createStorageKeys(KEY_PREFIX);

export const newAccountId = (): AccountId => parseAccountId(randomUUID());
export const newHash = (): string => randomBytes(32).toString('base64url');
export const primaryOf = (accountId: AccountId): DeviceAddress => ({ accountId, deviceId: PRIMARY_DEVICE_ID });

const newKey = (keyId: number) => ({ keyId, publicKey: randomBytes(33).toString('base64url') });
const newSignedKey = (keyId: number) => ({ ...newKey(keyId), signature: randomBytes(64).toString('base64url') });

/** Public keys that only look like keys: stores do not verify. */
export function newRegistration(oneTimeKeyIds: readonly number[] = [1, 2]): DeviceRegistration {
  return {
    registrationId: 7,
    identityKey: randomBytes(33).toString('base64url'),
    signedPreKey: newSignedKey(1),
    lastResortKyberPreKey: newSignedKey(1000),
    preKeys: oneTimeKeyIds.map(newKey),
    kyberPreKeys: oneTimeKeyIds.map(newSignedKey),
  };
}

export function newAccount(role: Role = 'member', oneTimeKeyIds?: readonly number[]): NewAccount {
  return {
    accountId: newAccountId(),
    role,
    createdAt: Date.now(),
    inviteId: newHash(),
    secretHash: newHash(),
    device: newRegistration(oneTimeKeyIds),
  };
}

export async function createAccount({ stores }: StoreContext, account = newAccount()): Promise<NewAccount> {
  await stores.accounts.reserve(account.accountId, account.createdAt, 1_000_000, false);
  await stores.accounts.create(account);
  return account;
}

/** Every key of ours whose name or value holds the text. */
export async function findTraces({ connection }: StoreContext, text: string): Promise<string[]> {
  const found: string[] = [];
  for await (const key of connection.scan(`${KEY_PREFIX}*`)) {
    const value = await readValue((...command) => connection.execute(key, command), key);
    if (key.includes(text) || value.some((part) => part.includes(text))) found.push(key);
  }
  return found;
}
