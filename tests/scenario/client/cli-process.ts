/** The `vant` program as a process, as a user or a script runs it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VANT_PROGRAM } from '../../support/vant-program.ts';

const CACHE = join(tmpdir(), 'vant-test-cache');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
  stdout(): string;
  stderr(): string;
  /** Resolves when stdout fits. */
  until(pattern: RegExp, deadlineMs?: number): Promise<RegExpExecArray>;
}

export interface CliRunner {
  run(args: readonly string[], input?: string): Promise<CliResult>;
  start(args: readonly string[]): CliProcess;
}

export function createCli(home: string): CliRunner {
  const start = (args: readonly string[]): CliProcess => startCli(home, args);
  return {
    start,
    run(args, input = '') {
      const process = start(args);
      process.child.stdin?.end(input);
      return process.ended;
    },
  };
}

function startCli(home: string, args: readonly string[]): CliProcess {
  const [program, ...first] = VANT_PROGRAM;
  const child = spawn(program, [...first, ...args], {
    cwd: tmpdir(),
    // The cache of compiled code is not what these tests look at.
    env: { PATH: process.env['PATH'], HOME: home, VANT_HOME: home, XDG_CACHE_HOME: CACHE },
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  // The input of a process that was killed.
  child.stdin.on('error', () => undefined);
  const closed = once(child, 'close') as Promise<[number | null]>;
  const ended = closed.then(([code]) => ({ code, stdout, stderr }));
  return {
    child,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    async until(pattern, deadlineMs = 20_000) {
      const found = Promise.withResolvers<RegExpExecArray>();
      const watch = (): void => {
        const match = pattern.exec(stdout);
        if (match !== null) found.resolve(match);
      };
      const fail = (why: string): void =>
        found.reject(new Error(`${why} before ${String(pattern)}\nstdout: ${stdout}\nstderr: ${stderr}`));
      const timer = setTimeout(() => fail(`${deadlineMs} ms passed`), deadlineMs);
      watchers.add(watch);
      void closed.then(() => fail('the process ended'));
      watch();
      return found.promise.finally(() => {
        clearTimeout(timer);
        watchers.delete(watch);
      });
    },
  };
}

/** The lines of `--json` output. */
export function parseLines<T = Record<string, unknown>>(stdout: string): T[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as T);
}
