import type { RecordEntry, RecordSection } from '../../wire/record-schemas.ts';
import { toDeviceText } from '../devices/device-address.ts';
import { toEntry, type FieldMeanings, type RecordSource, type RecordSubject } from '../records/record-source.ts';
import type { RateInspector } from './rate-store.ts';

const MEANINGS: FieldMeanings = {
  tokens: { kind: 'count', note: 'what is left to spend' },
  at: { kind: 'time', note: 'when it was last counted' },
  expiresInMs: { kind: 'duration', note: 'then it is full again, and forgotten' },
};

/** The buckets that this account, its devices and the address of this request have drawn from. */
export class RateRecordSource implements RecordSource {
  readonly #buckets: RateInspector;
  readonly #scopes: readonly string[];

  /** @param scopes of all limiters */
  constructor(buckets: RateInspector, scopes: readonly string[]) {
    this.#buckets = buckets;
    this.#scopes = scopes;
  }

  async describe({ accountId, account, clientAddress }: RecordSubject): Promise<RecordSection> {
    const devices = [...account.devices.keys()].map((deviceId) => toDeviceText({ accountId, deviceId }));
    // Every limit is asked for everything that it could count by, so that none is overlooked.
    const ids = [accountId, clientAddress, ...devices];
    const entries = await Promise.all(this.#scopes.flatMap((scope) => ids.map((id) => this.#describe(scope, id))));
    return {
      id: 'limits',
      title: 'How much you have done lately',
      place: 'database',
      purpose: 'So that nobody floods the others. Buckets are found by a hash: they do not name you.',
      kept: 'Until a bucket has filled again: at most as long as its limit says, mostly seconds.',
      entries: entries.filter((entry) => entry !== undefined),
    };
  }

  async #describe(scope: string, id: string): Promise<RecordEntry | undefined> {
    const record = await this.#buckets.inspect(scope, id);
    return record === undefined ? undefined : toEntry(scope, record, MEANINGS);
  }
}
