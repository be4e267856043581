/** The machine that Vant is installed on: this one, or a tree of files that will be one (an image, a chroot). */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findOnPath } from '../../server/storage/embedded/find-on-path.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';

export interface Host {
  /** '' for this machine. */
  readonly root: string;
  /** Whether services can be started there. */
  readonly isLive: boolean;
  path(absolute: string): string;
  /** Replaces the file in one step. @returns whether anything has changed */
  write(absolute: string, text: string, mode?: number): boolean;
  /** @returns whether there was such a file or directory */
  remove(absolute: string): boolean;
  read(absolute: string): string | undefined;
  /** @returns what the program prints. @throws CommandError with what it says */
  run(program: string, ...args: string[]): string;
  hasProgram(program: string): boolean;
  /** Numbers of a user and its group of the same name. */
  findUser(name: string): { readonly uid: number; readonly gid: number } | undefined;
}

export function createHost(root: string): Host {
  const path = (absolute: string): string => (root === '' ? absolute : join(root, absolute));
  const read = (absolute: string) => readIfThere(path(absolute));
  return {
    root,
    isLive: root === '',
    path,
    read,
    write(absolute, text, mode = 0o644) {
      if (read(absolute) === text) return false;
      const target = path(absolute);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(`${target}.new`, text, { mode });
      renameSync(`${target}.new`, target);
      return true;
    },
    remove(absolute) {
      try {
        rmSync(path(absolute), { recursive: true });
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw error;
      }
    },
    run,
    hasProgram: (program) => findOnPath([program], process.env).length > 0,
    findUser(name) {
      const line = read('/etc/passwd')
        ?.split('\n')
        .find((each) => each.startsWith(`${name}:`));
      const [, , uid, gid] = line?.split(':') ?? [];
      return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
    },
  };
}

function run(program: string, ...args: string[]): string {
  const [found = program] = findOnPath([program], process.env);
  try {
    return execFileSync(found, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const said = ((error as { stderr?: string }).stderr ?? '').trim();
    throw new CommandError(
      EXIT.ERROR,
      `${program} ${args.join(' ')} failed: ${said === '' ? (error as Error).message : said}`,
    );
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
