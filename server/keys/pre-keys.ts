import { VantError } from '../../wire/errors.ts';
import type { AccountId, DeviceId } from '../../wire/ids.ts';
import { LOW_ONE_TIME_PRE_KEYS } from '../../wire/limits.ts';
import type { KeyCounts, KeyUpload, PreKeyBundles } from '../../wire/schemas.ts';
import type { Account, DeviceRecord } from '../accounts/account.ts';
import type { AccountDirectory } from '../accounts/account-directory.ts';
import type { Actor } from '../accounts/actor.ts';
import { toDeviceText, type DeviceAddress } from '../devices/device-address.ts';
import type { DeviceEvent } from '../devices/device-events.ts';
import type { KeyStore } from './key-store.ts';
import { verifyKeyUpload } from './verify-keys.ts';

/** The public prekeys of all devices: taken in, given out, each one-time key once. */
export class PreKeys {
  readonly #store: KeyStore;
  readonly #directory: AccountDirectory;
  readonly #notify: (device: string, event: DeviceEvent) => void;

  constructor(store: KeyStore, directory: AccountDirectory, notify: (device: string, event: DeviceEvent) => void) {
    this.#store = store;
    this.#directory = directory;
    this.#notify = notify;
  }

  async upload(actor: Actor, upload: KeyUpload): Promise<KeyCounts> {
    verifyKeyUpload(upload, actor.account.identityKey);
    const counts = await this.#store.upload(actor, upload);
    if (counts === undefined) throw new VantError('UNAUTHORIZED');
    return counts;
  }

  async count(device: DeviceAddress): Promise<KeyCounts> {
    return await this.#store.count(device);
  }

  /** A bundle for each device of the account, or for one; a device's own account leaves that device out.
   * @throws VantError NOT_FOUND */
  async takeBundles(actor: Actor, accountId: AccountId, only?: DeviceId): Promise<PreKeyBundles> {
    const account = await this.#directory.findFresh(accountId);
    if (account === undefined) throw new VantError('NOT_FOUND', 'There is no such account.');
    const wanted = [...account.devices].filter(([deviceId]) => isWanted(actor, account, deviceId, only));
    if (only !== undefined && wanted.length === 0) throw new VantError('NOT_FOUND', 'There is no such device.');
    const bundles = await Promise.all(
      wanted.map(([deviceId, record]) => this.#takeBundle({ accountId, deviceId }, record)),
    );
    return { identityKey: account.identityKey, devices: bundles.filter((bundle) => bundle !== undefined) };
  }

  async #takeBundle(
    device: DeviceAddress,
    record: DeviceRecord,
  ): Promise<PreKeyBundles['devices'][number] | undefined> {
    const taken = await this.#store.take(device);
    if (taken === undefined) return undefined;
    if (isLow(taken.left)) this.#notify(toDeviceText(device), { type: 'pre-keys-low', ...taken.left });
    return { deviceId: device.deviceId, registrationId: record.registrationId, ...taken.keys };
  }
}

export const isLow = (counts: KeyCounts): boolean =>
  counts.preKeys < LOW_ONE_TIME_PRE_KEYS || counts.kyberPreKeys < LOW_ONE_TIME_PRE_KEYS;

function isWanted(actor: Actor, account: Account, deviceId: DeviceId, only: DeviceId | undefined): boolean {
  const isSelf = account.accountId === actor.accountId && deviceId === actor.deviceId;
  return !isSelf && (only === undefined || only === deviceId);
}
