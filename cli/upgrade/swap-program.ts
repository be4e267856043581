/** Puts a program in the place of another, and back. At every moment there is a whole program under the name, so that a kill or a
 * power cut leaves one that starts. */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';

export const previousOf = (program: string): string => `${program}.previous`;
const nextOf = (program: string): string => `${program}.next`;

/** Copies it beside the program that it is to replace: renaming works within one file system only. @returns the path of the copy */
export function stage(source: string, program: string): string {
  const next = nextOf(program);
  copyFileSync(source, next);
  chmodSync(next, 0o755);
  sync(next);
  return next;
}

export function discardStaged(program: string): void {
  rmSync(nextOf(program), { force: true });
}

/** The program becomes `.previous`, the staged one the program. */
export function swapIn(program: string): void {
  keepAs(program, previousOf(program));
  renameSync(nextOf(program), program);
  sync(dirname(program));
}

/** The previous program comes back; the one that is there becomes the previous one, so that this can be undone, too.
 * @returns false when there is none */
export function swapBack(program: string): boolean {
  const previous = previousOf(program);
  if (!existsSync(previous)) return false;
  const next = nextOf(program);
  keepAs(previous, next);
  keepAs(program, previous);
  renameSync(next, program);
  sync(dirname(program));
  return true;
}

/** A second name for the same file, in one step in the place of what had that name. */
function keepAs(path: string, name: string): void {
  const temporary = `${name}.link`;
  rmSync(temporary, { force: true });
  linkSync(path, temporary);
  renameSync(temporary, name);
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
