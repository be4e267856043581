/** Every name in Redis, and nowhere else. Braces are Redis Cluster hash tags: all that belongs to an account, its devices
 * included, lies in one slot, so that it can be changed in one transaction. */
import type { AccountId } from '../../wire/ids.ts';
import type { DeviceAddress } from '../devices/device-address.ts';

export interface StorageKeys {
  /** Hash: what the server knows of an account. */
  account(accountId: AccountId): string;
  /** Hash: device number to device record. */
  devices(accountId: AccountId): string;
  /** Hash: the signed and the last-resort prekey, and the highest one-time key ids seen. */
  deviceKeys(device: DeviceAddress): string;
  /** Lists: one-time prekeys. */
  preKeys(device: DeviceAddress): string;
  kyberPreKeys(device: DeviceAddress): string;
  /** Stream: envelopes that wait for the device's acknowledgement. */
  queue(device: DeviceAddress): string;
  /** Sorted set: stream ids of envelopes with a shorter time to live than the server's, by expiry. */
  expiries(device: DeviceAddress): string;
  /** Counter: how often the device has connected; the highest connection is the one that receives. */
  connectionEpoch(device: DeviceAddress): string;
  /** Hash: hashes of tokens with which a device may be linked to the account. */
  linkTokens(accountId: AccountId): string;
  /** Sorted set of all accounts by time of creation. */
  accounts: string;
  /** Set of the accounts that are owners. */
  owners: string;
  invite(tokenHash: string): string;
  /** Sorted set: invites by expiry. */
  invites: string;
  provisioning(address: string): string;
  /** String: the keys that certify senders. */
  serverKeys: string;
  rate(scope: string, id: string): string;
  /** Held by the one node that sweeps. */
  janitorLock: string;
  /** Channel: events for the node that holds the device's connection. */
  deviceChannel(device: DeviceAddress): string;
  /** Channel: an account changed; nodes forget what they remember of it. */
  accountChannel: string;
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
    linkTokens: ofAccount('link-tokens'),
    accounts: `${prefix}accounts`,
    owners: `${prefix}owners`,
    invite: (tokenHash) => `${prefix}invite:{${tokenHash}}`,
    invites: `${prefix}invites`,
    provisioning: (address) => `${prefix}provisioning:{${address}}`,
    serverKeys: `${prefix}server-keys`,
    rate: (scope, id) => `${prefix}rate:{${scope}:${id}}`,
    janitorLock: `${prefix}janitor`,
    deviceChannel: ofDevice('device'),
    accountChannel: `${prefix}account-changed`,
  };
}
