import type { AccountId, DeviceId } from '../../wire/ids.ts';
import type { DeviceRegistration, Role } from '../../wire/schemas.ts';
import type { DeviceAddress } from '../devices/device-address.ts';
import type { StoredRecord } from '../records/record-source.ts';
import type { Account, DeviceRecord } from './account.ts';

export interface NewAccount {
  readonly accountId: AccountId;
  readonly role: Role;
  readonly createdAt: number;
  /** Forgotten together with the account. */
  readonly inviteId: string;
  readonly secretHash: string;
  readonly device: DeviceRegistration;
}

/** An account that is no member: in no list, counted nowhere, without a role. */
export interface NewGuest extends Omit<NewAccount, 'role' | 'inviteId'> {
  /** When it is removed at the latest, whatever has become of the process that made it. */
  readonly expiresAt: number;
}

export interface NewDevice {
  readonly accountId: AccountId;
  readonly tokenHash: string;
  readonly secretHash: string;
  readonly createdAt: number;
  readonly device: DeviceRegistration;
}

/** A member as the directory shows it: without devices, with the opaque profile. */
export interface ListedAccount {
  readonly accountId: AccountId;
  readonly role: Role;
  readonly createdAt: number;
  readonly profile: string | undefined;
}

/** The members, and what changes whenever they or one of their profiles do. */
export interface MemberList {
  readonly version: string;
  readonly accounts: readonly ListedAccount[];
}

export interface InspectedDevices {
  readonly devices: readonly { readonly deviceId: DeviceId; readonly record: StoredRecord }[];
  readonly linkTokens: readonly StoredRecord[];
}

export interface AccountStore {
  /** Makes room for an account among `maxAccounts`; with `isFirst` only while there is none. @returns whether there is room. */
  reserve(accountId: AccountId, now: number, maxAccounts: number, isFirst: boolean): Promise<boolean>;
  release(accountId: AccountId): Promise<void>;
  /** Makes account, primary device, prekeys and queue in one step; does nothing for an account that exists. */
  create(account: NewAccount): Promise<void>;
  createGuest(guest: NewGuest): Promise<void>;
  removeGuest(accountId: AccountId): Promise<void>;
  /** Those whose time is over. */
  listOverdueGuests(now: number): Promise<AccountId[]>;
  load(accountId: AccountId): Promise<Account | undefined>;
  /** @returns undefined when the list has still the version `known`: then no profile has been read. */
  listAll(known?: string): Promise<MemberList | undefined>;
  listIds(): Promise<AccountId[]>;
  /** Decided in one step, whoever else changes a role or leaves at the same moment: there is always an owner. */
  setRole(accountId: AccountId, role: Role): Promise<'done' | 'last-owner' | 'gone'>;
  setProfile(accountId: AccountId, profile: string): Promise<void>;
  /** Removes all that is stored about the account. @returns false when it is the last owner. */
  remove(accountId: AccountId): Promise<boolean>;
  /** Forgets reservations of registrations that never came to an end. */
  removeGhosts(olderThan: number): Promise<void>;

  addLinkToken(accountId: AccountId, tokenHash: string, ttlMs: number): Promise<void>;
  addDevice(device: NewDevice, maxDevices: number): Promise<DeviceId | 'invalid' | 'full'>;
  /** Removes the device with its keys and its queue. @returns false when there was none. */
  removeDevice(device: DeviceAddress): Promise<boolean>;
  /** @returns false when there is no such device. */
  updateDevice(device: DeviceAddress, change: Partial<Pick<DeviceRecord, 'name' | 'lastSeenDay'>>): Promise<boolean>;

  /** Everything that is stored about the account itself, whatever it is. */
  inspect(accountId: AccountId): Promise<StoredRecord>;
  /** The same of its devices and of those that are being linked. */
  inspectDevices(accountId: AccountId): Promise<InspectedDevices>;
}
