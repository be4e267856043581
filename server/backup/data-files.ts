/** The files of the data directory that make up the server: all but what can be made again, and what Redis writes. */
import { readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { DATA_DIRECTORY_RESTORE } from './pending-restore.ts';

/** Whatever a room puts into the data directory is kept without its doing; these are not. */
const LEFT_OUT: readonly RegExp[] = [
  // Read through Redis itself, which is in the middle of writing them.
  /^redis(\/|$)/,
  /^cache(\/|$)/,
  /^vant\.lock/,
  new RegExp(`^${DATA_DIRECTORY_RESTORE.replaceAll('.', '\\.')}(/|$)`),
  // Written beside and then renamed.
  /\.(new|tmp|part)$/,
];

/** Relative paths, with slashes. @param attachments directory that is kept on its own */
export async function listDataFiles(dataDirectory: string, attachments: string): Promise<string[]> {
  const isAttachment = (path: string) => !relative(resolve(attachments), path).startsWith('..');
  const entries = await readdir(dataDirectory, { withFileTypes: true, recursive: true }).catch(ignoreMissing);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !isAttachment(path))
    .map((path) => relative(dataDirectory, path).replaceAll('\\', '/'))
    .filter((path) => !LEFT_OUT.some((pattern) => pattern.test(path)))
    .sort();
}

/** `<2 hex>/<64 hex>`: those that are whole. */
export async function listAttachmentFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(ignoreMissing);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.map((path) => relative(directory, path)).filter(isAttachmentPath);
}

export const isAttachmentPath = (path: string): boolean => /^[0-9a-f]{2}\/[0-9a-f]{64}$/.test(path);

/** What comes out of an archive stays below the directory that it is put into. */
export const isSafePath = (path: string): boolean =>
  path !== '' && !path.startsWith('/') && !path.split('/').some((part) => part === '' || part === '.' || part === '..');

function ignoreMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
