/** What an account can ask and change about its team: members and their keys, invites, devices. */
import type * as Libsignal from '@signalapp/libsignal-client';
import type { AccountId, DeviceId } from '../wire/ids.ts';
import { accountIdToBytes } from '../wire/ids.ts';
import type { TeamProfile } from '../wire/generated/directory.ts';
import type { AdminCheckup, AdminConfig, AdminHistory, AdminStatus } from '../wire/admin-schemas.ts';
import type { RecordSection } from '../wire/record-schemas.ts';
import type { Device, Invite, Role } from '../wire/schemas.ts';
import { VantError } from '../wire/errors.ts';
import { forgetEcho, openEcho } from './calls/echo.ts';
import { createInvite, type InviteOptions } from './account/invites.ts';
import {
  listConnectionReports,
  sendConnectionReport,
  type ConnectionReport,
  type ConnectionResults,
} from './calls/connection-reports.ts';
import { copyBytes, equalBytes } from './bytes.ts';
import { appendJournal } from './conversations/journal.ts';
import { openDeviceName, sealDeviceName } from './devices/device-name.ts';
import { listMemberSettings } from './directory/member-settings.ts';
import { getMember, listDirectory, type DirectoryEntry } from './directory/directory.ts';
import { setProfile, type ProfileChange } from './directory/set-profile.ts';
import { wantRotation } from './directory/team-key-update.ts';
import { changeTeamProfile, findTeamProfile, type TeamChange } from './directory/team-profile.ts';
import { getIdentityState, type IdentityState } from './directory/identity-state.ts';
import { pinIdentity } from './directory/trust.ts';
import { ClientError } from './errors.ts';
import type { JoinedClient } from './joined-client.ts';
import type { ActionContext } from './messaging/message-actions.ts';
import { setBlocked, setVerified } from './messaging/setting-actions.ts';
import { deleteSessions } from './messaging/sessions.ts';
import type { ClientPorts } from './ports.ts';

/** As Signal does it: 5200 rounds make a collision expensive, and version 2 hashes account ids. */
const FINGERPRINT_ROUNDS = 5200;
const FINGERPRINT_VERSION = 2;

export interface IceServer {
  readonly urls: string[];
  readonly username?: string;
  readonly credential?: string;
}

export interface NamedDevice extends Omit<Device, 'name'> {
  readonly name: string | undefined;
  readonly isThisDevice: boolean;
}

interface Identity {
  readonly accountId: AccountId;
  readonly key: Uint8Array;
}

export class Team {
  readonly #ports: ClientPorts;
  readonly #joined: JoinedClient;

  constructor(ports: ClientPorts, joined: JoinedClient) {
    this.#ports = ports;
    this.#joined = joined;
  }

  /** What is known on this device, without asking the server. */
  knownMembers(): Promise<DirectoryEntry[]> {
    return this.#ports.storage.transaction((tx) => listDirectory(tx));
  }

  async members(): Promise<DirectoryEntry[]> {
    await this.#joined.refreshDirectory();
    return this.knownMembers();
  }

  /** Undefined while no owner has named the team. */
  async teamProfile(): Promise<TeamProfile | undefined> {
    return findTeamProfile(await this.knownMembers());
  }

  /** Names the team, as an owner. */
  async setTeamProfile(change: TeamChange): Promise<void> {
    await this.#joined.refreshDirectory();
    const team = changeTeamProfile(await this.teamProfile(), change, this.#ports.clock.now());
    await this.setProfile({ team });
  }

  async createInvite(options: InviteOptions): Promise<{ link: string; invite: Invite }> {
    const members = await this.knownMembers();
    const { accountId, displayName } = this.#joined.account;
    const own = members.find((member) => member.accountId === accountId);
    const names = {
      teamName: findTeamProfile(members)?.name ?? '',
      inviterName: own?.profile?.displayName ?? displayName,
    };
    return createInvite(this.#ports, this.#joined.api, this.#joined.account, options, names);
  }

  async invites(): Promise<Invite[]> {
    return (await this.#joined.api.call('listInvites', {})).invites;
  }

  async revokeInvite(inviteId: string): Promise<void> {
    await this.#joined.api.call('revokeInvite', { params: { inviteId } });
  }

  async setRole(accountId: AccountId, role: Role): Promise<void> {
    await this.#joined.api.call('setRole', { params: { accountId }, body: { role } });
  }

  /** Changes what the others see of this account. */
  async setProfile(change: ProfileChange): Promise<void> {
    await this.#joined.refreshDirectory();
    await setProfile(this.#ports, this.#joined.api, this.#joined.account, change);
    await this.#joined.refreshDirectory();
  }

  /** And gives the team a new key, which they do not have; open invites are revoked. */
  async removeMember(accountId: AccountId): Promise<void> {
    const isSelf = accountId === this.#joined.account.accountId;
    if (!isSelf) await this.#ports.storage.transaction((tx) => wantRotation(tx, accountId, this.#ports.clock.now()));
    await this.#joined.api.call('removeAccount', { params: { accountId } });
    if (isSelf) return;
    await this.#joined.refreshAgain();
    await this.#revokeOpenInvites();
  }

  /** They have the old team key in them. */
  async #revokeOpenInvites(): Promise<void> {
    for (const { inviteId } of await this.invites()) {
      await this.revokeInvite(inviteId).catch((error: unknown) => {
        // Redeemed or revoked meanwhile.
        if (!(error instanceof VantError && error.code === 'NOT_FOUND')) throw error;
      });
    }
  }

  async devices(): Promise<NamedDevice[]> {
    const { devices } = await this.#joined.api.call('listDevices', {});
    const ordered = devices.toSorted((a, b) => a.deviceId - b.deviceId);
    return ordered.map(({ name, ...device }) => ({
      ...device,
      name: name === undefined ? undefined : openDeviceName(this.#ports.signal, this.#joined.account, name),
      isThisDevice: device.deviceId === this.#joined.account.deviceId,
    }));
  }

  /** Of this device. The server cannot read it. */
  async setDeviceName(name: string): Promise<void> {
    const { signal, random } = this.#ports;
    const sealed = sealDeviceName(signal, random, this.#joined.account, name);
    await this.#joined.api.call('setDeviceName', { body: { name: sealed } });
  }

  /** On the primary device: lets the device in that shows `link`. */
  async addDevice(link: string): Promise<void> {
    const { addDevice } = await import('./account/link-device.ts');
    await addDevice(this.#ports, this.#joined.api, this.#joined.account, link);
  }

  async removeDevice(deviceId: DeviceId): Promise<void> {
    await this.#joined.api.call('removeDevice', { params: { deviceId } });
  }

  /** Servers that help two devices to find a way to each other (W3C WebRTC, RTCIceServer). */
  async iceServers(): Promise<IceServer[]> {
    const { urls, username, password } = await this.#joined.api.call('getTurnCredentials', {});
    return urls.length === 0 ? [] : [{ urls, username, credential: password }];
  }

  /** Whether the server answers test calls. */
  async hasEcho(): Promise<boolean> {
    return (await this.#joined.api.call('getServer', {})).hasEcho;
  }

  /** Whom to call to hear oneself; `forgetEcho` afterwards. @throws VantError ECHO_UNAVAILABLE, ECHO_BUSY */
  openEcho(): Promise<AccountId> {
    return openEcho(this.#ports, this.#joined.api);
  }

  forgetEcho(accountId: AccountId): Promise<void> {
    return forgetEcho(this.#ports, accountId);
  }

  /** The number that two members compare to know that nobody is between them. */
  async safetyNumber(accountId: AccountId): Promise<string> {
    const [own, other] = await this.#identities(accountId);
    return this.#fingerprint(own, other).displayableFingerprint().toString();
  }

  /** What the QR code holds that the other member scans. */
  async scannableFingerprint(accountId: AccountId): Promise<Uint8Array> {
    const [own, other] = await this.#identities(accountId);
    return this.#fingerprint(own, other).scannableFingerprint().toBuffer();
  }

  /** Whether `scanned`, from the other member's screen, says that nobody is between the two. */
  async compareScannable(accountId: AccountId, scanned: Uint8Array): Promise<boolean> {
    const [own, other] = await this.#identities(accountId);
    // What the other one shows if both know the same keys.
    return equalBytes(this.#fingerprint(other, own).scannableFingerprint().toBuffer(), scanned);
  }

  /** The safety number was compared: holds until the member's key is another one. On all own devices.
   * @throws ClientError UNKNOWN_MEMBER, NO_PROFILE */
  async setVerified(accountId: AccountId, isVerified: boolean): Promise<void> {
    await this.#act((context) => setVerified(context, accountId, isVerified));
  }

  /** Their messages are dropped from now on, and they are not told. On all own devices. */
  async setBlocked(accountId: AccountId, isBlocked: boolean): Promise<void> {
    await this.#act((context) => setBlocked(context, accountId, isBlocked));
  }

  async blockedMembers(): Promise<AccountId[]> {
    const settings = await this.#ports.storage.transaction((tx) => listMemberSettings(tx));
    return settings.filter(({ isBlocked }) => isBlocked).map(({ accountId }) => accountId);
  }

  /** Tells owners and admins how calls would go from this device; the server cannot read it. */
  async reportConnection(results: ConnectionResults): Promise<void> {
    await this.#joined.refreshDirectory();
    await this.#act((context) => sendConnectionReport(context, results));
  }

  /** What the devices of the team have told, of the last thirty days. */
  connectionReports(): Promise<ConnectionReport[]> {
    return this.#ports.storage.transaction((tx) => listConnectionReports(tx, this.#ports.clock.now()));
  }

  /** Everything that the server holds about this account, as it says itself. */
  async accountRecords(): Promise<RecordSection[]> {
    return (await this.#joined.api.call('getAccountRecords', {})).sections;
  }

  /** For owners and admins, like those below. @throws VantError FORBIDDEN */
  adminStatus(): Promise<AdminStatus> {
    return this.#joined.api.call('getAdminStatus', {});
  }

  adminHistory(): Promise<AdminHistory> {
    return this.#joined.api.call('getAdminHistory', {});
  }

  adminCheckup(): Promise<AdminCheckup> {
    return this.#joined.api.call('getAdminCheckup', {});
  }

  adminConfig(): Promise<AdminConfig> {
    return this.#joined.api.call('getAdminConfig', {});
  }

  /** @throws ClientError UNKNOWN_MEMBER */
  identityState(accountId: AccountId): Promise<IdentityState> {
    return this.#ports.storage.transaction((tx) => getIdentityState(tx, this.#joined.account, accountId));
  }

  /** Takes the identity key that is in the member's profile now. What waited for it is read and sent. */
  async acceptIdentity(accountId: AccountId): Promise<void> {
    const key = await this.#profileKeyOf(accountId);
    await this.#ports.storage.transaction(async (tx) => {
      await pinIdentity(tx, this.#joined.account, accountId, key);
      await deleteSessions(tx, accountId);
      await appendJournal(tx, { type: 'identity', accountId });
    });
    this.#joined.sender.wakeAll();
    this.#joined.retryHeld();
  }

  async #act(work: (context: ActionContext) => Promise<void>): Promise<void> {
    const { account, sender } = this.#joined;
    await this.#ports.storage.transaction((tx) => work({ ports: this.#ports, tx, account }));
    sender.wake();
  }

  async #identities(accountId: AccountId): Promise<[Identity, Identity]> {
    const { account } = this.#joined;
    const other = { accountId, key: await this.#profileKeyOf(accountId) };
    return [{ accountId: account.accountId, key: account.identityPublicKey }, other];
  }

  #fingerprint(local: Identity, remote: Identity): Libsignal.Fingerprint {
    const { signal } = this.#ports;
    return signal.Fingerprint.new(
      FINGERPRINT_ROUNDS,
      FINGERPRINT_VERSION,
      copyBytes(accountIdToBytes(local.accountId)),
      signal.PublicKey.deserialize(copyBytes(local.key)),
      copyBytes(accountIdToBytes(remote.accountId)),
      signal.PublicKey.deserialize(copyBytes(remote.key)),
    );
  }

  async #profileKeyOf(accountId: AccountId): Promise<Uint8Array> {
    const entry = await this.#ports.storage.transaction((tx) => getMember(tx, accountId));
    if (entry === undefined) throw new ClientError('UNKNOWN_MEMBER');
    if (entry.profile === undefined) throw new ClientError('NO_PROFILE');
    return entry.profile.identityKey;
  }
}
