import { VantError } from '../../wire/errors.ts';
import type { AccountId } from '../../wire/ids.ts';
import type { Members, Role } from '../../wire/schemas.ts';
import type { InviteStore } from '../invites/invite-store.ts';
import type { AccountDirectory } from './account-directory.ts';
import type { AccountStore } from './account-store.ts';
import type { Account } from './account.ts';
import { isAdministrator, isOwner, type Actor } from './actor.ts';

/** The members of the team: who there is, in which role, and their leaving. */
export class Accounts {
  readonly #store: AccountStore;
  readonly #invites: InviteStore;
  readonly #directory: AccountDirectory;
  readonly #now: () => number;

  constructor(store: AccountStore, invites: InviteStore, directory: AccountDirectory, now: () => number) {
    this.#store = store;
    this.#invites = invites;
    this.#directory = directory;
    this.#now = now;
  }

  /** @param known version of the list that the client has */
  async list(known?: string): Promise<Members> {
    const list = await this.#store.listAll(known);
    if (list === undefined) return { version: known ?? '', members: [], isUnchanged: true };
    const members = list.accounts.map(({ profile, ...member }) => ({
      ...member,
      ...(profile !== undefined && { profile }),
    }));
    return { version: list.version, members };
  }

  async setProfile(actor: Actor, profile: string): Promise<void> {
    await this.#store.setProfile(actor.accountId, profile);
  }

  /** @throws VantError FORBIDDEN, NOT_FOUND, LAST_OWNER */
  async setRole(actor: Actor, accountId: AccountId, role: Role): Promise<void> {
    if (!isOwner(actor)) throw new VantError('FORBIDDEN', 'Only owners change roles.');
    await this.#require(accountId);
    const outcome = await this.#store.setRole(accountId, role);
    if (outcome === 'last-owner') throw new VantError('LAST_OWNER');
    if (outcome === 'gone') throw noSuchAccount();
    await this.#directory.announceChange(accountId);
  }

  /** Takes effect at once, on open connections too. @throws VantError FORBIDDEN, NOT_FOUND, LAST_OWNER */
  async remove(actor: Actor, accountId: AccountId): Promise<void> {
    const account = await this.#require(accountId);
    if (accountId !== actor.accountId) this.#checkMayRemove(actor, account);
    if (!(await this.#store.remove(accountId))) throw new VantError('LAST_OWNER');
    await this.#directory.announceChange(accountId);
    // Whoever has left invites nobody any more.
    const invites = await this.#invites.list(this.#now());
    const own = invites.filter((invite) => invite.createdBy === accountId);
    await Promise.all(own.map((invite) => this.#invites.remove(invite.inviteId)));
  }

  #checkMayRemove(actor: Actor, account: Account): void {
    if (!isAdministrator(actor)) throw new VantError('FORBIDDEN', 'Only owners and admins remove others.');
    if (account.role === 'owner' && !isOwner(actor)) throw new VantError('FORBIDDEN', 'Only owners remove owners.');
  }

  async #require(accountId: AccountId): Promise<Account> {
    const account = await this.#directory.findFresh(accountId);
    if (account === undefined) throw noSuchAccount();
    return account;
  }
}

const noSuchAccount = (): VantError => new VantError('NOT_FOUND', 'There is no such account.');
