import type { AccountId } from '../../wire/ids.ts';

/** How much the attachments of an account take, and until when. Which files they are is written down nowhere. */
export interface UsageStore {
  /** @returns what to call `keep` or `release` with, 'full', or 'gone' where there is no such account. */
  reserve(
    accountId: AccountId,
    bytes: number,
    quotaBytes: number,
    now: number,
    until: number,
  ): Promise<Usage | Refusal>;
  /** The file is there: it counts until it expires. */
  keep(accountId: AccountId, usage: Usage, until: number): Promise<void>;
  release(accountId: AccountId, usage: Usage): Promise<void>;
  inspect(accountId: AccountId): Promise<InspectedUsage>;
}

export type Refusal = 'full' | 'gone';
export type Usage = { readonly token: string };

export interface InspectedUsage {
  readonly storedAs: string;
  readonly files: readonly { readonly bytes: number; readonly expiresAt: number }[];
}
