/** Session records: one for each device that this device has talked to. */
import type * as Libsignal from '@signalapp/libsignal-client';
import { isDeviceId, type AccountId, type DeviceId } from '../../wire/ids.ts';
import type { SignalLibrary, StorageTransaction } from '../ports.ts';
import { copyBytes } from '../bytes.ts';
import { defineTable } from '../storage/table.ts';

export const sessions = defineTable<{ readonly record: Uint8Array }>('sessions');

export function addressKey(accountId: string, deviceId: number): string {
  return `${accountId}/${deviceId.toString().padStart(3, '0')}`;
}

export interface KnownDevice {
  readonly deviceId: DeviceId;
  /** Undefined when there is no session to send with: only archived ones, or one that is too old. */
  readonly registrationId: number | undefined;
}

/** The devices of an account that this device knows of. */
export async function listKnownDevices(
  signal: SignalLibrary,
  tx: StorageTransaction,
  accountId: AccountId,
  now: number,
): Promise<KnownDevice[]> {
  const rows = await sessions.list(tx, { prefix: `${accountId}/` });
  return rows.flatMap(({ key, value }) => {
    const deviceId = Number.parseInt(key.slice(accountId.length + 1), 10);
    if (!isDeviceId(deviceId)) return [];
    const record = signal.SessionRecord.deserialize(copyBytes(value.record));
    const isUsable = record.hasCurrentState(new Date(now));
    return [{ deviceId, registrationId: isUsable ? record.remoteRegistrationId() : undefined }];
  });
}

export const deleteSession = (tx: StorageTransaction, accountId: AccountId, deviceId: number): Promise<void> =>
  sessions.delete(tx, addressKey(accountId, deviceId));

/** All sessions of an account, after its identity key has changed. */
export async function deleteSessions(tx: StorageTransaction, accountId: AccountId): Promise<void> {
  for (const { key } of await sessions.list(tx, { prefix: `${accountId}/` })) await sessions.delete(tx, key);
}

/** The next message to this device builds a new session; late messages of the old one can still be read. */
export async function archiveSession(
  signal: SignalLibrary,
  tx: StorageTransaction,
  accountId: AccountId,
  deviceId: number,
  isMeant: (record: Libsignal.SessionRecord) => boolean,
): Promise<boolean> {
  const key = addressKey(accountId, deviceId);
  const stored = await sessions.get(tx, key);
  if (stored === undefined) return false;
  const record = signal.SessionRecord.deserialize(copyBytes(stored.record));
  if (!isMeant(record)) return false;
  record.archiveCurrentState();
  await sessions.put(tx, key, { record: record.serialize() });
  return true;
}
