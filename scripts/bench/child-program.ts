import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const OUTPUT_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 20_000;
const GARBAGE_HOOK = fileURLToPath(new URL('collect-garbage.ts', import.meta.url));

export interface Command {
  /** Which runs the script. Default: this Node. */
  readonly program?: string | undefined;
  /** A script of ours and its arguments; without the script, when the program is not Node. */
  readonly script: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Without what lets the bench ask for a garbage collection: for measuring a program as it is. */
  readonly isBare?: boolean;
  readonly nodeOptions?: readonly string[];
}

/** One of the programs under test, run with this Node as a process of its own. */
export class ChildProgram {
  readonly pid: number;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #exited: Promise<unknown>;
  readonly #watchers = new Set<() => void>();
  #output = '';

  constructor({ program = process.execPath, script, env, isBare = false, nodeOptions = [] }: Command) {
    const hook = isBare ? [] : ['--expose-gc', `--import=${GARBAGE_HOOK}`];
    const options = [...hook, ...nodeOptions];
    this.#child = spawn(program, [...options, ...script], {
      // No configuration file of the developer may be found.
      cwd: tmpdir(),
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...nodeOptionsFromOutside(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.pid = this.#child.pid ?? -1;
    this.#exited = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        this.#output += chunk;
        for (const watcher of this.#watchers) watcher();
      });
    }
  }

  /** The last that it said. */
  get lastOutput(): string {
    return this.#output.slice(-2_000);
  }

  /** Waits until the program has written what the pattern describes. @returns its first group. */
  async untilOutput(pattern: RegExp): Promise<string> {
    const found = Promise.withResolvers<string>();
    const fail = (why: string) =>
      found.reject(new Error(`${why} before ${String(pattern)}. Output:\n${this.lastOutput}`));
    const timer = setTimeout(() => fail('time is up'), OUTPUT_DEADLINE_MS);
    const look = () => {
      const match = pattern.exec(this.#output);
      if (match !== null) found.resolve(match[1] ?? '');
    };
    this.#watchers.add(look);
    void this.#exited.then(() => fail('the program ended'));
    look();
    return await found.promise.finally(() => {
      clearTimeout(timer);
      this.#watchers.delete(look);
    });
  }

  /** Process ids of its children: its redis-server. */
  children(): number[] {
    const text = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  }

  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_DEADLINE_MS);
    this.#child.kill('SIGTERM');
    await this.#exited.finally(() => clearTimeout(timer));
  }
}

/** So that V8's settings can be tried on all programs alike. */
function nodeOptionsFromOutside(): Record<string, string> {
  const { NODE_OPTIONS } = process.env;
  return NODE_OPTIONS === undefined ? {} : { NODE_OPTIONS };
}
