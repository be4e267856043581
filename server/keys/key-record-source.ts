import type { RecordSection } from '../../wire/record-schemas.ts';
import { toEntry, type FieldMeanings, type RecordSource, type RecordSubject } from '../records/record-source.ts';
import type { KeyStore } from './key-store.ts';

const MEANINGS: FieldMeanings = {
  signedPreKeyId: { kind: 'count' },
  signedPreKey: { kind: 'bytes', note: 'public key and signature' },
  lastResortKyberPreKeyId: { kind: 'count' },
  lastResortKyberPreKey: { kind: 'bytes', note: 'public key and signature' },
  highestPreKeyId: { kind: 'count' },
  highestKyberPreKeyId: { kind: 'count' },
  preKeys: { kind: 'count', note: 'public one-time keys that are left; each is given out once' },
  kyberPreKeys: { kind: 'count', note: 'public one-time keys that are left; each is given out once' },
};

export class KeyRecordSource implements RecordSource {
  readonly #store: KeyStore;

  constructor(store: KeyStore) {
    this.#store = store;
  }

  async describe({ accountId, account }: RecordSubject): Promise<RecordSection> {
    const records = await Promise.all(
      [...account.devices.keys()].map(async (deviceId) => ({
        deviceId,
        record: await this.#store.inspect({ accountId, deviceId }),
      })),
    );
    return {
      id: 'keys',
      title: 'Public keys of your devices',
      place: 'database',
      purpose:
        'Members who write to you for the first time need them. Private keys never leave your devices. Certificates that ' +
        'your devices ask for are made and not kept.',
      kept: 'Until they are used up, replaced, or the device is removed.',
      entries: records.map(({ deviceId, record }) => toEntry(`device ${deviceId}`, record, MEANINGS)),
    };
  }
}
