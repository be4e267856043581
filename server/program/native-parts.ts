/** What the packaged executable carries that the system can run only from a file: Signal's native library and redis-server. Each is
 * unpacked once, into a folder that nobody else can write to, and is verified by its hash at every start. */
import { createHash, randomUUID, type Hash } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nativePartFile, PACKED_FILES } from './packed-files.ts';
import { findProgramFile } from './program-files.ts';
import { preparePrivateFolder } from './private-folder.ts';

/** SHA-256 in hex by name. */
export type NativePartHashes = Readonly<Record<string, string>>;

const CHUNK_BYTES = 1024 * 1024;
/** Of versions that were used last: an old program that still runs may have to start its Redis again. */
const KEPT_VERSIONS = 3;
/** Another process may delete what looks like a leftover, when both see only their own process ids. */
const ATTEMPTS = 3;

/** @returns undefined in a checkout: it has the parts in its dependencies. */
export function findNativeParts(): NativePartHashes | undefined {
  const text = findProgramFile(PACKED_FILES.nativeParts)?.toString('utf8');
  return text === undefined ? undefined : (JSON.parse(text) as NativePartHashes);
}

/** @returns path of a file with exactly the bytes of the part. @throws NativePartError */
export function unpackNativePart(name: string): string {
  const hashes = findNativeParts() ?? {};
  const [expected, bytes] = [hashes[name], findProgramFile(nativePartFile(name))];
  if (expected === undefined || bytes === undefined) throw new Error(`This executable has no ${name}.`);
  const folder = preparePrivateFolder(process.env, `native/${hashOf(JSON.stringify(hashes)).slice(0, 16)}`);
  return unpackInto(folder, name, bytes, expected);
}

/** @param folder that nobody else can write to; @param write as node:fs has it */
export function unpackInto(
  folder: string,
  name: string,
  bytes: Uint8Array,
  expected: string,
  write: typeof writeSync = writeSync,
): string {
  const path = join(folder, name);
  if (hashOfFile(path) === expected) {
    // So that the versions that are in use are known.
    utimesSync(folder, new Date(), new Date());
    return path;
  }
  for (let attempt = 1; ; attempt++) {
    try {
      writeInPlace(path, bytes, write);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === ATTEMPTS) throw error;
    }
  }
  if (hashOfFile(path) !== expected)
    throw new Error(`${path} is not what was written: the disk or this executable is damaged.`);
  removeLeftovers(folder);
  return path;
}

/** Under another name first: a process that is killed meanwhile, or a full disk, leaves no half of a library under the right one. */
function writeInPlace(path: string, bytes: Uint8Array, write: typeof writeSync): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomUUID()}`);
  const file = openSync(temporary, 'wx', 0o700);
  try {
    for (let offset = 0; offset < bytes.length;) offset += write(file, bytes, offset);
    fchmodSync(file, 0o500);
    fsyncSync(file);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** What killed processes have left, and versions that nobody has started for long. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^\..+\.(\d+)\.[\w-]+$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
  const versions = dirname(folder);
  const ages = readdirSync(versions).map((name) => ({
    path: join(versions, name),
    time: timeOf(join(versions, name)),
  }));
  for (const { path } of ages.sort((a, b) => b.time - a.time).slice(KEPT_VERSIONS)) {
    if (path !== folder) rmSync(path, { recursive: true, force: true });
  }
}

const timeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** In pieces: the whole file would stay in the memory of the process. */
function hashOfFile(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
  try {
    const hash: Hash = createHash('sha256');
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const { uid, mode } = fstatSync(file);
    if (uid !== process.geteuid?.() || (mode & 0o777) !== 0o500) return undefined;
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk))
      hash.update(chunk.subarray(0, length));
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
