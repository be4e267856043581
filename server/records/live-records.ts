import type { AccountId } from '../../wire/ids.ts';
import type { RecordEntry } from '../../wire/record-schemas.ts';

/** What nodes hold in memory about an account: each tells its own, and nobody writes it down. */
export interface LiveRecords {
  /** Answers questions of all nodes, this one included, from now on. */
  serve(describe: (accountId: AccountId) => readonly RecordEntry[]): Promise<void>;
  /** @returns what all nodes say, and how many of them said nothing in time. */
  ask(accountId: AccountId): Promise<{ readonly entries: readonly RecordEntry[]; readonly silentNodes: number }>;
}
