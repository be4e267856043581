import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RedisBinary } from './binary.ts';

const OLDEST_MAJOR_VERSION = 7;
const VERSION_TIMEOUT_MS = 10_000;

export interface UnusableBinary {
  readonly path: string;
  /** One sentence. */
  readonly problem: string;
}

/** Runs a program with --version. Not through a shell; the environment holds what is given and PATH. */
export async function examineBinary(
  path: string,
  origin: RedisBinary['origin'],
  env: Readonly<Record<string, string>>,
): Promise<RedisBinary | UnusableBinary> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], {
      env: { PATH: process.env['PATH'], ...env },
      timeout: VERSION_TIMEOUT_MS,
    });
    const version = /\bv=(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
    if (version === undefined)
      return { path, problem: `${path} is no redis-server: --version says "${stdout.trim().slice(0, 80)}".` };
    if (Number(version.split('.')[0]) >= OLDEST_MAJOR_VERSION) return { path, env, version, origin };
    return { path, problem: `${path} is version ${version}, and Vant needs ${OLDEST_MAJOR_VERSION}.0 or newer.` };
  } catch (error) {
    return { path, problem: `${path} does not run: ${explain(error as NodeJS.ErrnoException & { stderr?: string })}` };
  }
}

function explain(error: NodeJS.ErrnoException & { stderr?: string }): string {
  if (error.code === 'EACCES') return 'it is not executable, or lies on a file system that is mounted noexec.';
  if (error.code === 'ENOENT') return 'there is no such file.';
  const said = error.stderr?.trim().split('\n').at(-1);
  return said === undefined || said === '' ? `${error.message}.` : `${said}.`;
}
