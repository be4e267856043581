/** A long plaintext in chunks that cannot be reordered, left out, repeated or cut off: the STREAM construction (Hoang,
 * Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, CRYPTO 2015, section 7)
 * over AES-256-GCM. The nonce of a chunk is a random prefix of the file, the number of the chunk, and whether it is the last. */
import { EngineFault } from '../engine-errors.ts';
import { NONCE_PREFIX_BYTES } from './backup-header.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
const NONCE_BYTES = 12;
const MAX_CHUNKS = 2 ** 32;

export interface ChunkCipher {
  readonly key: CryptoKey;
  readonly noncePrefix: Bytes;
  /** Goes into every chunk, so that the header cannot be another one. */
  readonly header: Bytes;
}

/** Takes pieces of any size. An empty plaintext is one empty chunk. */
export async function* sealChunks(cipher: ChunkCipher, plaintext: AsyncIterable<Uint8Array>): AsyncGenerator<Bytes> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  let filled = 0;
  let index = 0;
  for await (const piece of plaintext) {
    for (let taken = 0; taken < piece.length;) {
      // Only now is it certain that the full one is not the last.
      if (filled === CHUNK_BYTES) {
        yield await seal(cipher, index++, false, buffer);
        filled = 0;
      }
      const part = piece.subarray(taken, taken + CHUNK_BYTES - filled);
      buffer.set(part, filled);
      filled += part.length;
      taken += part.length;
    }
  }
  yield await seal(cipher, index, true, buffer.subarray(0, filled));
}

/** The chunks of a file, whose length says which one is the last. @throws EngineFault BACKUP_DAMAGED */
export async function* openChunks(cipher: ChunkCipher, sealed: Blob): AsyncGenerator<Bytes> {
  const count = Math.ceil(sealed.size / SEALED_CHUNK_BYTES);
  if (count === 0) throw new EngineFault('BACKUP_DAMAGED');
  for (let index = 0; index < count; index++) {
    const chunk = await sealed.slice(index * SEALED_CHUNK_BYTES, (index + 1) * SEALED_CHUNK_BYTES).arrayBuffer();
    yield await open(cipher, index, index === count - 1, new Uint8Array(chunk));
  }
}

async function seal(cipher: ChunkCipher, index: number, isLast: boolean, chunk: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.encrypt(parametersOf(cipher, index, isLast), cipher.key, chunk));
}

async function open(cipher: ChunkCipher, index: number, isLast: boolean, chunk: Bytes): Promise<Bytes> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parametersOf(cipher, index, isLast), cipher.key, chunk));
  } catch (cause) {
    throw new EngineFault('BACKUP_DAMAGED', { cause });
  }
}

function parametersOf({ noncePrefix, header }: ChunkCipher, index: number, isLast: boolean): AesGcmParams {
  if (index >= MAX_CHUNKS) throw new RangeError('A backup has at most 2^32 chunks.');
  const iv = new Uint8Array(NONCE_BYTES);
  iv.set(noncePrefix);
  new DataView(iv.buffer).setUint32(NONCE_PREFIX_BYTES, index);
  iv[NONCE_BYTES - 1] = isLast ? 1 : 0;
  return { name: 'AES-GCM', iv, additionalData: header };
}
