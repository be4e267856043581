import type { RecordSection } from '../../wire/record-schemas.ts';
import { toEntry, type FieldMeanings, type RecordSource, type RecordSubject } from '../records/record-source.ts';
import type { InviteStore } from './invite-store.ts';

const MEANINGS: FieldMeanings = {
  inviteId: { kind: 'secret', note: 'hash of the token in the link' },
  role: { kind: 'text' },
  createdAt: { kind: 'time' },
  expiresAt: { kind: 'time' },
  createdBy: { kind: 'text', note: 'forgotten when the invite is used' },
  claimedBy: { kind: 'text', note: 'the account that came in by it' },
  secretHash: {
    kind: 'secret',
    note: 'hash of the secret of the device that used it: a lost answer may be asked for again',
  },
  setup: { kind: 'flag', note: 'it was the link of the first owner' },
};

export class InviteRecordSource implements RecordSource {
  readonly #store: InviteStore;

  constructor(store: InviteStore) {
    this.#store = store;
  }

  async describe({ accountId }: RecordSubject): Promise<RecordSection> {
    const records = await this.#store.inspect(accountId);
    return {
      id: 'invites',
      title: 'Invites that name you',
      place: 'database',
      purpose: 'Those that you have made and nobody has used, and the one that you came in by.',
      kept: 'Until they expire or are revoked. Who made an invite is forgotten when it is used.',
      entries: records.map((record) => toEntry('invite', record, MEANINGS)),
    };
  }
}
