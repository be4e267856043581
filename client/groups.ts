/** Groups: everything about them is in encrypted messages and on devices. The server sees deliveries to single members. */
import type { AccountId } from '../wire/ids.ts';
import { changeGroup, createGroup, type NewGroup } from './groups/change-group.ts';
import { findGroup, listOwnGroups, type Group } from './groups/group.ts';
import type { GroupOperation } from './groups/group-operation.ts';
import type { GroupAccessLevel } from './groups/group-state.ts';
import type { JoinedClient } from './joined-client.ts';
import type { ActionContext } from './messaging/message-actions.ts';
import type { ClientPorts } from './ports.ts';

export type GroupEdit = Omit<Extract<GroupOperation, { type: 'edit' }>, 'type'>;

export interface GroupAccessChange {
  readonly addMembers?: GroupAccessLevel;
  readonly editAttributes?: GroupAccessLevel;
}

/** The changes throw ClientError NO_SUCH_CONVERSATION, NOT_IN_GROUP, NOT_ALLOWED. */
export class Groups {
  readonly #ports: ClientPorts;
  readonly #joined: JoinedClient;

  constructor(ports: ClientPorts, joined: JoinedClient) {
    this.#ports = ports;
    this.#joined = joined;
  }

  /** Those that this account is in, by title. */
  list(): Promise<Group[]> {
    return this.#ports.storage.transaction((tx) => listOwnGroups(tx, this.#joined.account.accountId));
  }

  /** Also one that this account has left. */
  find(id: string): Promise<Group | undefined> {
    return this.#ports.storage.transaction((tx) => findGroup(tx, id, this.#joined.account.accountId));
  }

  /** Gives the conversation. Whoever makes a group is its admin. */
  create(group: NewGroup): Promise<string> {
    return this.#act((context) => createGroup(context, group));
  }

  /** Title, description, picture. */
  edit(id: string, change: GroupEdit): Promise<void> {
    return this.#change(id, { type: 'edit', ...change });
  }

  add(id: string, accountIds: readonly AccountId[]): Promise<void> {
    return this.#change(id, { type: 'add', accountIds });
  }

  remove(id: string, accountId: AccountId): Promise<void> {
    return this.#change(id, { type: 'remove', accountId });
  }

  /** The last admin who leaves is followed by the first of the members. */
  leave(id: string): Promise<void> {
    return this.#change(id, { type: 'leave' });
  }

  setAdmin(id: string, accountId: AccountId, isAdmin: boolean): Promise<void> {
    return this.#change(id, { type: isAdmin ? 'promote' : 'demote', accountId });
  }

  setAccess(id: string, change: GroupAccessChange): Promise<void> {
    return this.#change(id, { type: 'access', ...change });
  }

  /** 0: messages stay. */
  setExpireTimer(id: string, expireTimerSeconds: number): Promise<void> {
    return this.#change(id, { type: 'expire-timer', expireTimerSeconds });
  }

  #change(id: string, operation: GroupOperation): Promise<void> {
    return this.#act((context) => changeGroup(context, id, operation));
  }

  async #act<T>(work: (context: ActionContext) => Promise<T>): Promise<T> {
    const { account, sender } = this.#joined;
    const result = await this.#ports.storage.transaction((tx) => work({ ports: this.#ports, tx, account }));
    sender.wake();
    return result;
  }
}
