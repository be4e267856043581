/** The `vant` program as an admin runs it: in a directory, with an environment. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { VANT_PROGRAM } from './vant-program.ts';

export interface VantRun {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: Buffer; readonly stderr: string }>;
}

export interface VantRunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
}

export function startVant(args: readonly string[], { cwd = tmpdir(), env = {}, input }: VantRunOptions = {}): VantRun {
  const [program, ...first] = VANT_PROGRAM;
  const child = spawn(program, [...first, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], VANT_TURN_MODE: 'off', ...env },
    stdio: 'pipe',
  });
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  // A process that was killed, or that reads no input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const closed = once(child, 'close') as Promise<[number | null]>;
  return { child, ended: closed.then(([code]) => ({ code, stdout: Buffer.concat(stdout), stderr })) };
}

export async function runVant(args: readonly string[], options: VantRunOptions = {}) {
  const { code, stdout, stderr } = await startVant(args, options).ended;
  return { code, stdout: stdout.toString(), bytes: stdout, stderr };
}
