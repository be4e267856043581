/** Makes a team of devices on an appliance, over its public routes. All of them have the same public keys, which the server
 * verifies each time but has no reason to compare; their secrets are their own. */
import { IdentityKeyPair, KEMKeyPair, PrivateKey } from '@signalapp/libsignal-client';
import { ROUTES, type RouteBody, type RouteName, type RouteResponse } from '../../wire/routes.ts';
import type { DeviceRegistration } from '../../wire/schemas.ts';
import { parseAccountId } from '../../wire/ids.ts';
import { hashSecret } from '../../server/devices/device-secret.ts';
import { createDevice, newSecret, type BenchDevice } from './device.ts';

const REGISTRATION_ID = 4711;
/** Requests under way at once. */
const CONCURRENCY = 24;

/** @param setupToken from the link that the appliance prints
 * @returns members, without the owner */
export async function enrol(url: string, setupToken: string, count: number): Promise<BenchDevice[]> {
  const device = createRegistration();
  const join = async (inviteToken: string): Promise<BenchDevice> => {
    const deviceSecret = newSecret();
    const { accountId } = await call(url, 'register', { inviteToken, deviceSecret, device });
    return createDevice(parseAccountId(accountId), deviceSecret, REGISTRATION_ID);
  };
  const owner = await join(setupToken);
  const devices: BenchDevice[] = [];
  let started = 0;
  const work = async () => {
    while (started++ < count) {
      const token = newSecret();
      await call(url, 'createInvite', { tokenHash: hashSecret(token), role: 'member' }, owner.credentials);
      devices.push(await join(token));
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, count) }, work));
  return devices;
}

/** Without one-time keys: nobody asks for bundles here. */
function createRegistration(): DeviceRegistration {
  const identity = IdentityKeyPair.generate();
  const sign = (keyId: number, key: Uint8Array<ArrayBuffer>) => ({
    keyId,
    publicKey: toBase64Url(key),
    signature: toBase64Url(identity.privateKey.sign(key)),
  });
  return {
    registrationId: REGISTRATION_ID,
    identityKey: toBase64Url(identity.publicKey.serialize()),
    signedPreKey: sign(1, PrivateKey.generate().getPublicKey().serialize()),
    lastResortKyberPreKey: sign(1, KEMKeyPair.generate().getPublicKey().serialize()),
    preKeys: [],
    kyberPreKeys: [],
  };
}

async function call<N extends RouteName>(
  url: string,
  name: N,
  body: RouteBody<N>,
  credentials?: string,
): Promise<RouteResponse<N>> {
  const { method, path } = ROUTES[name];
  const headers = {
    'content-type': 'application/json',
    ...(credentials !== undefined && { authorization: `Bearer ${credentials}` }),
  };
  const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${name}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as RouteResponse<N>;
}

function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
