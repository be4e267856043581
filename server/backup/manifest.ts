/** What a backup says of itself: the first entry of the archive. */
import type { BackupExtent } from '../storage/backup/kept-keys.ts';
import { CURRENT_FORM, FIRST_FORM } from '../storage/schema/migrations.ts';

/** Of the archive. A program reads its own format and those before. */
export const BACKUP_FORMAT = 1;

export const ENTRIES = {
  manifest: 'manifest.json',
  config: 'config/vant.config.yaml',
  /** Files that the configuration names, by option. */
  files: 'files/',
  /** Files of the data directory. */
  data: 'data/',
  records: 'redis/',
  attachments: 'attachments/',
  summary: 'summary.json',
} as const;

export interface NamedFile {
  /** The option that names it. */
  readonly option: string;
  /** Where it lay: relative to the directory of the configuration when it was below it, else absolute. */
  readonly path: string;
}

export interface Manifest extends BackupExtent {
  readonly format: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly vantVersion: string;
  /** Of the stored data (storage/schema). */
  readonly form: number;
  readonly files: readonly NamedFile[];
  /** Environment variables and credentials that gave options: their values are not in the backup. */
  readonly environment: readonly string[];
}

/** The last entry: what must have come by then. */
export interface Summary {
  readonly records: number;
  readonly files: number;
  readonly accounts: number;
}

/** Something about a backup that a person can mend. The message says what was seen and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly remedy: string;

  constructor(message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.remedy = remedy;
  }
}

/** @throws BackupError */
export function parseManifest(text: string): Manifest {
  let manifest: Partial<Manifest>;
  try {
    manifest = JSON.parse(text) as Partial<Manifest>;
  } catch (error) {
    throw new BackupError('The file is encrypted with age, but it is no backup of Vant.', 'Name another file.', error);
  }
  const { format = Infinity, vantVersion = '?' } = manifest;
  if (format > BACKUP_FORMAT) {
    throw new BackupError(
      `The backup was made by Vant ${vantVersion} in format ${format}, which this program does not know.`,
      `Install Vant ${vantVersion} or newer, and restore with it.`,
    );
  }
  if ((manifest.form ?? FIRST_FORM) > CURRENT_FORM) {
    throw new BackupError(
      `The data in the backup have form ${manifest.form ?? ''}, and this program knows forms up to ${CURRENT_FORM}.`,
      `Install Vant ${vantVersion} or newer, and restore with it.`,
    );
  }
  return manifest as Manifest;
}
