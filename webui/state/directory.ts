/** The members of the team, by account id, and what is known about their keys. */
import { msg } from '@lit/localize';
import { signal } from '@preact/signals-core';
import type { DirectoryEntry } from '../../client/directory/directory.ts';
import type { IdentityState } from '../../client/directory/identity-state.ts';
import type { EngineClient } from '../platform/engine-client.ts';
import { parseAccountId } from '../../wire/ids.ts';

/** Nobody is told when someone joins: whoever looks at the page asks now and then. */
const REFRESH_MS = 60_000;

export class Directory {
  readonly members = signal<ReadonlyMap<string, DirectoryEntry>>(new Map());
  /** Of those that were asked for with `watchIdentity`. */
  readonly identities = signal<ReadonlyMap<string, IdentityState>>(new Map());
  readonly #engine: EngineClient;

  constructor(engine: EngineClient) {
    this.#engine = engine;
    const refresh = (): void => void this.#refreshIdentities([...this.identities.value.keys()]);
    engine.on('settings', refresh);
    engine.on('identityChanged', refresh);
    engine.on('refused', refresh);
    engine.on('message', ({ author }) => {
      if (!this.members.value.has(author)) void this.refresh().catch(() => undefined);
    });
    document.addEventListener('visibilitychange', this.#refreshIfSeen);
    setInterval(this.#refreshIfSeen, REFRESH_MS);
  }

  /** What this device knows, and then what the server says. */
  async load(): Promise<void> {
    this.#take(await this.#engine.team.knownMembers());
    // Without a connection, what is known stays.
    void this.refresh().catch(() => undefined);
  }

  async refresh(): Promise<void> {
    this.#take(await this.#engine.team.members());
  }

  clear(): void {
    this.members.value = new Map();
    this.identities.value = new Map();
  }

  nameOf(accountId: string): string {
    return this.members.value.get(accountId)?.profile?.displayName ?? msg('Unknown member');
  }

  async watchIdentity(accountId: string): Promise<void> {
    if (!this.identities.value.has(accountId)) await this.#refreshIdentities([accountId]);
  }

  async refreshIdentity(accountId: string): Promise<void> {
    await this.#refreshIdentities([accountId]);
  }

  #refreshIfSeen = (): void => {
    const isOpen = this.members.value.size > 0;
    if (isOpen && document.visibilityState === 'visible') void this.refresh().catch(() => undefined);
  };

  async #refreshIdentities(accountIds: readonly string[]): Promise<void> {
    const states = await Promise.all(
      accountIds.map((accountId) => this.#engine.team.identityState(parseAccountId(accountId)).catch(() => undefined)),
    );
    const next = new Map(this.identities.value);
    accountIds.forEach((accountId, index) => {
      const state = states[index];
      if (state !== undefined) next.set(accountId, state);
    });
    this.identities.value = next;
  }

  #take(entries: readonly DirectoryEntry[]): void {
    this.members.value = new Map(entries.map((entry) => [entry.accountId, entry]));
  }
}
