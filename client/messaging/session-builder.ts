/** Gets sessions with the devices of an account, from PreKeyBundles. */
import type * as Libsignal from '@signalapp/libsignal-client';
import { decodeBase64Url } from '../../wire/encoding.ts';
import { VantError } from '../../wire/errors.ts';
import { isDeviceId, type AccountId } from '../../wire/ids.ts';
import type { PreKeyBundles } from '../../wire/schemas.ts';
import type { Account } from '../account/account-record.ts';
import { copyBytes } from '../bytes.ts';
import { judgeIdentity } from '../directory/trust.ts';
import { ClientError } from '../errors.ts';
import type { ClientPorts, SignalLibrary, StorageTransaction } from '../ports.ts';
import type { Api } from '../transport/api.ts';
import { deleteSession, listKnownDevices } from './sessions.ts';
import { createSignalStores } from './signal-stores.ts';

export interface SessionBuilder {
  readonly ports: ClientPorts;
  readonly api: Api;
  readonly account: Account;
  refreshDirectory(): Promise<unknown>;
}

/** Fetches bundles for `wanted` devices and for those whose session cannot send any more; for all devices when none is
 * known. One's own other devices are learnt from the relay instead, so that no prekeys of this device are used up. */
export async function ensureSessions(
  builder: SessionBuilder,
  recipient: AccountId,
  wanted: ReadonlySet<number>,
): Promise<void> {
  const { ports, api, account } = builder;
  const known = await ports.storage.transaction((tx) =>
    listKnownDevices(ports.signal, tx, recipient, ports.clock.now()),
  );
  if (known.length === 0 && wanted.size === 0) {
    if (recipient === account.accountId) return;
    return buildSessions(builder, recipient, await api.call('takePreKeyBundles', { params: { accountId: recipient } }));
  }
  const lacking = known.filter((device) => device.registrationId === undefined).map(({ deviceId }) => deviceId);
  for (const deviceId of new Set<number>([...lacking, ...wanted])) {
    if (!isDeviceId(deviceId)) continue;
    const bundle = await api
      .call('takePreKeyBundle', { params: { accountId: recipient, deviceId } })
      .catch((error: unknown) => {
        if (error instanceof VantError && error.code === 'NOT_FOUND') return undefined;
        throw error;
      });
    if (bundle === undefined) await ports.storage.transaction((tx) => deleteSession(tx, recipient, deviceId));
    else await buildSessions(builder, recipient, bundle);
  }
}

async function buildSessions(builder: SessionBuilder, recipient: AccountId, bundles: PreKeyBundles): Promise<void> {
  const { ports, account } = builder;
  const identityKey = decodeBase64Url(bundles.identityKey);
  const judge = (tx: StorageTransaction) => judgeIdentity(tx, account, recipient, identityKey);
  if ((await ports.storage.transaction(judge)) !== 'trusted') await builder.refreshDirectory();
  await ports.storage.transaction(async (tx) => {
    const trust = await judge(tx);
    if (trust !== 'trusted') throw new ClientError(trust === 'unknown' ? 'NO_PROFILE' : 'IDENTITY_CHANGED');
    const { session, identity } = createSignalStores(ports.signal, tx, account);
    const local = ports.signal.ProtocolAddress.new(account.accountId, account.deviceId);
    for (const device of bundles.devices) {
      const address = ports.signal.ProtocolAddress.new(recipient, device.deviceId);
      const bundle = toLibsignalBundle(ports.signal, identityKey, device);
      await ports.signal.processPreKeyBundle(bundle, address, local, session, identity, new Date(ports.clock.now()));
    }
  });
}

function toLibsignalBundle(
  signal: SignalLibrary,
  identityKey: Uint8Array,
  { deviceId, registrationId, preKey, signedPreKey, kyberPreKey }: PreKeyBundles['devices'][number],
): Libsignal.PreKeyBundle {
  return signal.PreKeyBundle.new(
    registrationId,
    deviceId,
    preKey?.keyId ?? null,
    preKey === undefined ? null : signal.PublicKey.deserialize(decodeBase64Url(preKey.publicKey)),
    signedPreKey.keyId,
    signal.PublicKey.deserialize(decodeBase64Url(signedPreKey.publicKey)),
    decodeBase64Url(signedPreKey.signature),
    signal.PublicKey.deserialize(copyBytes(identityKey)),
    kyberPreKey.keyId,
    signal.KEMPublicKey.deserialize(decodeBase64Url(kyberPreKey.publicKey)),
    decodeBase64Url(kyberPreKey.signature),
  );
}
