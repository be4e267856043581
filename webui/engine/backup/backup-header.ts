/** The first 64 bytes of a backup file, in the clear; docs/backup-format.md. */
import { decodeUtf8, encodeUtf8 } from '../../../client/bytes.ts';
import { EngineFault } from '../engine-errors.ts';
import type { Argon2Cost } from '../vault/wraps.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const MAGIC = 'VantBackup';
export const BACKUP_FILE_VERSION = 1;
export const HEADER_BYTES = 64;
export const NONCE_PREFIX_BYTES = 7;
export const KEY_CHECK_BYTES = 16;

const VERSION_AT = 10;
const MEMORY_AT = 11;
const PASSES_AT = 15;
const LANES_AT = 16;
const SALT_AT = 17;
const NONCE_PREFIX_AT = 33;
const KEY_CHECK_AT = 40;
const CHECKSUM_AT = 56;

export interface BackupHeader {
  readonly cost: Argon2Cost;
  /** 16 bytes. */
  readonly salt: Bytes;
  readonly noncePrefix: Bytes;
  /** Tells a wrong passphrase from a damaged file. */
  readonly keyCheck: Bytes;
}

export async function encodeHeader({ cost, salt, noncePrefix, keyCheck }: BackupHeader): Promise<Bytes> {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes.set(encodeUtf8(MAGIC));
  bytes[VERSION_AT] = BACKUP_FILE_VERSION;
  new DataView(bytes.buffer).setUint32(MEMORY_AT, cost.memoryKibibytes);
  bytes[PASSES_AT] = cost.passes;
  bytes[LANES_AT] = cost.lanes;
  bytes.set(salt, SALT_AT);
  bytes.set(noncePrefix, NONCE_PREFIX_AT);
  bytes.set(keyCheck, KEY_CHECK_AT);
  bytes.set(await checksumOf(bytes), CHECKSUM_AT);
  return bytes;
}

/** @throws EngineFault NOT_A_BACKUP, BACKUP_TOO_NEW, BACKUP_DAMAGED */
export async function parseHeader(bytes: Bytes): Promise<BackupHeader> {
  if (decodeUtf8(bytes.subarray(0, VERSION_AT)) !== MAGIC) throw new EngineFault('NOT_A_BACKUP');
  const version = bytes[VERSION_AT] ?? 0;
  if (version > BACKUP_FILE_VERSION) throw new EngineFault('BACKUP_TOO_NEW');
  // Checked before a second is spent on the passphrase, and before anything is allocated that the header asks for.
  const isWhole = bytes.length === HEADER_BYTES && equal(await checksumOf(bytes), bytes.subarray(CHECKSUM_AT));
  if (!isWhole || version !== BACKUP_FILE_VERSION) throw new EngineFault('BACKUP_DAMAGED');
  const memoryKibibytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MEMORY_AT);
  return {
    cost: { memoryKibibytes, passes: bytes[PASSES_AT] ?? 0, lanes: bytes[LANES_AT] ?? 0 },
    salt: bytes.slice(SALT_AT, NONCE_PREFIX_AT),
    noncePrefix: bytes.slice(NONCE_PREFIX_AT, KEY_CHECK_AT),
    keyCheck: bytes.slice(KEY_CHECK_AT, CHECKSUM_AT),
  };
}

/** Against accidents only: who changes the header on purpose changes this, too, and then the chunks do not open. */
async function checksumOf(header: Bytes): Promise<Uint8Array> {
  const hash = await crypto.subtle.digest('SHA-256', header.slice(0, CHECKSUM_AT));
  return new Uint8Array(hash, 0, HEADER_BYTES - CHECKSUM_AT);
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
