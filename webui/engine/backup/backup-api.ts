/** The backup file, as the page sees it; docs/backup-format.md says what is in it. */

export interface BackupProgress {
  readonly direction: 'export' | 'import';
  /** `key`: the passphrase is being stretched, about a second. `check`: the file is read once before anything is taken of it. */
  readonly phase: 'key' | 'check' | 'records' | 'done';
  /** What was written or read so far, in bytes of the file. */
  readonly doneBytes: number;
  /** Of the file when it is read; unknown while it is written. */
  readonly totalBytes: number | undefined;
}

export interface ExportOptions {
  readonly passphrase: string;
  /** Where to write, from showSaveFilePicker. Without it the file is given back as a Blob, to be downloaded. */
  readonly file?: FileSystemFileHandle;
}

export interface ImportOptions {
  readonly passphrase: string;
  readonly file: Blob;
}

export interface ImportedBackup {
  readonly addedMessages: number;
  /** They were there already, or their time is over. */
  readonly skippedMessages: number;
}

/** One at a time. */
export interface BackupApi {
  /** Gives the file, unless it was written to `options.file`. @throws EngineFault BACKUP_CANCELLED, BACKUP_BUSY */
  exportTo(options: ExportOptions): Promise<Blob | undefined>;
  /** Adds what is not there yet. Nothing of a damaged file is taken before it was wholly checked.
   * @throws EngineFault NOT_A_BACKUP, BACKUP_TOO_NEW, BACKUP_WRONG_PASSPHRASE, BACKUP_DAMAGED, BACKUP_CANCELLED */
  importFrom(options: ImportOptions): Promise<ImportedBackup>;
  /** The running one ends with BACKUP_CANCELLED. */
  cancel(): Promise<void>;
}
