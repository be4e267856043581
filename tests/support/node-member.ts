/** Members in the process of the test, with native libsignal; and one whose keys become others. */
import { createClient, type VantClient } from '../../client/client.ts';
import { credentialsOf, saveAccount, type Account } from '../../client/account/account-record.ts';
import { publishProfile } from '../../client/account/register.ts';
import { copyBytes } from '../../client/bytes.ts';
import { makeDeviceRegistration, makeRegistrationId } from '../../client/devices/make-keys.ts';
import type { ClientPorts } from '../../client/ports.ts';
import { createApi } from '../../client/transport/api.ts';
import { createEphemeralPorts } from '../../cli/ports/node-ports.ts';
import { hashSecret } from '../../server/devices/device-secret.ts';
import { createNodeClient } from '../../server/storage/links/node-client.ts';
import { createStorageKeys } from '../../server/storage/keys.ts';
import { encodeBase64Url } from '../../wire/encoding.ts';
import { PRIMARY_DEVICE_ID } from '../../wire/ids.ts';
import { SECRET_BYTES } from '../../wire/limits.ts';
import type { Appliance } from './appliance.ts';
import { placesOf } from './canary.ts';

export interface NodeMember {
  readonly client: VantClient;
  readonly account: Account;
}

const createPorts = (): ClientPorts => createEphemeralPorts({ write: () => undefined });

/** In this process, with native libsignal. Nothing of it is stored. */
export async function joinAsNode(link: string, name: string): Promise<NodeMember> {
  const client = createClient(createPorts(), { journalPollMs: 0 });
  const account = await client.join({ link, displayName: name, deviceName: name });
  await connect(client);
  return { client, account };
}

/** @param approve given the link, lets it in on the primary device */
export async function linkAsNode(
  origin: string,
  name: string,
  approve: (link: string) => Promise<unknown>,
): Promise<NodeMember> {
  const client = createClient(createPorts(), { journalPollMs: 0 });
  const account = await client.linkDevice({ origin, deviceName: name, onLink: (link) => void approve(link) });
  await connect(client);
  return { client, account };
}

/** A device that is set up anew under the same account: other keys, which the server and the profile name from now on. No program
 * of ours does that; whoever writes another client may. The device before it is closed. */
export async function renewMember(appliance: Appliance, member: NodeMember): Promise<NodeMember> {
  await member.client.close();
  const ports = createPorts();
  const identity = ports.signal.IdentityKeyPair.generate();
  const account: Account = {
    ...member.account,
    identityPublicKey: copyBytes(identity.publicKey.serialize()),
    identityPrivateKey: copyBytes(identity.privateKey.serialize()),
    registrationId: makeRegistrationId(ports.random),
    deviceSecret: encodeBase64Url(ports.random.bytes(SECRET_BYTES)),
    profileRevision: member.account.profileRevision + 1,
    isProfilePublished: false,
  };
  const maker = { signal: ports.signal, identityPrivateKey: account.identityPrivateKey, now: ports.clock.now() };
  const device = await ports.storage.transaction(async (tx) => {
    await saveAccount(tx, account);
    return makeDeviceRegistration(maker, tx, { ...account, encryptedName: undefined });
  });
  await replaceDevice(appliance, account);
  const { signedPreKey, lastResortKyberPreKey, preKeys, kyberPreKeys } = device;
  const api = createApi(ports.http, account.origin, credentialsOf(account));
  await api.call('putKeys', { body: { signedPreKey, lastResortKyberPreKey, preKeys, kyberPreKeys } });
  await publishProfile(ports, account);
  const client = createClient(ports, { journalPollMs: 0 });
  await connect(client);
  return { client, account };
}

async function connect(client: VantClient): Promise<void> {
  const connected = Promise.withResolvers<undefined>();
  const stop = client.on('connection', ({ status }) => {
    if (status === 'connected') connected.resolve(undefined);
  });
  await client.connect({ receive: true });
  await connected.promise;
  stop();
}

async function replaceDevice(appliance: Appliance, account: Account): Promise<void> {
  const { accountId, registrationId, deviceSecret, identityPublicKey } = account;
  const keys = createStorageKeys('vant:');
  const device = { accountId, deviceId: PRIMARY_DEVICE_ID };
  const record = { registrationId, secretHash: hashSecret(deviceSecret), createdAt: Date.now() };
  const redis = createNodeClient((await placesOf(appliance)).redis, {}, 2_000).on('error', () => undefined);
  await redis.connect();
  try {
    await redis.sendCommand(['HSET', keys.account(accountId), 'identityKey', Buffer.from(identityPublicKey)]);
    await redis.sendCommand(['HSET', keys.devices(accountId), String(PRIMARY_DEVICE_ID), JSON.stringify(record)]);
    for (const key of [keys.deviceKeys, keys.preKeys, keys.kyberPreKeys]) await redis.sendCommand(['DEL', key(device)]);
    await redis.sendCommand(['PUBLISH', keys.accountChannel, accountId]);
  } finally {
    redis.destroy();
  }
}
