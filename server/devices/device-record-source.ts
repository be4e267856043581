import type { RecordSection } from '../../wire/record-schemas.ts';
import type { AccountStore } from '../accounts/account-store.ts';
import { toEntry, type FieldMeanings, type RecordSource, type RecordSubject } from '../records/record-source.ts';

const DEVICE_MEANINGS: FieldMeanings = {
  registrationId: { kind: 'count', note: 'a random number by which others notice that a device is a new one' },
  secretHash: { kind: 'secret', note: 'hash of the secret with which the device signs in' },
  createdAt: { kind: 'time' },
  name: { kind: 'text', note: 'encrypted: only your own devices can read it' },
  lastSeenDay: { kind: 'day', note: 'day of the last connection, no more exactly than that' },
  connections: { kind: 'count', note: 'how often it has connected: the newest connection receives' },
};
const LINKING_MEANINGS: FieldMeanings = {
  tokenHash: { kind: 'secret', note: 'hash of a token with which one device may be linked' },
  claim: { kind: 'text', note: 'the device that has used it' },
  expiresInMs: { kind: 'duration' },
};

export class DeviceRecordSource implements RecordSource {
  readonly #store: AccountStore;

  constructor(store: AccountStore) {
    this.#store = store;
  }

  async describe({ accountId }: RecordSubject): Promise<RecordSection> {
    const { devices, linkTokens } = await this.#store.inspectDevices(accountId);
    return {
      id: 'devices',
      title: 'Your devices',
      place: 'database',
      purpose: 'To let your devices in, and to give each its own copy of every message.',
      kept:
        'Until the device is removed; tokens for linking ten minutes. What a device leaves for another while linking ' +
        'lies ten minutes at a random address, and the server cannot tell whose it is.',
      entries: [
        ...devices.map(({ deviceId, record }) => toEntry(`device ${deviceId}`, record, DEVICE_MEANINGS)),
        ...linkTokens.map((record) => toEntry('link token', record, LINKING_MEANINGS)),
      ],
    };
  }
}
