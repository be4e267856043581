import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface DirectoryMarks {
  /** Notes the mark of the directory that this node uses. @returns the one that was noted before. */
  exchange(mark: string): Promise<string | undefined>;
}

/** Several nodes must find each other's files. Each directory has a mark; a node that finds another mark noted than its own has
 * another directory than the node that noted it.
 * @returns what to tell the admin, or undefined. */
export async function checkDirectory(directory: string, marks: DirectoryMarks): Promise<string | undefined> {
  let mark: string;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    mark = await readMark(join(directory, 'mark'));
  } catch (error) {
    // Messages go on without files: a node that has no disk to write on is still a relay.
    return (
      `attachments.directory (${directory}) cannot be used (${(error as Error).message}), so files are refused. ` +
      'It must be on a writable disk and belong to the user that runs Vant.'
    );
  }
  const before = await marks.exchange(mark);
  if (before === undefined || before === mark) return undefined;
  return (
    `attachments.directory (${directory}) is not the directory that was used last with this Redis. If another node uses ` +
    'that one, neither finds the files of the other: give all nodes one shared directory. If you have moved it, nothing is to do.'
  );
}

async function readMark(path: string): Promise<string> {
  // Two nodes may make it at once: the first one's holds.
  await writeFile(path, randomUUID(), { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  return await readFile(path, 'utf8');
}
