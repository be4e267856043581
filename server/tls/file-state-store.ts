import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { StateName, StateStore } from './state-store.ts';
import { TlsSetupError } from './tls-setup-error.ts';

export const TLS_DIRECTORY = 'tls';

/** Files in the data directory, for their owner only. Each is replaced as a whole, so that a crash leaves the former one. */
export class FileStateStore implements StateStore {
  readonly #directory: string;

  /** @throws TlsSetupError when the folder cannot be made */
  constructor(dataDirectory: string) {
    this.#directory = join(dataDirectory, TLS_DIRECTORY);
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      chmodSync(this.#directory, 0o700);
    } catch (error) {
      throw new TlsSetupError(
        `${this.#directory} cannot be written: give storage.data_dir to the user that runs Vant (chown).`,
        error,
      );
    }
  }

  async read(name: StateName): Promise<string | undefined> {
    return readState(this.#directory, name);
  }

  async write(name: StateName, text: string): Promise<void> {
    const path = join(this.#directory, `${name}.json`);
    const temporary = `${path}.new`;
    rmSync(temporary, { force: true });
    const file = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    this.#syncDirectory();
  }

  async remove(name: StateName): Promise<void> {
    rmSync(join(this.#directory, `${name}.json`), { force: true });
  }

  /** Two servers on one data directory cannot be: their Redis has seen to it. */
  async withLock<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return await work(new AbortController().signal);
  }

  async publish(): Promise<void> {
    // There are no others.
  }

  async subscribe(): Promise<void> {
    // Likewise.
  }

  #syncDirectory(): void {
    const directory = openSync(this.#directory, 'r');
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  }
}

/** @param directory `tls` in the data directory */
export function readState(directory: string, name: StateName): string | undefined {
  try {
    return readFileSync(join(directory, `${name}.json`), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
