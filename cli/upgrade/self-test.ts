/** Whether a program works on this machine: it says its version, and serves for a moment with a Redis of its own, in an empty
 * directory. Neither the data nor the configuration of the running server is touched. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';

const VERSION_TIMEOUT_MS = 30_000;
const SERVE_TIMEOUT_MS = 120_000;
const KEPT_OUTPUT = 2_000;

/** @returns its version. @throws CommandError with what it said */
export async function testProgram(program: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'vant-upgrade-'));
  try {
    const version = await askVersion(program, directory);
    await serveForAMoment(program, directory);
    return version;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function askVersion(program: string, directory: string): Promise<string> {
  try {
    const options = { cwd: directory, env: environment(directory), timeout: VERSION_TIMEOUT_MS };
    const { stdout } = await promisify(execFile)(program, ['version', '--json'], options);
    const { version } = JSON.parse(stdout) as { version?: unknown };
    if (typeof version === 'string') return version;
    throw new Error('it names no version');
  } catch (error) {
    throw new CommandError(
      EXIT.ERROR,
      `The new program does not run here: ${(error as Error).message}`,
      'Is it for this kind of processor (x64, arm64)? The server runs on as before.',
    );
  }
}

async function serveForAMoment(program: string, directory: string): Promise<void> {
  const child = spawn(program, ['serve'], {
    cwd: directory,
    env: environment(directory),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let output = '';
  const serves = Promise.withResolvers<true>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
      if (output.includes('Vant serves')) serves.resolve(true);
    });
  }
  const late = setTimeout(() => child.kill('SIGKILL'), SERVE_TIMEOUT_MS);
  const isServing = (await Promise.race([serves.promise, exited])) === true;
  if (isServing) child.kill('SIGTERM');
  const [code] = (await exited) as [number | null];
  clearTimeout(late);
  if (isServing && code === 0) return;
  throw new CommandError(
    EXIT.ERROR,
    `The new program ${isServing ? 'serves, and does not stop in order' : 'does not start'} here. It said:\n${output.trimEnd()}`,
    'The server runs on as before.',
  );
}

/** Nothing of what this process or its service is told. */
const environment = (directory: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: directory,
  XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(process.env['HOME'] ?? directory, '.cache'),
  VANT_STORAGE_DATA_DIR: join(directory, 'data'),
  VANT_SERVER_LISTEN: '127.0.0.1:0',
  VANT_TURN_MODE: 'off',
});
