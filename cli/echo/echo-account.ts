/** The account of one test call: keys that are made for it and live in the memory of this process. */
import { createHash } from 'node:crypto';
import { PRIMARY_DEVICE_ID, type AccountId } from '../../wire/ids.ts';
import { decodeBase64Url, encodeBase64Url } from '../../wire/encoding.ts';
import { SECRET_BYTES } from '../../wire/limits.ts';
import type { DeviceRegistration } from '../../wire/schemas.ts';
import type { Account } from '../../client/account/account-record.ts';
import { copyBytes } from '../../client/bytes.ts';
import { makeKyberPreKeys, makePreKeys, makeRegistrationId, makeRotatedKeys } from '../../client/devices/make-keys.ts';
import type { ClientPorts } from '../../client/ports.ts';

export interface PreparedAccount {
  /** What the server keeps of the device secret. */
  readonly secretHash: string;
  readonly device: DeviceRegistration;
  /** @param accountId as the server has chosen it */
  complete(accountId: AccountId): Account;
}

export async function prepareAccount(
  ports: ClientPorts,
  { origin, trustRoot }: { readonly origin: string; readonly trustRoot: string },
): Promise<PreparedAccount> {
  const identity = ports.signal.IdentityKeyPair.generate();
  const identityPrivateKey = copyBytes(identity.privateKey.serialize());
  const identityPublicKey = copyBytes(identity.publicKey.serialize());
  const registrationId = makeRegistrationId(ports.random);
  const deviceSecret = encodeBase64Url(ports.random.bytes(SECRET_BYTES));
  const maker = { signal: ports.signal, identityPrivateKey, now: ports.clock.now() };
  const device = await ports.storage.transaction(async (tx) => ({
    ...{ registrationId, identityKey: encodeBase64Url(identityPublicKey) },
    ...(await makeRotatedKeys(maker, tx, 'current')),
    // One device calls, once.
    preKeys: await makePreKeys(maker, tx, 1),
    kyberPreKeys: await makeKyberPreKeys(maker, tx, 1),
  }));
  return {
    secretHash: createHash('sha256').update(decodeBase64Url(deviceSecret)).digest('base64url'),
    device,
    complete: (accountId) => ({
      ...{ origin, accountId, deviceId: PRIMARY_DEVICE_ID, deviceSecret, registrationId },
      ...{ identityPublicKey, identityPrivateKey, trustRoot: decodeBase64Url(trustRoot), role: 'member' },
      // It never gets one: it reads no profiles, and has none.
      teamKey: new Uint8Array(),
      ...{ displayName: '', deviceName: '', profileRevision: 0, isProfilePublished: false },
    }),
  };
}
