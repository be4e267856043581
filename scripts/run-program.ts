import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The programs of the dependencies, run by the Node that runs this. */
const PROGRAM_PATH = [dirname(process.execPath), join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(
  delimiter,
);

/** Runs a program of node_modules/.bin (or of the system) in the repository and shows its output. @returns its exit code. */
export async function runProgram(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<number> {
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PATH: PROGRAM_PATH, ...env },
  });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
