/** Who this device is: what it must never lose. */
import type { AccountId, DeviceId } from '../../wire/ids.ts';
import type { RouteBody } from '../../wire/routes.ts';
import type { Role } from '../../wire/schemas.ts';
import type { Bytes } from '../ports.ts';
import { defineTable } from '../storage/table.ts';
import type { TeamKey } from './team-keys.ts';

export interface Account {
  readonly origin: string;
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
  /** Base64url; the server knows its hash. */
  readonly deviceSecret: string;
  readonly registrationId: number;
  readonly identityPublicKey: Bytes;
  readonly identityPrivateKey: Bytes;
  /** Encrypts the profiles. The server must never have it. */
  readonly teamKey: Bytes;
  /** Its number; absent for the first one. See team-keys.ts. */
  readonly teamKeyId?: number;
  /** Newest first. */
  readonly formerTeamKeys?: readonly TeamKey[];
  /** Signs the certificates of sealed sender; pinned when joining. */
  readonly trustRoot: Bytes;
  readonly role: Role;
  readonly displayName: string;
  readonly deviceName: string;
  readonly profileRevision: number;
  /** Whether the server has the profile of `profileRevision`. */
  readonly isProfilePublished: boolean;
}

/** A registration that is under way: stored before it is sent, so that a lost answer costs nothing. */
export type PendingRegistration = Omit<Account, 'accountId' | 'deviceId' | 'role'> &
  (
    | { readonly kind: 'join'; readonly hasTeamKeyFromLink: boolean; readonly body: RouteBody<'register'> }
    | { readonly kind: 'link'; readonly body: RouteBody<'linkDevice'> }
  );

const accounts = defineTable<Account>('account');
const pendingRegistrations = defineTable<PendingRegistration>('pending-registration');
const KEY = 'self';

type Transaction = Parameters<typeof accounts.get>[0];

export const loadAccount = (tx: Transaction): Promise<Account | undefined> => accounts.get(tx, KEY);
export const saveAccount = (tx: Transaction, account: Account): Promise<void> => accounts.put(tx, KEY, account);
export const loadPending = (tx: Transaction): Promise<PendingRegistration | undefined> =>
  pendingRegistrations.get(tx, KEY);
export const savePending = (tx: Transaction, pending: PendingRegistration): Promise<void> =>
  pendingRegistrations.put(tx, KEY, pending);
export const deletePending = (tx: Transaction): Promise<void> => pendingRegistrations.delete(tx, KEY);

/** What the server takes as proof of who is calling. */
export function credentialsOf(account: Pick<Account, 'accountId' | 'deviceId' | 'deviceSecret'>): string {
  return `${account.accountId}.${account.deviceId}.${account.deviceSecret}`;
}
