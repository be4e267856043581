/** Makes and reads backup files. */
import type { VantClient } from '../../../client/client.ts';
import { EngineFault } from '../engine-errors.ts';
import { chooseCost } from '../vault/passphrase-key.ts';
import type { Argon2Cost } from '../vault/wraps.ts';
import type { BackupApi, BackupProgress, ExportOptions, ImportedBackup, ImportOptions } from './backup-api.ts';
import { openBackup, writeBackup } from './backup-file.ts';
import { createBlobSink, createFileSink } from './backup-sink.ts';

export type HistoryClient = Pick<VantClient, 'exportHistory' | 'importHistory'>;

export class Backup implements BackupApi {
  readonly #getClient: () => Promise<HistoryClient>;
  readonly #onProgress: (progress: BackupProgress) => void;
  readonly #chooseCost: () => Promise<Argon2Cost>;
  #running: AbortController | undefined;

  /** @param chooseArgon2Cost what the passphrase of a new file shall cost */
  constructor(
    getClient: () => Promise<HistoryClient>,
    onProgress: (progress: BackupProgress) => void,
    chooseArgon2Cost = chooseCost,
  ) {
    this.#getClient = getClient;
    this.#onProgress = onProgress;
    this.#chooseCost = chooseArgon2Cost;
  }

  exportTo({ passphrase, file }: ExportOptions): Promise<Blob | undefined> {
    return this.#alone(async (signal) => {
      if (passphrase === '') throw new RangeError('A passphrase has at least one character.');
      const tell = (phase: BackupProgress['phase'], doneBytes: number): void =>
        this.#onProgress({ direction: 'export', phase, doneBytes, totalBytes: undefined });
      tell('key', 0);
      const records = (await this.#getClient()).exportHistory();
      const pieces = writeBackup(passphrase, await this.#chooseCost(), untilAborted(records, signal));
      const sink = file === undefined ? createBlobSink() : await createFileSink(file);
      try {
        let doneBytes = 0;
        for await (const piece of pieces) {
          throwIfCancelled(signal);
          await sink.write(piece);
          doneBytes += piece.length;
          tell('records', doneBytes);
        }
        const blob = await sink.close();
        tell('done', doneBytes);
        return blob;
      } catch (error) {
        await sink.abort().catch(() => undefined);
        throw error;
      }
    });
  }

  importFrom({ passphrase, file }: ImportOptions): Promise<ImportedBackup> {
    return this.#alone(async (signal) => {
      const tell = (phase: BackupProgress['phase'], doneBytes: number): void => {
        throwIfCancelled(signal);
        this.#onProgress({ direction: 'import', phase, doneBytes, totalBytes: file.size });
      };
      tell('key', 0);
      const client = await this.#getClient();
      const backup = await openBackup(passphrase, file);
      await backup.check((doneBytes) => tell('check', doneBytes));
      const { addedMessages, skippedMessages } = await client.importHistory(
        backup.records((doneBytes) => tell('records', doneBytes)),
      );
      tell('done', file.size);
      return { addedMessages, skippedMessages };
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

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new EngineFault('BACKUP_CANCELLED');
}

async function* untilAborted(records: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const record of records) {
    throwIfCancelled(signal);
    yield record;
  }
}
