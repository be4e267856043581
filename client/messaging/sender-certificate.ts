/** The certificate that this device shows inside sealed sender, fetched anew when half of its time has passed. */
import { decodeBase64Url } from '../../wire/encoding.ts';
import type { Bytes, ClientPorts, StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';
import type { Api } from '../transport/api.ts';

interface StoredCertificate {
  readonly certificate: Bytes;
  readonly obtainedAt: number;
  readonly expiresAt: number;
}

const certificates = defineTable<StoredCertificate>('sender-certificate');
const KEY = 'current';

/** Undefined when it has to be fetched. */
export async function findSenderCertificate(
  ports: Pick<ClientPorts, 'clock'>,
  tx: StorageTransaction,
): Promise<Bytes | undefined> {
  const stored = await certificates.get(tx, KEY);
  return stored !== undefined && isFresh(stored, ports.clock.now()) ? stored.certificate : undefined;
}

export async function obtainSenderCertificate(ports: ClientPorts, api: Api): Promise<Bytes> {
  const now = ports.clock.now();
  const stored = await ports.storage.transaction((tx) => certificates.get(tx, KEY));
  if (stored !== undefined && isFresh(stored, now)) return stored.certificate;
  try {
    const { certificate, expiresAt } = await api.call('getSenderCertificate', {});
    const fresh = { certificate: decodeBase64Url(certificate), obtainedAt: now, expiresAt };
    await ports.storage.transaction((tx) => certificates.put(tx, KEY, fresh));
    return fresh.certificate;
  } catch (error) {
    // The old one still serves until it expires.
    if (stored !== undefined && now < stored.expiresAt) return stored.certificate;
    throw error;
  }
}

/** A clock that stepped back makes the age negative: then fetch, too. */
function isFresh({ obtainedAt, expiresAt }: StoredCertificate, now: number): boolean {
  return now >= obtainedAt && now < obtainedAt + (expiresAt - obtainedAt) / 2;
}
