/** The key of this server's data directory: what is sealed with it is of no use to whoever has only the Redis. */
import { hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StorageSetupError } from './storage-setup-error.ts';

export const DATA_KEY_FILE = 'secret.key';
const KEY_BYTES = 32;

export interface DataKey {
  /** A name of the key that tells nothing about it. */
  readonly id: string;
  /** 32 bytes for one purpose. */
  derive(purpose: string): Buffer;
}

/** Reads it, and makes it at the first start. @throws StorageSetupError when the file is not what it should be. */
export function loadDataKey(dataDirectory: string): DataKey {
  const path = join(dataDirectory, DATA_KEY_FILE);
  const key = read(path) ?? create(dataDirectory, path);
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', key, '', `vant ${purpose} v1`, KEY_BYTES));
  return { id: derive('data key id').toString('hex').slice(0, 16), derive };
}

function read(path: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StorageSetupError(
      `${path} cannot be read: give it to the user that runs Vant (chown, chmod 600).`,
      error,
    );
  }
  const key = Buffer.from(text, 'base64url');
  if (key.length === KEY_BYTES) return key;
  throw new StorageSetupError(
    `${path} holds no key of ${KEY_BYTES} bytes: restore it from a backup, or remove it, and devices register for push again.`,
  );
}

function create(dataDirectory: string, path: string): Buffer {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const key = randomBytes(KEY_BYTES);
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    // Another node on the same directory was quicker.
    const theirs = (error as NodeJS.ErrnoException).code === 'EEXIST' ? read(path) : undefined;
    if (theirs !== undefined) return theirs;
    throw new StorageSetupError(`${path} cannot be written: ${(error as Error).message}`, error);
  }
  try {
    writeSync(file, `${key.toString('base64url')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return key;
}
