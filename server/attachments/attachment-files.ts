/** Attachments as files: `<directory>/<2 hex>/<64 hex>`, written beside and then renamed, so that a file that is there is whole.
 * When a file was written says when it goes; so no record of it can be lost, and none is left over. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, type ReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { VantError } from '../../wire/errors.ts';

/** Where files lie that are not whole yet. */
const INCOMING = 'incoming';
/** An upload takes no longer; what is older was left by a crash. */
export const UPLOAD_TIMEOUT_MS = 60 * 60 * 1000;
/** A member who sends nothing for so long has gone. */
const IDLE_TIMEOUT_MS = 30_000;
/** The message that names a file is sent after it, and may wait as long: it must not find the file gone. */
const GRACE_MS = UPLOAD_TIMEOUT_MS;

export interface FileLimits {
  readonly ttlMs: number;
  readonly minFreeBytes: number;
}

export interface OpenAttachment {
  readonly bytes: number;
  /** Both ends count. Closes the file when it ends or is destroyed. */
  read(start: number, end: number): ReadStream;
  close(): Promise<void>;
}

export class AttachmentFiles {
  readonly #directory: string;
  readonly #limits: () => FileLimits;
  readonly #now: () => number;
  /** Of uploads under way: promised, and not on the disk yet. */
  #promisedBytes = 0;

  constructor(directory: string, limits: () => FileLimits, now: () => number) {
    this.#directory = directory;
    this.#limits = limits;
    this.#now = now;
  }

  /** @throws VantError DISK_FULL; BAD_REQUEST when the source has another length or stops coming. Nothing is left then. */
  async write(id: string, source: Readable, bytes: number): Promise<void> {
    const path = this.#toPath(id);
    const part = join(this.#directory, INCOMING, randomUUID());
    this.#promisedBytes += bytes;
    try {
      await this.#checkRoom();
      for (const each of [path, part]) await mkdir(dirname(each), { recursive: true, mode: 0o700 });
      await pipeline(source, createMeter(bytes), createWriteStream(part, { mode: 0o600, flags: 'wx', flush: true }));
      await rename(part, path);
      await syncDirectory(dirname(path));
    } catch (error) {
      // The sweep finds what cannot be deleted now; the first error is the one that tells.
      await rm(part, { force: true }).catch(() => undefined);
      throw toUploadError(error);
    } finally {
      this.#promisedBytes -= bytes;
    }
  }

  /** @returns undefined for what is not there, or not any more. */
  async open(id: string): Promise<OpenAttachment | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(this.#toPath(id), 'r');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw error;
    }
    const { size, mtimeMs } = await handle.stat();
    if (this.#hasExpired(mtimeMs)) {
      await handle.close();
      return undefined;
    }
    return {
      bytes: size,
      read: (start, end) => handle.createReadStream({ start, end }),
      close: () => handle.close(),
    };
  }

  /** Deletes what has expired and what crashes have left. @returns how many files. */
  async sweep(): Promise<number> {
    let removed = 0;
    for (const folder of await list(this.#directory)) {
      const isIncoming = folder === INCOMING;
      for (const name of await list(join(this.#directory, folder))) {
        const path = join(this.#directory, folder, name);
        const { mtimeMs } = (await stat(path).catch(() => undefined)) ?? { mtimeMs: Number.MAX_SAFE_INTEGER };
        const isOver = isIncoming ? this.#now() - mtimeMs > UPLOAD_TIMEOUT_MS : this.#hasExpired(mtimeMs);
        if (!isOver) continue;
        await rm(path, { force: true });
        removed++;
      }
    }
    return removed;
  }

  async #checkRoom(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(this.#directory);
    if (bavail * bsize - this.#promisedBytes < this.#limits().minFreeBytes) throw new VantError('DISK_FULL');
  }

  #hasExpired(mtimeMs: number): boolean {
    return this.#now() - mtimeMs > this.#limits().ttlMs + GRACE_MS;
  }

  /** The id itself never becomes a path: whatever it holds, its hash is 64 harmless characters. And who can list the directory
   * cannot fetch with what they see. */
  #toPath(id: string): string {
    const name = createHash('sha256').update(id).digest('hex');
    return join(this.#directory, name.slice(0, 2), name);
  }
}

/** Passes on exactly so many bytes, and ends what stops coming. */
function createMeter(bytes: number): Transform {
  let seen = 0;
  const timer = setTimeout(
    () => meter.destroy(new VantError('BAD_REQUEST', 'Nothing came for too long.')),
    IDLE_TIMEOUT_MS,
  );
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      timer.refresh();
      seen += chunk.length;
      if (seen > bytes) done(wrongLength(bytes));
      else done(null, chunk);
    },
    flush: (done) => done(seen === bytes ? null : wrongLength(bytes)),
    destroy(error, done) {
      clearTimeout(timer);
      done(error);
    },
  });
  return meter;
}

const wrongLength = (bytes: number): VantError =>
  new VantError('BAD_REQUEST', `The body does not have the ${bytes} bytes that Content-Length says.`);

/** A disk that is full, that fails, or that is not for us to write on. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EIO']);

function toUploadError(error: unknown): unknown {
  if (error instanceof VantError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (NO_ROOM.has(code ?? '')) return new VantError('DISK_FULL', undefined, { cause: error });
  const isGone = code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
  return isGone ? new VantError('BAD_REQUEST', 'The upload was broken off.', { cause: error }) : error;
}

/** Or a power cut could take the name of a file back that the sender was told of. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  await handle.sync().finally(() => handle.close());
}

async function list(directory: string): Promise<string[]> {
  return await readdir(directory).catch(() => []);
}
