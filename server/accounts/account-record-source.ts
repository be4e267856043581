import type { RecordSection } from '../../wire/record-schemas.ts';
import { toEntry, type FieldMeanings, type RecordSource, type RecordSubject } from '../records/record-source.ts';
import type { AccountStore } from './account-store.ts';

const MEANINGS: FieldMeanings = {
  accountId: { kind: 'text', note: 'a random number, under which everything else is kept' },
  role: { kind: 'text' },
  createdAt: { kind: 'time' },
  identityKey: { kind: 'bytes', note: 'your public identity key: anybody may know it' },
  inviteId: { kind: 'secret', note: 'hash of the invite that you came in by' },
  profile: { kind: 'sealed', note: 'your name and picture, readable by members only' },
  profileTag: { kind: 'text', note: 'tells whether the profile has changed since a member fetched it' },
};

export class AccountRecordSource implements RecordSource {
  readonly #store: AccountStore;

  constructor(store: AccountStore) {
    this.#store = store;
  }

  async describe({ accountId }: RecordSubject): Promise<RecordSection> {
    return {
      id: 'account',
      title: 'Your account',
      place: 'database',
      purpose: 'To know that you are a member, and what you may do.',
      kept: 'Until the account is removed.',
      entries: [toEntry('account', await this.#store.inspect(accountId), MEANINGS)],
    };
  }
}
