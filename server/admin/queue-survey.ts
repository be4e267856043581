import type { AccountQueues } from '../../wire/admin-schemas.ts';
import type { AccountStore } from '../accounts/account-store.ts';
import type { Account } from '../accounts/account.ts';
import type { QueueInspector } from '../messages/message-store.ts';

export interface Survey {
  readonly accounts: number;
  readonly devices: number;
  readonly envelopes: number;
  readonly bytes: number;
  /** Those with waiting mail, the most first. */
  readonly queues: readonly AccountQueues[];
}

/** Looking at every queue costs Redis some time: several admins who look at once are shown the same. */
const MAX_AGE_MS = 5_000;
/** Accounts that are looked at together: their commands share a write, and nobody else waits long. */
const BATCH = 50;

/** Counts accounts, devices and what waits for them, so that an admin sees whose mail piles up. */
export class QueueSurvey {
  readonly #accounts: AccountStore;
  readonly #queues: QueueInspector;
  readonly #now: () => number;
  #last: { readonly at: number; readonly survey: Promise<Survey> } | undefined;

  constructor(accounts: AccountStore, queues: QueueInspector, now: () => number) {
    this.#accounts = accounts;
    this.#queues = queues;
    this.#now = now;
  }

  look(): Promise<Survey> {
    if (this.#last !== undefined && this.#now() - this.#last.at < MAX_AGE_MS) return this.#last.survey;
    const survey = this.#survey();
    this.#last = { at: this.#now(), survey };
    survey.catch(() => (this.#last = undefined));
    return survey;
  }

  async #survey(): Promise<Survey> {
    const ids = await this.#accounts.listIds();
    const seen: { account: Account; queues: AccountQueues }[] = [];
    for (let i = 0; i < ids.length; i += BATCH) {
      const loaded = await Promise.all(ids.slice(i, i + BATCH).map((id) => this.#accounts.load(id)));
      const there = loaded.filter((account) => account !== undefined);
      seen.push(
        ...(await Promise.all(there.map(async (account) => ({ account, queues: await this.#measure(account) })))),
      );
    }
    const queues = seen.map((each) => each.queues).filter(({ envelopes }) => envelopes > 0);
    return {
      accounts: seen.length,
      devices: seen.reduce((sum, { account }) => sum + account.devices.size, 0),
      envelopes: sumOf(queues, 'envelopes'),
      bytes: sumOf(queues, 'bytes'),
      queues: queues.sort((a, b) => b.envelopes - a.envelopes),
    };
  }

  async #measure({ accountId, devices }: Account): Promise<AccountQueues> {
    const sizes = await Promise.all(
      [...devices.keys()].map(async (deviceId) => ({
        deviceId,
        ...(await this.#queues.measure({ accountId, deviceId })),
      })),
    );
    return { accountId, envelopes: sumOf(sizes, 'envelopes'), bytes: sumOf(sizes, 'bytes'), devices: sizes };
  }
}

function sumOf<K extends string>(items: readonly Readonly<Record<K, number>>[], field: K): number {
  return items.reduce((sum, item) => sum + item[field], 0);
}
