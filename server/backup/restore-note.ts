/** What a restored server knows of its restore: whoever was removed after the backup is back, and nobody but people can know. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './write-atomically.ts';

const FILE = 'restored.json';

export interface RestoreNote {
  /** Milliseconds since 1970, as all times. */
  readonly restoredAt: number;
  /** When the backup was made. */
  readonly createdAt: number;
}

export function writeRestoreNote(directory: string, note: RestoreNote): void {
  writeAtomically(join(directory, FILE), Buffer.from(`${JSON.stringify(note)}\n`));
}

/** Undefined for a server that was never restored. */
export function readRestoreNote(dataDirectory: string): RestoreNote | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDirectory, FILE), 'utf8')) as RestoreNote;
  } catch {
    return undefined;
  }
}
