import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StorageSetupError } from '../storage-setup-error.ts';

const LOCK_FILE = 'vant.lock';
const HOLDER_FILE = 'vant.lock.json';
const SQLITE_BUSY = 5;

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/** A data directory belongs to one Vant at a time. The lock is the operating system's own (fcntl, which Node reaches only
 * through SQLite): the kernel gives it to exactly one of many that ask at once, and takes it back when the holder dies however
 * it dies. So there is no stale lock, no reused pid to mistake for the holder, and it holds between containers too.
 * A child does not inherit it: a redis-server that outlives its Vant does not keep the directory locked. */
export class DirectoryLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @throws StorageSetupError when another Vant uses the directory, or it cannot be written. */
  static acquire(directory: string): DirectoryLock {
    const database = openLockFile(join(directory, LOCK_FILE));
    try {
      // RESERVED, not EXCLUSIVE: of many that ask at once one gets it, where exclusive ones could refuse each other.
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
    } catch (error) {
      database.close();
      throw isBusy(error) ? inUse(directory) : unusable(directory, error);
    }
    const holder: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
    writeFileSync(join(directory, HOLDER_FILE), JSON.stringify(holder), { mode: 0o600 });
    return new DirectoryLock(database);
  }

  release(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

function openLockFile(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path);
    chmodSync(path, 0o600);
    return database;
  } catch (error) {
    throw unusable(path, error);
  }
}

function isBusy(error: unknown): boolean {
  return (error as { errcode?: number }).errcode === SQLITE_BUSY;
}

function inUse(directory: string): StorageSetupError {
  const holder = readHolder(directory);
  const who =
    holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}, since ${holder.since}`;
  return new StorageSetupError(
    `The data directory ${directory} is in use by another Vant (${who}). ` +
      'Stop that one first, or give this one its own data directory: two on one directory would destroy the messages in it.',
  );
}

function unusable(path: string, cause: unknown): StorageSetupError {
  return new StorageSetupError(
    `The data directory cannot be locked at ${path} (${(cause as Error).message}). ` +
      'It must be on a writable local disk, and belong to the user that runs Vant.',
    cause,
  );
}

/** Only for the message: the lock itself decides. */
function readHolder(directory: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, HOLDER_FILE), 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}
