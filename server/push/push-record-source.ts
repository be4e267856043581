import type { RecordSection } from '../../wire/record-schemas.ts';
import { toEntry, type FieldMeanings, type RecordSource, type RecordSubject } from '../records/record-source.ts';
import type { PushStore } from './push-store.ts';

const MEANINGS: FieldMeanings = {
  id: { kind: 'text', note: 'random, new with each registration' },
  kind: { kind: 'text', note: 'over which kind of service the device is woken' },
  sealed: { kind: 'sealed', note: 'the address, encrypted with a key that is not in the database' },
  at: { kind: 'time', note: 'when it was registered' },
  dropped: { kind: 'text', note: 'why the address before was dropped, until there is another one' },
  droppedAt: { kind: 'time' },
  want: { kind: 'count', note: 'how urgently it is to be woken: 1 receipts, 2 messages, 3 a call' },
  force: { kind: 'flag', note: 'although it has a connection, because it does not answer on it' },
  ringsUntil: { kind: 'time', note: 'until when a call is worth a wake' },
  changes: { kind: 'count', note: 'how often it was to be woken since it was registered first' },
  urgency: { kind: 'count', note: 'how urgent the last wake was' },
  through: { kind: 'text', note: 'the newest envelope that the last wake was about' },
  wokenAt: { kind: 'time', note: 'the last wake' },
  attempts: { kind: 'count', note: 'attempts that failed' },
  notBefore: { kind: 'time', note: 'the next attempt' },
  isListed: { kind: 'flag', note: 'on the list of devices with a push address' },
  dueAt: { kind: 'time', note: 'on the list of devices to be woken, by when' },
  isBeingWoken: { kind: 'flag' },
};

/** How the account's devices are woken, and when they were. */
export class PushRecordSource implements RecordSource {
  readonly #store: PushStore;

  constructor(store: PushStore) {
    this.#store = store;
  }

  async describe({ accountId, account }: RecordSubject): Promise<RecordSection> {
    const entries = await Promise.all(
      [...account.devices.keys()].map(async (deviceId) => {
        const record = await this.#store.inspect({ accountId, deviceId });
        return record && toEntry(`push to device ${deviceId}`, record, MEANINGS);
      }),
    );
    return {
      id: 'push',
      title: 'How your devices are woken',
      place: 'database',
      purpose: 'To wake a device that has no connection when a message waits for it. A wake says nothing but that.',
      kept: 'Until the device takes it back, is removed, or the push service calls the address dead.',
      entries: entries.filter((entry) => entry !== undefined),
    };
  }
}
