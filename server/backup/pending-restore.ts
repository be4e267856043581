/** The last step of a restore: what was staged takes the place of what was there. A file says that it has begun; whoever finds it, be it
 * the next start of the server, goes on with it. Before it is written, nothing of the old state has changed. */
import { existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteReplaced, moveStaged } from '../storage/backup/load-records.ts';
import type { RedisConnection } from '../storage/connection.ts';
import { writeAtomically } from './write-atomically.ts';

export const DATA_DIRECTORY_RESTORE = '.restore';
const COMMIT_FILE = 'commit.json';
const STAGED_FILES = 'files';

type Phase = 'delete' | 'move';

interface Means {
  readonly redis: RedisConnection;
  readonly prefix: string;
  readonly dataDirectory: string;
}

/** Where files of the data directory wait. */
export const stagedFilesDirectory = (dataDirectory: string): string =>
  join(dataDirectory, DATA_DIRECTORY_RESTORE, STAGED_FILES);

/** Empties the staging place. */
export async function prepareStaging(dataDirectory: string): Promise<void> {
  rmSync(join(dataDirectory, DATA_DIRECTORY_RESTORE), { recursive: true, force: true });
  await mkdir(stagedFilesDirectory(dataDirectory), { recursive: true, mode: 0o700 });
}

/** From here on the restore happens, whatever dies. */
export function commitRestore(dataDirectory: string): void {
  writePhase(dataDirectory, 'delete');
}

/** Does nothing when no restore was begun. @returns whether one was completed. */
export async function completeRestore({ redis, prefix, dataDirectory }: Means): Promise<boolean> {
  const phase = readPhase(dataDirectory);
  if (phase === undefined) return false;
  if (phase === 'delete') {
    await deleteReplaced(redis, prefix);
    // What is moved must not be deleted when this is repeated.
    writePhase(dataDirectory, 'move');
  }
  await moveStaged(redis, prefix);
  moveFiles(dataDirectory);
  rmSync(join(dataDirectory, DATA_DIRECTORY_RESTORE), { recursive: true, force: true });
  return true;
}

function moveFiles(dataDirectory: string): void {
  const staged = stagedFilesDirectory(dataDirectory);
  if (!existsSync(staged)) return;
  for (const name of readdirSync(staged)) {
    const target = join(dataDirectory, name);
    rmSync(target, { recursive: true, force: true });
    renameSync(join(staged, name), target);
  }
}

function readPhase(dataDirectory: string): Phase | undefined {
  const path = join(dataDirectory, DATA_DIRECTORY_RESTORE, COMMIT_FILE);
  if (!existsSync(path)) return undefined;
  return (JSON.parse(readFileSync(path, 'utf8')) as { phase: Phase }).phase;
}

function writePhase(dataDirectory: string, phase: Phase): void {
  const path = join(dataDirectory, DATA_DIRECTORY_RESTORE, COMMIT_FILE);
  writeAtomically(path, Buffer.from(`${JSON.stringify({ phase })}\n`));
}
