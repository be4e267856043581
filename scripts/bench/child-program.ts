import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 20_000;
const GARBAGE_HOOK = fileURLToPath(new URL('collect-garbage.ts', import.meta.url));

export interface ChildProgram {
  readonly pid: number;
  /** What the awaited pattern found, groups included. */
  readonly match: RegExpExecArray;
  /** From spawn to the line that was waited for. */
  readonly startMs: number;
  output(): string;
  /** Process ids of its children: its redis-server. */
  children(): number[];
  stop(): Promise<void>;
}

export interface Command {
  /** A script of ours and its arguments. */
  readonly script: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
  /** A line in the output that tells that it is ready. */
  readonly ready: RegExp;
}

/** Starts one of the programs under test with this Node, and waits until it says that it is ready. */
export async function startChild({ script, env, nodeOptions = [], ready }: Command): Promise<ChildProgram> {
  const startedAt = performance.now();
  const options = ['--expose-gc', `--import=${GARBAGE_HOOK}`, ...nodeOptions];
  const child = spawn(process.execPath, [...options, ...script], {
    // No configuration file of the developer may be found.
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid ?? -1;
  const exited = once(child, 'exit');
  const stop = async () => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    child.kill('SIGTERM');
    await exited.finally(() => clearTimeout(timer));
  };
  let text = '';
  const found = Promise.withResolvers<RegExpExecArray>();
  const fail = (why: string) => found.reject(new Error(`${script[0]}: ${why}. Output:\n${text}`));
  const timer = setTimeout(() => fail('not ready in time'), START_DEADLINE_MS);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const match = ready.exec(text);
      if (match !== null) found.resolve(match);
    });
  }
  void exited.then(() => fail('it ended'));
  try {
    const match = await found.promise;
    const startMs = performance.now() - startedAt;
    return { pid, match, startMs, output: () => text, children: () => listChildren(pid), stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function listChildren(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}
