/** Puts a backup in the place of what is there. Everything is read, checked and staged first; until then the old state stands. */
import { createWriteStream, existsSync, mkdirSync, rmSync } from 'node:fs';
import { rename, utimes } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import type { LoadedConfig } from '../../config/load.ts';
import { RecordLoader } from '../storage/backup/load-records.ts';
import { decodeRecord } from '../storage/backup/stored-record.ts';
import type { RedisConnection } from '../storage/connection.ts';
import { isAttachmentPath, isSafePath } from './data-files.ts';
import { BackupError, ENTRIES, parseManifest, type Manifest, type Summary } from './manifest.ts';
import { commitRestore, completeRestore, prepareStaging, stagedFilesDirectory } from './pending-restore.ts';
import { openStream, type OpenKey } from './seal-file.ts';
import { writeRestoreNote } from './restore-note.ts';
import { syncDirectory } from './write-atomically.ts';

/** Of manifest, configuration, and each file that it names. */
const MAX_SMALL_BYTES = 2 * 1024 * 1024;

/** What came before the data: with it the caller finds the configuration to restore into. */
export interface BackupHead {
  readonly manifest: Manifest;
  readonly config?: Uint8Array;
  /** In the order of `manifest.files`. */
  readonly files: readonly Uint8Array[];
}

export interface RestoreTarget {
  readonly loaded: LoadedConfig;
  readonly redis: RedisConnection;
  /** Whether members that are there may be replaced. */
  readonly force: boolean;
  readonly now: number;
  /** Called when all is staged, right before the old state goes. */
  readonly beforeCommit?: () => void;
}

export interface Restored {
  readonly manifest: Manifest;
  readonly summary: Summary;
}

/** @param open gives the target, once the head is known
 * @throws BackupError; nothing has changed then */
export async function restoreBackup(
  ciphertext: ReadableStream<Uint8Array>,
  key: OpenKey,
  open: (head: BackupHead) => Promise<RestoreTarget>,
): Promise<Restored> {
  const plaintext = await openStream(ciphertext, key);
  const entries = plaintext.pipeThrough(createTarDecoder({ strict: true }));
  const restore = new Restore(open);
  try {
    for await (const entry of entries) await restore.take(entry);
  } catch (error) {
    throw explain(error);
  }
  return await restore.finish();
}

class Restore {
  readonly #open: (head: BackupHead) => Promise<RestoreTarget>;
  #head: { manifest: Manifest; config?: Uint8Array; files: Uint8Array[] } | undefined;
  #into: { target: RestoreTarget; loader: RecordLoader } | undefined;
  #summary: Summary | undefined;
  #records = 0;
  #files = 0;

  constructor(open: (head: BackupHead) => Promise<RestoreTarget>) {
    this.#open = open;
  }

  async take({ header: { name, mtime }, body }: ParsedTarEntry): Promise<void> {
    if (this.#head === undefined) {
      if (name !== ENTRIES.manifest) throw notABackup();
      this.#head = { manifest: parseManifest(String(await readSmall(body))), files: [] };
    } else if (name === ENTRIES.config) this.#head.config = await readSmall(body);
    else if (name.startsWith(ENTRIES.files)) this.#head.files.push(await readSmall(body));
    else if (name === ENTRIES.summary) this.#summary = JSON.parse(String(await readSmall(body))) as Summary;
    else await this.#takeContent(name, body, mtime ?? new Date());
  }

  async #takeContent(name: string, body: ReadableStream<Uint8Array>, mtime: Date): Promise<void> {
    const { target, loader } = await this.#opened();
    const { config } = target.loaded;
    if (name.startsWith(ENTRIES.records)) {
      this.#records += await loadRecords(body, loader);
    } else if (name.startsWith(ENTRIES.data) && isSafePath(name.slice(ENTRIES.data.length))) {
      const path = join(stagedFilesDirectory(config.storage.data_dir), name.slice(ENTRIES.data.length));
      await writeFile(path, body, mtime);
      this.#files++;
    } else if (name.startsWith(ENTRIES.attachments) && isAttachmentPath(name.slice(ENTRIES.attachments.length))) {
      await writeAttachment(config.attachments.directory, name.slice(ENTRIES.attachments.length), body, mtime);
      this.#files++;
    } else throw new BackupError(`The backup holds ${JSON.stringify(name)}, which this program does not know.`, NEWER);
  }

  async #opened() {
    if (this.#into !== undefined) return this.#into;
    if (this.#head === undefined) throw notABackup();
    const target = await this.#open(this.#head);
    const { redis, loaded, force } = target;
    const loader = new RecordLoader(redis, loaded.config.redis.key_prefix);
    const accounts = await loader.countAccounts();
    if (accounts > 0 && !force) {
      throw new BackupError(
        `There is a team of ${accounts} members here already (${loaded.config.storage.data_dir}), which the restore would delete.`,
        'Back it up first if it matters (vant backup), then add --force to replace it.',
      );
    }
    await loader.discardStaged();
    await prepareStaging(loaded.config.storage.data_dir);
    return (this.#into = { target, loader });
  }

  async finish(): Promise<Restored> {
    const { manifest } = this.#head ?? {};
    if (manifest === undefined || this.#summary === undefined) throw incomplete();
    const { target, loader } = await this.#opened();
    if (this.#summary.records !== this.#records || this.#summary.files !== this.#files) throw incomplete();
    await loader.finishStaging();
    const { loaded, redis, now } = target;
    const { data_dir: dataDirectory } = loaded.config.storage;
    const staged = stagedFilesDirectory(dataDirectory);
    writeRestoreNote(staged, { restoredAt: now, createdAt: manifest.createdAt });
    syncDirectory(staged);
    target.beforeCommit?.();
    commitRestore(dataDirectory);
    await completeRestore({ redis, prefix: loaded.config.redis.key_prefix, dataDirectory });
    return { manifest, summary: this.#summary };
  }
}

const NEWER = 'It was made by a newer Vant: install that one, and restore with it.';

async function loadRecords(body: ReadableStream<Uint8Array>, loader: RecordLoader): Promise<number> {
  let [count, rest] = [0, ''];
  const text = body.pipeThrough(new TextDecoderStream());
  for await (const piece of text) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) await loader.stage(decodeRecord(line));
    count += lines.length;
  }
  return count;
}

async function readSmall(body: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    if ((bytes += chunk.length) > MAX_SMALL_BYTES) throw notABackup();
  }
  return Buffer.concat(chunks);
}

async function writeFile(path: string, body: ReadableStream<Uint8Array>, mtime: Date): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = createWriteStream(path, { mode: 0o600, flush: true });
  await pipeline(Readable.fromWeb(body as import('node:stream/web').ReadableStream), file);
  await utimes(path, mtime, mtime);
}

/** Right into its place: nobody can tell it from one that was sent, and without the messages that name it, it is found by nobody. */
async function writeAttachment(
  directory: string,
  path: string,
  body: ReadableStream<Uint8Array>,
  mtime: Date,
): Promise<void> {
  const target = join(directory, path);
  const part = join(directory, 'incoming', randomUUID());
  try {
    await writeFile(part, body, mtime);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    if (!existsSync(target)) await rename(part, target);
  } finally {
    rmSync(part, { force: true });
  }
}

const notABackup = () =>
  new BackupError('The file is encrypted with age, but it is no backup of Vant.', 'Name another file.');

const incomplete = () =>
  new BackupError('The backup is not complete: it was cut off when it was made.', 'Restore an earlier one.');

/** What the library for age says of a chunk that does not fit, and the one for tar of what is no archive. */
function explain(error: unknown): Error {
  const { message, name } = error as Error;
  if (/invalid tag|ciphertext|final chunk|unexpected end|end of (stream|archive)|truncated/i.test(message)) {
    return new BackupError(
      'The file is damaged, or cut off at its end.',
      'Copy it again from where it was made, or restore an earlier one. Nothing was changed here.',
      error,
    );
  }
  if (name === 'SyntaxError' || /checksum|magic|header/i.test(message)) return notABackup();
  return error as Error;
}
