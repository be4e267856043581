import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from './find-on-path.ts';

const TIMEOUT_MS = 5_000;

/** What to start a server through so that the kernel sends it SIGTERM when Vant dies, however it dies: setpriv of util-linux, which
 * Node lacks a call for. Where there is none, a server outlives a killed Vant until the next one finds it (orphan.ts).
 * @returns nothing to start it through, where setpriv is missing or does not know the option. */
export async function findParentDeathLauncher(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  const [setpriv] = findOnPath(['setpriv'], environment);
  if (process.platform !== 'linux' || setpriv === undefined) return [];
  const launcher = [setpriv, '--pdeathsig', 'TERM'];
  try {
    await promisify(execFile)(setpriv, ['--pdeathsig', 'TERM', setpriv, '--version'], { timeout: TIMEOUT_MS });
    return launcher;
  } catch {
    return [];
  }
}
