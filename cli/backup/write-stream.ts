import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import { syncDirectory } from '../../server/backup/write-atomically.ts';

/** The whole file or none: what is killed on the way leaves `<file>.part`, which the next one overwrites.
 * @param path `-` for stdout. @returns how many bytes. */
export async function writeStream(path: string, stream: ReadableStream<Uint8Array>): Promise<number> {
  const source = Readable.fromWeb(stream as NodeReadableStream);
  let bytes = 0;
  source.on('data', (chunk: Uint8Array) => (bytes += chunk.length));
  if (path === '-') {
    await pipeline(source, process.stdout, { end: false });
    return bytes;
  }
  const part = `${path}.part`;
  try {
    await pipeline(source, createWriteStream(part, { mode: 0o600, flush: true }));
    renameSync(part, path);
    syncDirectory(dirname(path));
    return bytes;
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
