/** Keeps the key that the records are encrypted under (the data key). It is stored wrapped: under a key of this browser, or,
 * once there is a passphrase or a passkey, under those only. One record holds all wraps and is replaced as a whole, so that
 * a crash leaves the old ones or the new ones, and never none. */
import { EngineFault } from '../engine-errors.ts';
import type { Database } from '../ports/database.ts';
import { derivePasskeyKey } from './passkey-key.ts';
import { chooseCost, SALT_BYTES, stretchPassphrase } from './passphrase-key.ts';
import type { NewPasskey, VaultProof, VaultStatus } from './vault-api.ts';
import {
  generateDataKey,
  generateWrappingKey,
  importWrappingKey,
  unwrapDataKey,
  wrapDataKey,
  type Argon2Cost,
  type DeviceWrap,
  type PasskeyWrap,
  type PassphraseWrap,
  type Wrap,
} from './wraps.ts';

const RECORD_NAME = 'data-key';
/** Changes read, think for a second, and write: one tab at a time. */
const LOCK_NAME = 'vant-vault';

interface VaultRecord {
  readonly version: 1;
  readonly wraps: readonly Wrap[];
  readonly idleMinutes?: number | undefined;
}

export class Vault {
  readonly #database: Database;
  readonly #locks: LockManager;
  readonly #chooseCost: () => Promise<Argon2Cost>;

  /** @param chooseArgon2Cost what a new passphrase shall cost */
  constructor(database: Database, locks: LockManager, chooseArgon2Cost = chooseCost) {
    this.#database = database;
    this.#locks = locks;
    this.#chooseCost = chooseArgon2Cost;
  }

  /** The data key, made at the first call; undefined when it takes a passphrase or passkey. */
  async open(): Promise<CryptoKey | undefined> {
    const record = (await this.#read()) ?? (await this.#alone(async () => (await this.#read()) ?? this.#create()));
    const wrap = record.wraps.find((candidate) => candidate.kind === 'device');
    return wrap === undefined ? undefined : openDeviceWrap(wrap, false);
  }

  /** @throws EngineFault WRONG_PASSPHRASE, WRONG_PASSKEY */
  async unlock(proof: VaultProof): Promise<CryptoKey> {
    return openWith(await this.#require(), proof, false);
  }

  async status(isLocked: boolean): Promise<VaultStatus> {
    const { wraps, idleMinutes } = await this.#require();
    return {
      isLocked,
      hasPassphrase: wraps.some(({ kind }) => kind === 'passphrase'),
      passkeys: wraps
        .filter((wrap) => wrap.kind === 'passkey')
        .map(({ credentialId, prfSalt, name, createdAt }) => ({ credentialId, prfSalt, name, createdAt })),
      idleMinutes,
    };
  }

  async setPassphrase(passphrase: string, proof?: VaultProof): Promise<void> {
    if (passphrase === '') throw new RangeError('A passphrase has at least one character.');
    await this.#change(proof, async (others, dataKey) => [
      ...others.filter(({ kind }) => kind !== 'passphrase'),
      await makePassphraseWrap(dataKey, passphrase, await this.#chooseCost()),
    ]);
  }

  async removePassphrase(proof: VaultProof): Promise<void> {
    await this.#change(proof, async (others) => others.filter(({ kind }) => kind !== 'passphrase'));
  }

  async addPasskey(passkey: NewPasskey, proof?: VaultProof): Promise<void> {
    await this.#change(proof, async (others, dataKey) => [
      ...others.filter((wrap) => !isPasskey(wrap, passkey.credentialId)),
      await makePasskeyWrap(dataKey, passkey),
    ]);
  }

  async removePasskey(credentialId: string, proof: VaultProof): Promise<void> {
    await this.#change(proof, async (others) => others.filter((wrap) => !isPasskey(wrap, credentialId)));
  }

  async setIdleMinutes(idleMinutes: number | undefined): Promise<void> {
    await this.#alone(async () => this.#write({ ...(await this.#require()), idleMinutes }));
  }

  /** The key of this browser is dropped as soon as something else opens the vault, and made anew when nothing else does. */
  async #change(
    proof: VaultProof | undefined,
    change: (others: readonly Wrap[], dataKey: CryptoKey) => Promise<readonly Wrap[]>,
  ): Promise<void> {
    await this.#alone(async () => {
      const record = await this.#require();
      const dataKey = await openWith(record, proof, true);
      const others = await change(
        record.wraps.filter(({ kind }) => kind !== 'device'),
        dataKey,
      );
      await this.#write({ ...record, wraps: others.length > 0 ? others : [await makeDeviceWrap(dataKey)] });
    });
  }

  async #create(): Promise<VaultRecord> {
    const record: VaultRecord = { version: 1, wraps: [await makeDeviceWrap(await generateDataKey())] };
    await this.#write(record);
    return record;
  }

  async #read(): Promise<VaultRecord | undefined> {
    return (await this.#database.get('vault', RECORD_NAME)) as VaultRecord | undefined;
  }

  async #require(): Promise<VaultRecord> {
    const record = await this.#read();
    if (record === undefined) throw new Error('The vault has not been made yet.');
    return record;
  }

  async #write(record: VaultRecord): Promise<void> {
    const transaction = this.#database.transaction('vault', 'readwrite', { durability: 'strict' });
    await Promise.all([transaction.store.put(record, RECORD_NAME), transaction.done]);
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#locks.request(LOCK_NAME, work);
  }
}

const isPasskey = (wrap: Wrap, credentialId: string): boolean =>
  wrap.kind === 'passkey' && wrap.credentialId === credentialId;

async function openWith(
  { wraps }: VaultRecord,
  proof: VaultProof | undefined,
  isExtractable: boolean,
): Promise<CryptoKey> {
  const device = wraps.find((wrap) => wrap.kind === 'device');
  if (device !== undefined) return openDeviceWrap(device, isExtractable);
  if (proof === undefined) throw new EngineFault('PROOF_NEEDED');
  return proof.kind === 'passphrase'
    ? openPassphraseWrap(wraps, proof, isExtractable)
    : openPasskeyWrap(wraps, proof, isExtractable);
}

async function openDeviceWrap(wrap: DeviceWrap, isExtractable: boolean): Promise<CryptoKey> {
  const dataKey = await unwrapDataKey(wrap.wrapped, wrap.wrappingKey, isExtractable);
  if (dataKey === undefined) throw new Error('The key of the messages is damaged.');
  return dataKey;
}

async function openPassphraseWrap(
  wraps: readonly Wrap[],
  { passphrase }: VaultProof & { kind: 'passphrase' },
  isExtractable: boolean,
): Promise<CryptoKey> {
  const wrap = wraps.find(({ kind }) => kind === 'passphrase') as PassphraseWrap | undefined;
  if (wrap === undefined) throw new EngineFault('WRONG_PASSPHRASE');
  const wrappingKey = await importWrappingKey(await stretchPassphrase(passphrase, wrap.salt, wrap.cost));
  const dataKey = await unwrapDataKey(wrap.wrapped, wrappingKey, isExtractable);
  if (dataKey === undefined) throw new EngineFault('WRONG_PASSPHRASE');
  return dataKey;
}

async function openPasskeyWrap(
  wraps: readonly Wrap[],
  { credentialId, prfOutput }: VaultProof & { kind: 'passkey' },
  isExtractable: boolean,
): Promise<CryptoKey> {
  const wrap = wraps.find((candidate) => isPasskey(candidate, credentialId));
  if (wrap === undefined) throw new EngineFault('WRONG_PASSKEY');
  const wrappingKey = await importWrappingKey(await derivePasskeyKey(prfOutput));
  const dataKey = await unwrapDataKey(wrap.wrapped, wrappingKey, isExtractable);
  if (dataKey === undefined) throw new EngineFault('WRONG_PASSKEY');
  return dataKey;
}

async function makeDeviceWrap(dataKey: CryptoKey): Promise<DeviceWrap> {
  const wrappingKey = await generateWrappingKey();
  return { kind: 'device', wrappingKey, wrapped: await wrapDataKey(dataKey, wrappingKey) };
}

async function makePassphraseWrap(dataKey: CryptoKey, passphrase: string, cost: Argon2Cost): Promise<PassphraseWrap> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const wrappingKey = await importWrappingKey(await stretchPassphrase(passphrase, salt, cost));
  return { kind: 'passphrase', salt, cost, wrapped: await wrapDataKey(dataKey, wrappingKey) };
}

async function makePasskeyWrap(dataKey: CryptoKey, passkey: NewPasskey): Promise<PasskeyWrap> {
  const wrappingKey = await importWrappingKey(await derivePasskeyKey(passkey.prfOutput));
  const { credentialId, prfSalt, name, createdAt } = passkey;
  const wrapped = await wrapDataKey(dataKey, wrappingKey);
  return { kind: 'passkey', credentialId, prfSalt: new Uint8Array(prfSalt), name, createdAt, wrapped };
}
