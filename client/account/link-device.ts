/** Both halves of linking: the new device waits at an address, the primary device answers there. */
import { decodeBase64Url, encodeBase64Url } from '../../wire/encoding.ts';
import { VantError } from '../../wire/errors.ts';
import type { ProvisionMessage } from '../../wire/generated/directory.ts';
import { accountIdFromBytes, accountIdToBytes, PRIMARY_DEVICE_ID } from '../../wire/ids.ts';
import { SECRET_BYTES } from '../../wire/limits.ts';
import { copyBytes } from '../bytes.ts';
import { sealDeviceName } from '../devices/device-name.ts';
import { makeDeviceRegistration, makeRegistrationId } from '../devices/make-keys.ts';
import { getMember, refreshDirectory } from '../directory/directory.ts';
import { enqueueSync } from '../messaging/compose.ts';
import { ClientError } from '../errors.ts';
import type { Bytes, ClientPorts, StorageTransaction } from '../ports.ts';
import { createApi, type Api } from '../transport/api.ts';
import { sleep } from '../transport/sleep.ts';
import {
  credentialsOf,
  loadAccount,
  loadPending,
  saveAccount,
  savePending,
  type Account,
  type PendingRegistration,
} from './account-record.ts';
import { formatDeviceLink, parseDeviceLink, parseOrigin } from './links.ts';
import { openProvision, sealProvision } from './provisioning.ts';
import { finishRegistration } from './register.ts';

const POLL_MS = 1000;
/** As long as the server keeps an envelope and a link token. */
const LINKING_MS = 10 * 60_000;

export interface LinkOptions {
  readonly origin: string;
  readonly deviceName: string;
  /** Show this to the primary device. */
  onLink(link: string): void;
}

export async function linkThisDevice(ports: ClientPorts, options: LinkOptions): Promise<Account> {
  const origin = parseOrigin(options.origin);
  const earlier = await ports.storage.transaction(async (tx) => {
    if ((await loadAccount(tx)) !== undefined) throw new ClientError('ALREADY_JOINED');
    return loadPending(tx);
  });
  if (earlier?.kind === 'link' && earlier.origin === origin) return finishRegistration(ports, earlier);
  const api = createApi(ports.http, origin);
  const { trustRoot } = await api.call('getServer', {});
  const privateKey = ports.signal.PrivateKey.generate();
  const address = ports.random.bytes(SECRET_BYTES);
  const publicKey = copyBytes(privateKey.getPublicKey().serialize());
  options.onLink(formatDeviceLink({ origin, address: encodeBase64Url(address), publicKey }));
  const envelope = await waitForEnvelope(ports, api, encodeBase64Url(address));
  const target = { address, privateKey: copyBytes(privateKey.serialize()) };
  const message = openProvision(ports.signal, target, envelope);
  const pending = await ports.storage.transaction((tx) =>
    startLinking(ports, tx, message, { origin, trustRoot: decodeBase64Url(trustRoot), deviceName: options.deviceName }),
  );
  return finishRegistration(ports, pending);
}

/** The account's other devices tell it settings and groups, as soon as it is connected. */
export async function requestSync(ports: ClientPorts, account: Account): Promise<Account> {
  await ports.storage.transaction((tx) => enqueueSync(ports, tx, account, { $case: 'request', value: {} }));
  return account;
}

/** A linked device learns its account's name from the directory, like everybody else. Without an answer it stays
 * nameless for now: that is no reason to fail. */
export async function adoptOwnProfile(ports: ClientPorts, account: Account): Promise<Account> {
  try {
    await refreshDirectory(ports, createApi(ports.http, account.origin, credentialsOf(account)), account);
  } catch {
    return account;
  }
  return ports.storage.transaction(async (tx) => {
    const profile = (await getMember(tx, account.accountId))?.profile;
    if (profile === undefined) return account;
    const named = { ...account, displayName: profile.displayName, profileRevision: profile.revision };
    await saveAccount(tx, named);
    return named;
  });
}

async function waitForEnvelope(ports: ClientPorts, api: Api, address: string): Promise<Bytes> {
  const deadline = ports.clock.now() + LINKING_MS;
  while (ports.clock.now() < deadline) {
    try {
      const { envelope } = await api.call('takeProvisionEnvelope', { params: { address } });
      return decodeBase64Url(envelope);
    } catch (error) {
      const isNotThere = error instanceof VantError && error.code === 'NOT_FOUND';
      const isPassing = error instanceof ClientError && error.code === 'UNREACHABLE';
      if (!isNotThere && !isPassing) throw error;
    }
    await sleep(ports.clock, POLL_MS);
  }
  throw new ClientError('TIMEOUT', 'The link was not confirmed on the primary device.');
}

async function startLinking(
  ports: ClientPorts,
  tx: StorageTransaction,
  message: ProvisionMessage,
  device: { origin: string; trustRoot: Bytes; deviceName: string },
): Promise<PendingRegistration> {
  const registrationId = makeRegistrationId(ports.random);
  const deviceSecret = encodeBase64Url(ports.random.bytes(SECRET_BYTES));
  const identityPublicKey = copyBytes(message.identityPublicKey);
  const identityPrivateKey = copyBytes(message.identityPrivateKey);
  const owner = { identityPublicKey, identityPrivateKey };
  const maker = { signal: ports.signal, identityPrivateKey, now: ports.clock.now() };
  const encryptedName = sealDeviceName(ports.signal, ports.random, owner, device.deviceName);
  const registration = await makeDeviceRegistration(maker, tx, { registrationId, identityPublicKey, encryptedName });
  const pending: PendingRegistration = {
    kind: 'link',
    ...device,
    deviceSecret,
    registrationId,
    ...owner,
    teamKey: copyBytes(message.teamKey),
    teamKeyId: message.teamKeyId ?? 0,
    formerTeamKeys: message.formerTeamKeys.map(({ id, key }) => ({ id, key: copyBytes(key) })),
    displayName: '',
    profileRevision: 0,
    // The profile is the account's, and the primary device has published it.
    isProfilePublished: true,
    body: {
      accountId: accountIdFromBytes(message.accountId),
      linkToken: encodeBase64Url(message.linkToken),
      deviceSecret,
      device: registration,
    },
  };
  await savePending(tx, pending);
  return pending;
}

/** On the primary device: lets the device that shows `link` into the account. */
export async function addDevice(ports: ClientPorts, api: Api, account: Account, link: string): Promise<void> {
  const { origin, address, publicKey } = parseDeviceLink(link);
  if (origin !== account.origin) throw new ClientError('WRONG_SERVER', `This account is at ${account.origin}.`);
  if (account.deviceId !== PRIMARY_DEVICE_ID) throw new ClientError('NOT_PRIMARY');
  const current = (await ports.storage.transaction((tx) => loadAccount(tx))) ?? account;
  const linkToken = ports.random.bytes(SECRET_BYTES);
  const envelope = sealProvision(
    ports.signal,
    { address: decodeBase64Url(address), publicKey },
    {
      accountId: accountIdToBytes(account.accountId),
      identityPublicKey: account.identityPublicKey,
      identityPrivateKey: account.identityPrivateKey,
      teamKey: current.teamKey,
      teamKeyId: current.teamKeyId ?? 0,
      formerTeamKeys: [...(current.formerTeamKeys ?? [])],
      linkToken,
    },
  );
  const tokenHash = encodeBase64Url(await ports.digest.sha256(linkToken));
  await api.call('createLinkToken', { body: { tokenHash } });
  await api.call('putProvisionEnvelope', { params: { address }, body: { envelope: encodeBase64Url(envelope) } });
}
