import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface RunOptions {
  readonly directory: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program whose output is of interest only when it fails. @returns what it wrote. @throws Error with its last lines */
export async function runQuietly(
  program: string,
  args: readonly string[],
  { directory, env = {} }: RunOptions,
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      cwd: directory,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC', ...env },
      maxBuffer: 256 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    const last = `${stdout}\n${stderr}`.trim().split('\n').slice(-15).join('\n  ');
    throw new Error(`${[program, ...args].join(' ').slice(0, 300)} failed:\n  ${last === '' ? message : last}`, {
      cause: error,
    });
  }
}
