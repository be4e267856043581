/** The data directory has a note of its form, too: what lies in it is looked at before its Redis is started. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StorageSetupError } from '../storage-setup-error.ts';
import { refuseNewer, type FormNote } from './bring-up-to-date.ts';
import { CURRENT_FORM } from './migrations.ts';

export const FORM_FILE = 'form.json';

/** @throws StorageSetupError when a newer Vant has written it. */
export function checkDirectoryForm(dataDirectory: string, version: string): void {
  const note = readNote(join(dataDirectory, FORM_FILE));
  if (note !== undefined) refuseNewer(note, CURRENT_FORM, version, `The data in ${dataDirectory}`);
}

/** After Redis is up to date, so that a kill in between leaves the older number. */
export function noteDirectoryForm(dataDirectory: string, version: string): void {
  const path = join(dataDirectory, FORM_FILE);
  if (readNote(path)?.form === CURRENT_FORM) return;
  const note: FormNote = { form: CURRENT_FORM, writtenBy: version };
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, `${JSON.stringify(note)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function readNote(path: string): FormNote | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    // No permission: what follows says so better, about the directory itself.
    if (code === 'EACCES') return undefined;
    throw error;
  }
  try {
    const { form, writtenBy } = JSON.parse(text) as Partial<FormNote>;
    if (typeof form === 'number') return { form, writtenBy: String(writtenBy) };
  } catch {
    // Told below.
  }
  throw new StorageSetupError(
    `${path} does not say which form the data have: restore it from a backup, or remove it if this Vant wrote the data.`,
  );
}
