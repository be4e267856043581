import type { DeviceAddress } from '../devices/device-address.ts';
import type { StoredRecord } from '../records/record-source.ts';
import type { KeyCounts, KeyUpload, PreKeyBundles } from '../../wire/schemas.ts';

/** The keys of a bundle; the registration id is in the device record. */
export type TakenKeys = Pick<PreKeyBundles['devices'][number], 'preKey' | 'signedPreKey' | 'kyberPreKey'>;

export interface KeyStore {
  /** @returns what is there afterwards, or undefined where there is no such device. */
  upload(device: DeviceAddress, keys: KeyUpload): Promise<KeyCounts | undefined>;
  count(device: DeviceAddress): Promise<KeyCounts>;
  /** Everything that is stored about the keys of one device; of one-time keys only how many there are. */
  inspect(device: DeviceAddress): Promise<StoredRecord>;
  /** Takes a one-time prekey of each kind out of the store, if there is one, and the lasting ones beside them.
   * No one-time key is ever given twice. @returns undefined where there is no such device. */
  take(device: DeviceAddress): Promise<{ keys: TakenKeys; left: KeyCounts } | undefined>;
}
