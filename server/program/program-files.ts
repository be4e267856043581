/** The program's own files, by their paths in the repository: of the checkout, or out of the packaged executable. */
import { readFileSync } from 'node:fs';
import { getRawAsset, isSea } from 'node:sea';

const ROOT = new URL('../../', import.meta.url);

/** Whether this is the packaged executable, which has no files beside it. */
export const isPackaged = isSea();

/** @param path such as `package.json`. Packaged, the bytes lie in the memory of the executable: never write to them.
 * @returns undefined when there is no such file. */
export function findProgramFile(path: string): Buffer | undefined {
  try {
    return isPackaged ? Buffer.from(getRawAsset(path)) : readFileSync(new URL(path, ROOT));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ERR_SINGLE_EXECUTABLE_APPLICATION_ASSET_NOT_FOUND') return undefined;
    throw error;
  }
}

/** @throws Error when there is no such file */
export function readProgramText(path: string): string {
  const file = findProgramFile(path);
  if (file === undefined) throw new Error(`Vant was built without ${path}.`);
  return file.toString('utf8');
}
