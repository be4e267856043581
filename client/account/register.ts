/** Joining a team, in steps that can each be repeated: make and store keys, post them, publish the profile. */
import { decodeBase64Url, encodeBase64Url } from '../../wire/encoding.ts';
import { VantError } from '../../wire/errors.ts';
import { parseAccountId, parseDeviceId } from '../../wire/ids.ts';
import { SECRET_BYTES } from '../../wire/limits.ts';
import { copyBytes } from '../bytes.ts';
import { sealDeviceName } from '../devices/device-name.ts';
import { makeDeviceRegistration, makeRegistrationId } from '../devices/make-keys.ts';
import { sealProfile } from '../directory/profile-crypto.ts';
import { ClientError } from '../errors.ts';
import type { ClientPorts, StorageTransaction } from '../ports.ts';
import { createApi } from '../transport/api.ts';
import {
  credentialsOf,
  deletePending,
  loadAccount,
  loadPending,
  saveAccount,
  savePending,
  type Account,
  type PendingRegistration,
} from './account-record.ts';
import { parseInviteLink, type InviteLink } from './links.ts';

export interface JoinOptions {
  readonly link: string;
  readonly displayName: string;
  readonly deviceName: string;
}

/** Safe to call again after any failure: the same keys and the same secret are sent again. */
export async function join(ports: ClientPorts, options: JoinOptions): Promise<Account> {
  const link = parseInviteLink(options.link);
  const { trustRoot } = await createApi(ports.http, link.origin).call('getServer', {});
  const pending = await ports.storage.transaction(async (tx) => {
    if ((await loadAccount(tx)) !== undefined) throw new ClientError('ALREADY_JOINED');
    const earlier = await loadPending(tx);
    if (earlier?.kind === 'join' && earlier.body.inviteToken === link.token) return earlier;
    return startJoin(ports, tx, link, decodeBase64Url(trustRoot), options);
  });
  return finishRegistration(ports, pending);
}

async function startJoin(
  ports: ClientPorts,
  tx: StorageTransaction,
  link: InviteLink,
  trustRoot: Uint8Array<ArrayBuffer>,
  options: JoinOptions,
): Promise<PendingRegistration> {
  const identity = ports.signal.IdentityKeyPair.generate();
  const identityPublicKey = copyBytes(identity.publicKey.serialize());
  const identityPrivateKey = copyBytes(identity.privateKey.serialize());
  const registrationId = makeRegistrationId(ports.random);
  const deviceSecret = encodeBase64Url(ports.random.bytes(SECRET_BYTES));
  const owner = { identityPublicKey, identityPrivateKey };
  const maker = { signal: ports.signal, identityPrivateKey, now: ports.clock.now() };
  const encryptedName = sealDeviceName(ports.signal, ports.random, owner, options.deviceName);
  const device = await makeDeviceRegistration(maker, tx, { registrationId, identityPublicKey, encryptedName });
  const pending: PendingRegistration = {
    kind: 'join',
    origin: link.origin,
    deviceSecret,
    registrationId,
    ...owner,
    hasTeamKeyFromLink: link.teamKey !== undefined,
    teamKey: link.teamKey ?? ports.random.bytes(SECRET_BYTES),
    trustRoot,
    displayName: options.displayName,
    deviceName: options.deviceName,
    profileRevision: 1,
    isProfilePublished: false,
    body: { inviteToken: link.token, deviceSecret, device },
  };
  await savePending(tx, pending);
  return pending;
}

/** Posts what is pending. A refusal ends the attempt; no answer leaves it to be repeated. */
export async function finishRegistration(ports: ClientPorts, pending: PendingRegistration): Promise<Account> {
  const api = createApi(ports.http, pending.origin);
  const registered = await (
    pending.kind === 'join'
      ? api.call('register', { body: pending.body })
      : api.call('linkDevice', { body: pending.body })
  ).catch(async (error: unknown) => {
    if (error instanceof VantError && !error.isRetryable) await ports.storage.transaction((tx) => deletePending(tx));
    throw error;
  });
  // A member who makes a second team key could read nobody's profile, and nobody theirs.
  if (pending.kind === 'join' && !pending.hasTeamKeyFromLink && registered.role !== 'owner') {
    throw new ClientError('NO_TEAM_KEY', 'Ask for the whole invite link.');
  }
  const account: Account = {
    ...accountFields(pending),
    accountId: parseAccountId(registered.accountId),
    deviceId: parseDeviceId(registered.deviceId),
    role: registered.role,
  };
  await ports.storage.transaction(async (tx) => {
    await saveAccount(tx, account);
    await deletePending(tx);
  });
  return account;
}

function accountFields(pending: PendingRegistration): Omit<Account, 'accountId' | 'deviceId' | 'role'> {
  const { origin, deviceSecret, registrationId, identityPublicKey, identityPrivateKey } = pending;
  const {
    teamKey,
    teamKeyId = 0,
    formerTeamKeys = [],
    trustRoot,
    displayName,
    deviceName,
    profileRevision,
    isProfilePublished,
  } = pending;
  const secrets = { deviceSecret, identityPrivateKey, teamKey, teamKeyId, formerTeamKeys };
  const names = { displayName, deviceName, profileRevision, isProfilePublished };
  return { origin, registrationId, identityPublicKey, trustRoot, ...secrets, ...names };
}

/** Puts the profile that others check this account's identity key with. Does nothing when it is there. */
export async function publishProfile(ports: ClientPorts, account: Account): Promise<Account> {
  if (account.isProfilePublished) return account;
  const profile = sealProfile(ports.signal, ports.random, account.teamKey, account.accountId, {
    displayName: account.displayName,
    identityKey: account.identityPublicKey,
    revision: account.profileRevision,
    avatar: new Uint8Array(),
    avatarContentType: '',
    about: '',
    team: undefined,
  });
  await createApi(ports.http, account.origin, credentialsOf(account)).call('putProfile', { body: { profile } });
  const published = { ...account, isProfilePublished: true };
  await ports.storage.transaction((tx) => saveAccount(tx, published));
  return published;
}
