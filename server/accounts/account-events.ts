import type { AccountId } from '../../wire/ids.ts';

/** Tells all nodes that an account has changed, so that none acts on what it remembers of it. */
export interface AccountEventBus {
  publish(accountId: AccountId): Promise<void>;
  subscribe(listener: (accountId: AccountId) => void): Promise<void>;
  onInterrupted(listener: () => void): void;
}
