/** What this node remembers of accounts, so that routing a message asks Redis for nothing. Other nodes announce changes;
 * when announcements may have been missed everything is forgotten, and nothing is remembered for long. */
import type { AccountId } from '../../wire/ids.ts';
import type { AccountEventBus } from './account-events.ts';
import type { AccountStore } from './account-store.ts';
import type { Account } from './account.ts';

const MAX_AGE_MS = 30_000;
const MAX_REMEMBERED = 20_000;

interface Remembered {
  readonly account: Account;
  readonly until: number;
}

interface Loading {
  readonly account: Promise<Account | undefined>;
  /** A change was announced meanwhile: the answer may lack it, so it is used once and not remembered. */
  isStale: boolean;
}

export class AccountDirectory {
  readonly #store: AccountStore;
  readonly #bus: AccountEventBus;
  readonly #now: () => number;
  readonly #remembered = new Map<AccountId, Remembered>();
  readonly #loading = new Map<AccountId, Loading>();

  constructor(store: AccountStore, bus: AccountEventBus, now: () => number) {
    this.#store = store;
    this.#bus = bus;
    this.#now = now;
  }

  /** @param onChange is told of every change, here or on another node; undefined means that any may have changed. */
  async start(onChange: (accountId: AccountId | undefined) => void): Promise<void> {
    this.#bus.onInterrupted(() => {
      this.#forgetAll();
      onChange(undefined);
    });
    await this.#bus.subscribe((accountId) => {
      this.forget(accountId);
      onChange(accountId);
    });
  }

  /** The account if it is remembered: no promise, no cost. */
  peek(accountId: AccountId): Account | undefined {
    const remembered = this.#remembered.get(accountId);
    return remembered !== undefined && remembered.until > this.#now() ? remembered.account : undefined;
  }

  async find(accountId: AccountId): Promise<Account | undefined> {
    return this.peek(accountId) ?? (await this.findFresh(accountId));
  }

  /** Asks the store, for decisions that must not rest on memory. */
  async findFresh(accountId: AccountId): Promise<Account | undefined> {
    return await (this.#loading.get(accountId) ?? this.#load(accountId)).account;
  }

  #load(accountId: AccountId): Loading {
    const loading: Loading = { account: this.#store.load(accountId), isStale: false };
    this.#loading.set(accountId, loading);
    const done = (account?: Account) => {
      if (!loading.isStale) this.#loading.delete(accountId);
      if (!loading.isStale && account !== undefined) this.#remember(account);
    };
    loading.account.then(done, () => done());
    return loading;
  }

  #remember(account: Account): void {
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(account.accountId, { account, until: this.#now() + MAX_AGE_MS });
  }

  /** This node has changed the account: forget it here, and tell the others. */
  async announceChange(accountId: AccountId): Promise<void> {
    this.forget(accountId);
    await this.#bus.publish(accountId);
  }

  forget(accountId: AccountId): void {
    this.#remembered.delete(accountId);
    const loading = this.#loading.get(accountId);
    if (loading !== undefined) loading.isStale = true;
    this.#loading.delete(accountId);
  }

  #forgetAll(): void {
    for (const accountId of [...this.#remembered.keys(), ...this.#loading.keys()]) this.forget(accountId);
  }
}
