import type { AccountId } from '../../wire/ids.ts';
import type { StoredRecord } from '../records/record-source.ts';
import type { Role } from '../../wire/schemas.ts';

export interface StoredInvite {
  /** SHA-256 of the token, base64url: the server never stores the token. */
  readonly inviteId: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly createdBy?: AccountId;
  /** The account that came in by it. */
  readonly usedBy?: AccountId;
  /** Makes the first owner; void as soon as there is any account. */
  readonly isSetup?: boolean;
}

export interface ClaimedInvite {
  readonly accountId: AccountId;
  readonly role: Role;
  readonly isSetup: boolean;
}

export interface InviteStore {
  /** @returns false when another one, or a used one, has this id. */
  add(invite: StoredInvite): Promise<boolean>;
  /** Binds the invite to `accountId`, once; later calls with the same secret get the same account. Undefined: not to be had. */
  claim(inviteId: string, accountId: AccountId, secretHash: string): Promise<ClaimedInvite | undefined>;
  /** Those that have not expired, used ones among them. */
  list(now: number): Promise<StoredInvite[]>;
  find(inviteId: string): Promise<StoredInvite | undefined>;
  /** Everything that is stored about invites that the account has made, and the one that it came in by. */
  inspect(accountId: AccountId): Promise<StoredRecord[]>;
  /** @returns false when there was no such invite. */
  remove(inviteId: string): Promise<boolean>;
}
