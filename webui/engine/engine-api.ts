/** What the page may ask of the engine, which lives in a worker, by name. Arguments and results are copied between the two
 * (structured clone), so there are no functions in them. */
import type { LinkOptions } from '../../client/account/link-device.ts';
import type { VantClient } from '../../client/client.ts';
import type { ClientEvents } from '../../client/events.ts';
import type { DevicePush } from '../../client/devices/device-push.ts';
import type { Groups } from '../../client/groups.ts';
import type { ReconnectOptions } from '../../client/joined-client.ts';
import type { Team } from '../../client/team.ts';
import type { BackupApi, BackupProgress } from './backup/backup-api.ts';
import type { SearchApi, SearchProgress } from './search/search-api.ts';
import type { VaultApi, VaultStatus } from './vault/vault-api.ts';

/** `empty`: nobody has joined in this browser yet, or its storage was lost or erased. `locked`: the records are under a
 * passphrase or passkey that is not known yet. `outdated`: another tab runs a newer version, this one has to be reloaded. */
export type EngineState = 'empty' | 'joined' | 'locked' | 'outdated';

export const CLIENT_METHODS = [
  'account',
  'conversation',
  'conversations',
  'deleteConversation',
  'deleteForEveryone',
  'deleteForMe',
  'deliveryInfo',
  'drain',
  'editMessage',
  'eraseLocal',
  'firstUnread',
  'hasPendingRegistration',
  'join',
  'markRead',
  'markShown',
  'markUnread',
  'message',
  'messages',
  'messagesAround',
  'notificationSettings',
  'preferences',
  'react',
  'recordCall',
  'resend',
  'sendCall',
  'sendCallDurably',
  'sendText',
  'sendTyping',
  'setArchived',
  'setDraft',
  'setExpireTimer',
  'setMutedUntil',
  'setNotificationSettings',
  'setPinned',
  'setPreferences',
  'unreact',
  'unreadAmong',
  'unshown',
] as const satisfies readonly (keyof VantClient)[];

export const TEAM_METHODS = [
  'acceptIdentity',
  'accountRecords',
  'addDevice',
  'adminCheckup',
  'adminConfig',
  'adminHistory',
  'adminStatus',
  'blockedMembers',
  'compareScannable',
  'connectionReports',
  'createInvite',
  'devices',
  'forgetEcho',
  'hasEcho',
  'iceServers',
  'identityState',
  'invites',
  'knownMembers',
  'members',
  'openEcho',
  'removeDevice',
  'removeMember',
  'reportConnection',
  'revokeInvite',
  'safetyNumber',
  'scannableFingerprint',
  'setBlocked',
  'setDeviceName',
  'setProfile',
  'setRole',
  'setTeamProfile',
  'setVerified',
  'teamProfile',
] as const satisfies readonly (keyof Team)[];

export const GROUP_METHODS = [
  'add',
  'create',
  'edit',
  'leave',
  'remove',
  'setAccess',
  'setAdmin',
] as const satisfies readonly (keyof Groups)[];

export const PUSH_METHODS = [
  'isRegistered',
  'offer',
  'register',
  'registration',
  'remove',
  'test',
] as const satisfies readonly (keyof DevicePush)[];

export interface EngineControl {
  /** Opens the store; connects when somebody has joined. May be called again, after joining for one. */
  open(): Promise<EngineState>;
  /** Forget the wait before the next attempt: the network is back, or the device woke up. An open connection is probed. */
  reconnectNow(options?: ReconnectOptions): Promise<void>;
  /** The page is about to be frozen: another tab may take the deliveries. `reconnectNow` ends it. */
  pause(): Promise<void>;
  /** Makes this browser a device of an account: resolves when the primary device has let it in. The event `deviceLink` has
   * what that device is to be shown. */
  linkDevice(options: Omit<LinkOptions, 'onLink'>): Promise<void>;
  /** Takes this device off its account where that is possible (`client.eraseLocal`), and removes the database, in all tabs. Then
   * the state is `empty`. platform/erase-device.ts removes the rest, too. */
  eraseDevice(): Promise<void>;
}

export const CONTROL_METHODS = [
  'eraseDevice',
  'linkDevice',
  'open',
  'pause',
  'reconnectNow',
] as const satisfies readonly (keyof EngineControl)[];

export const VAULT_METHODS = [
  'addPasskey',
  'lock',
  'noteActivity',
  'removePasskey',
  'removePassphrase',
  'setIdleMinutes',
  'setPassphrase',
  'status',
  'unlock',
] as const satisfies readonly (keyof VaultApi)[];

export const BACKUP_METHODS = ['cancel', 'exportTo', 'importFrom'] as const satisfies readonly (keyof BackupApi)[];

export const SEARCH_METHODS = ['prepare', 'search'] as const satisfies readonly (keyof SearchApi)[];

export interface EngineApi {
  readonly control: EngineControl;
  readonly client: Pick<VantClient, (typeof CLIENT_METHODS)[number]>;
  readonly team: Pick<Team, (typeof TEAM_METHODS)[number]>;
  readonly groups: Pick<Groups, (typeof GROUP_METHODS)[number]>;
  readonly push: Pick<DevicePush, (typeof PUSH_METHODS)[number]>;
  readonly vault: VaultApi;
  readonly backup: BackupApi;
  readonly search: SearchApi;
}

export interface EngineEvents extends ClientEvents {
  /** Also when another tab has locked, unlocked, joined or erased. */
  state: EngineState;
  /** How the records are locked has changed, in this tab or another. */
  vault: VaultStatus;
  deviceLink: { readonly link: string };
  backupProgress: BackupProgress;
  searchProgress: SearchProgress;
}

/** From the page to the worker. */
export interface CallMessage {
  readonly id: number;
  readonly target: keyof EngineApi;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** An error as it crosses between the two: what a class name and a code say survives the copy, the class does not. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

/** From the worker to the page. */
export type EngineMessage =
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: WireError }
  | { readonly type: 'event'; readonly name: keyof EngineEvents; readonly detail: unknown };
