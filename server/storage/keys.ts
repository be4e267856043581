/** Every name in Redis, and nowhere else. Braces are Redis Cluster hash tags: all that belongs to an account, its devices
 * included, lies in one slot, so that it can be changed in one transaction. */
import type { AccountId } from '../../wire/ids.ts';
import type { PushKind } from '../../wire/schemas.ts';
import type { DeviceAddress } from '../devices/device-address.ts';

export interface StorageKeys {
  /** Hash: what the server knows of an account. */
  readonly account: (accountId: AccountId) => string;
  /** Hash: device number to device record. */
  readonly devices: (accountId: AccountId) => string;
  /** Hash: the signed and the last-resort prekey, and the highest one-time key ids seen. */
  readonly deviceKeys: (device: DeviceAddress) => string;
  /** Lists: one-time prekeys. */
  readonly preKeys: (device: DeviceAddress) => string;
  readonly kyberPreKeys: (device: DeviceAddress) => string;
  /** Stream: envelopes that wait for the device's acknowledgement. */
  readonly queue: (device: DeviceAddress) => string;
  /** Sorted set: stream ids of envelopes with a shorter time to live than the server's, by expiry. */
  readonly expiries: (device: DeviceAddress) => string;
  /** Counter: how often the device has connected; the highest connection is the one that receives. */
  readonly connectionEpoch: (device: DeviceAddress) => string;
  /** Hash: the sealed push address, and what the device has been and is to be woken for. */
  readonly pushRecord: (device: DeviceAddress) => string;
  /** Hash: hashes of tokens with which a device may be linked to the account. */
  readonly linkTokens: (accountId: AccountId) => string;
  /** Sorted set of all accounts by time of creation. */
  readonly accounts: string;
  /** Sorted set: accounts that are no members, by the time after which they are removed. */
  readonly guests: string;
  /** Hash: the role of every account. In the slot of `accounts`, so that both change together; nowhere else is a role stored. */
  readonly roles: string;
  readonly invite: (tokenHash: string) => string;
  /** Sorted set: invites by expiry. */
  readonly invites: string;
  readonly provisioning: (address: string) => string;
  /** String: the keys that certify senders. */
  readonly serverKeys: string;
  readonly rate: (scope: string, id: string) => string;
  /** Set: devices with a push address. What follows lies in one slot, so that claiming a wake can look at the lease. */
  readonly pushDevices: string;
  /** Sorted set: devices to be woken by when, one for each kind of address. */
  readonly pushDue: (kind: PushKind) => string;
  /** Set: devices that are being woken. */
  readonly pushClaimed: (kind: PushKind) => string;
  /** String: held by the one node that pushes. */
  readonly pushLease: string;
  /** String: which data key seals the push addresses. */
  readonly pushKeyId: string;
  /** String: the sealed VAPID key. */
  readonly pushVapid: string;
  /** Channel: there is a wake to be sent. */
  readonly pushChannel: string;
  /** Hash: which form all of this has, and which version of Vant has written it. */
  readonly form: string;
  /** String: held by the one node that changes the form. */
  readonly formLock: string;
  /** String: the time that was noted last, by any node. */
  readonly clock: string;
  /** Written to see whether Redis takes writes. */
  readonly health: string;
  /** Held by the one node that sweeps. */
  readonly janitorLock: string;
  /** Sorted set: sizes of the account's attachments by expiry; nothing says which they are. */
  readonly attachmentUsage: (accountId: AccountId) => string;
  /** String: the mark of the directory with the attachments, which all nodes share. */
  readonly attachmentDirectory: string;
  /** Hash: minutes of the hour that begins then. */
  readonly historyMinutes: (hourAt: number) => string;
  /** Hash: hours of the day that begins then. */
  readonly historyHours: (dayAt: number) => string;
  /** String: a sealed record of what certificates need. In one slot with the lease. */
  readonly tlsState: (name: string) => string;
  /** String: held by the one node that renews certificates. */
  readonly tlsLease: string;
  /** Channel: nodes tell each other of challenges and certificates. */
  readonly tlsChannel: string;
  /** Channel: events for the node that holds the device's connection. */
  readonly deviceChannel: (device: DeviceAddress) => string;
  /** Channel: what do you hold in memory about this account? */
  readonly liveQuestions: string;
  /** Channel: answers to one node. */
  readonly liveAnswers: (node: string) => string;
  /** Channel: an account changed; nodes forget what they remember of it. */
  readonly accountChannel: string;
}

export function createStorageKeys(prefix: string): StorageKeys {
  const ofAccount = (kind: string) => (accountId: AccountId) => `${prefix}${kind}:{${accountId}}`;
  const ofDevice = (kind: string) => (device: DeviceAddress) =>
    `${prefix}${kind}:{${device.accountId}}:${device.deviceId}`;
  return {
    account: ofAccount('account'),
    devices: ofAccount('devices'),
    deviceKeys: ofDevice('keys'),
    preKeys: ofDevice('prekeys'),
    kyberPreKeys: ofDevice('kyber-prekeys'),
    queue: ofDevice('queue'),
    expiries: ofDevice('expiries'),
    connectionEpoch: ofDevice('epoch'),
    pushRecord: ofDevice('push'),
    linkTokens: ofAccount('link-tokens'),
    accounts: `${prefix}accounts`,
    guests: `${prefix}guests`,
    roles: `${prefix}roles:{${prefix}accounts}`,
    invite: (tokenHash) => `${prefix}invite:{${tokenHash}}`,
    invites: `${prefix}invites`,
    provisioning: (address) => `${prefix}provisioning:{${address}}`,
    serverKeys: `${prefix}server-keys`,
    rate: (scope, id) => `${prefix}rate:{${scope}:${id}}`,
    pushDevices: `${prefix}push-devices:{push}`,
    pushDue: (kind) => `${prefix}push-due:{push}:${kind}`,
    pushClaimed: (kind) => `${prefix}push-claimed:{push}:${kind}`,
    pushLease: `${prefix}push-lease:{push}`,
    pushKeyId: `${prefix}push-key:{push}`,
    pushVapid: `${prefix}push-vapid:{push}`,
    pushChannel: `${prefix}push-added:{push}`,
    form: `${prefix}form`,
    formLock: `${prefix}form-lock`,
    clock: `${prefix}clock`,
    health: `${prefix}health`,
    janitorLock: `${prefix}janitor`,
    attachmentUsage: ofAccount('attachments'),
    attachmentDirectory: `${prefix}attachment-directory`,
    historyMinutes: (hourAt) => `${prefix}history:{history}:minutes:${hourAt}`,
    historyHours: (dayAt) => `${prefix}history:{history}:hours:${dayAt}`,
    tlsState: (name) => `${prefix}tls:{tls}:${name}`,
    tlsLease: `${prefix}tls-lease:{tls}`,
    tlsChannel: `${prefix}tls-channel:{tls}`,
    deviceChannel: ofDevice('device'),
    liveQuestions: `${prefix}live-questions`,
    liveAnswers: (node) => `${prefix}live-answers:${node}`,
    accountChannel: `${prefix}account-changed`,
  };
}
