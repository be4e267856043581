import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'appendonlydir';
const MANIFEST = 'appendonly.aof.manifest';

/** Whether commands were appended since the last rewrite. INFO cannot tell: after a restart, and after writes during a rewrite, it
 * takes old commands for a part of the base. */
export function hasAppendedCommands(directory: string): boolean {
  return listAofFiles(directory).some(
    (name) => name.endsWith('.incr.aof') && sizeOf(join(directory, FOLDER, name)) > 0,
  );
}

/** Files that a rewrite has replaced and that Redis has not deleted yet: it does so in a thread of its own. */
export function listReplacedAofFiles(directory: string): string[] {
  const manifest = readManifest(directory);
  return listAofFiles(directory).filter((name) => /\.(aof|rdb)$/.test(name) && !manifest.includes(` ${name} `));
}

export function manifestPath(directory: string): string {
  return join(directory, FOLDER, MANIFEST);
}

/** When the file was last written anew from what is still there: the age of its base. */
export function findLastRewrite(directory: string): number | undefined {
  const bases = listAofFiles(directory).filter((name) => /\.base\.(aof|rdb)$/.test(name));
  const times = bases.map((name) => statSync(join(directory, FOLDER, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return times.length === 0 ? undefined : Math.floor(Math.max(...times));
}

function listAofFiles(directory: string): string[] {
  try {
    return readdirSync(join(directory, FOLDER));
  } catch {
    return [];
  }
}

function readManifest(directory: string): string {
  try {
    return readFileSync(manifestPath(directory), 'utf8');
  } catch {
    return '';
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
