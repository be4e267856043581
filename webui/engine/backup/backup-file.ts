/** From records to the bytes of a backup file, and back; docs/backup-format.md. Everything goes in pieces: a history may be
 * larger than the memory. */
import { EngineFault } from '../engine-errors.ts';
import { KEY_BYTES, SALT_BYTES, stretchPassphrase } from '../vault/passphrase-key.ts';
import type { Argon2Cost } from '../vault/wraps.ts';
import {
  encodeHeader,
  equal,
  HEADER_BYTES,
  KEY_CHECK_BYTES,
  NONCE_PREFIX_BYTES,
  parseHeader,
  type BackupHeader,
} from './backup-header.ts';
import { frameRecords, unframeRecords } from './record-framing.ts';
import { openChunks, sealChunks, type ChunkCipher } from './sealed-chunks.ts';
import { iterate, toStream } from './streams.ts';

const KEY_INFO = 'Vant backup v1 key';
const CHECK_INFO = 'Vant backup v1 check';
const COMPRESSION = 'gzip';

type Bytes = Uint8Array<ArrayBuffer>;

/** The bytes of the file, piece by piece. The first one comes after the passphrase was stretched. */
export async function* writeBackup(
  passphrase: string,
  cost: Argon2Cost,
  records: AsyncIterable<Uint8Array>,
): AsyncGenerator<Bytes> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const noncePrefix = crypto.getRandomValues(new Uint8Array(NONCE_PREFIX_BYTES));
  const { key, keyCheck } = await deriveKeys(passphrase, { cost, salt });
  const header = await encodeHeader({ cost, salt, noncePrefix, keyCheck });
  yield header;
  const compressed = toStream(frameRecords(records)).pipeThrough(new CompressionStream(COMPRESSION));
  yield* sealChunks({ key, noncePrefix, header }, iterate(compressed));
}

/** A file whose passphrase is right. */
export interface OpenBackup {
  /** Reads all of it. `onProgress` is given how much was read so far. @throws EngineFault BACKUP_DAMAGED */
  check(onProgress: (doneBytes: number) => void): Promise<void>;
  /** @throws EngineFault BACKUP_DAMAGED */
  records(onProgress: (doneBytes: number) => void): AsyncGenerator<Uint8Array>;
}

/** @throws EngineFault NOT_A_BACKUP, BACKUP_TOO_NEW, BACKUP_WRONG_PASSPHRASE, BACKUP_DAMAGED */
export async function openBackup(passphrase: string, file: Blob): Promise<OpenBackup> {
  const header = new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());
  const parsed = await parseHeader(header);
  const { key, keyCheck } = await deriveKeys(passphrase, parsed).catch((cause: unknown) => {
    throw cause instanceof RangeError ? new EngineFault('BACKUP_DAMAGED', { cause }) : cause;
  });
  if (!equal(keyCheck, parsed.keyCheck)) throw new EngineFault('BACKUP_WRONG_PASSPHRASE');
  const cipher: ChunkCipher = { key, noncePrefix: parsed.noncePrefix, header };
  const chunks = (onProgress: (doneBytes: number) => void): AsyncGenerator<Bytes> =>
    count(openChunks(cipher, file.slice(HEADER_BYTES)), onProgress);
  return {
    async check(onProgress) {
      for await (const chunk of chunks(onProgress)) chunk.fill(0);
    },
    async *records(onProgress) {
      const stream = toStream(chunks(onProgress)).pipeThrough(new DecompressionStream(COMPRESSION));
      yield* unframeRecords(iterate(stream));
    },
  };
}

async function* count(chunks: AsyncIterable<Bytes>, onProgress: (doneBytes: number) => void): AsyncGenerator<Bytes> {
  let doneBytes = HEADER_BYTES;
  for await (const chunk of chunks) {
    doneBytes += chunk.length;
    onProgress(doneBytes);
    yield chunk;
  }
}

/** Two keys of one, so that what is written in the header says nothing about the other. */
async function deriveKeys(
  passphrase: string,
  { cost, salt }: Pick<BackupHeader, 'cost' | 'salt'>,
): Promise<{ key: CryptoKey; keyCheck: Bytes }> {
  const stretched = await stretchPassphrase(passphrase, salt, cost);
  const secret = await crypto.subtle.importKey('raw', stretched, 'HKDF', false, ['deriveBits']);
  const derive = async (info: string, length: number): Promise<Bytes> => {
    const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: new TextEncoder().encode(info) };
    return new Uint8Array(await crypto.subtle.deriveBits(parameters, secret, 8 * length));
  };
  const keyBytes = await derive(KEY_INFO, KEY_BYTES);
  const key = await crypto.subtle.importKey('raw', keyBytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { key, keyCheck: await derive(CHECK_INFO, KEY_CHECK_BYTES) };
}
