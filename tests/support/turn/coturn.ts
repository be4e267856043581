/** coturn's programs, run to their end. */
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { prepareCoturn, type Coturn } from '../../../scripts/prepare-coturn.ts';

const DEADLINE_MS = 60_000;
let coturn: Promise<Coturn> | undefined;
export const findCoturn = (): Promise<Coturn> => (coturn ??= prepareCoturn(() => undefined));

/** @returns what it wrote. It ends with an error when the server does. */
export async function runCoturn(program: string, args: readonly string[]): Promise<string> {
  const { directory, env } = await findCoturn();
  const run = promisify(execFile)(join(directory, program), args, {
    env: { PATH: process.env['PATH'], ...env },
    timeout: DEADLINE_MS,
  });
  const { stdout, stderr } = await run.catch((error: unknown) => {
    const { stdout: said = '', message } = error as Error & { stdout?: string };
    throw new Error(`${program} ${args.join(' ')}: ${message}\n${said.slice(-1500)}`);
  });
  return stdout + stderr;
}

export interface UclientResult {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly output: string;
}

/** turnutils_uclient: allocates, and sends messages to itself through two allocations (-y) or to a peer (-e). */
export async function runUclient(args: readonly string[]): Promise<UclientResult> {
  const output = await runCoturn('turnutils_uclient', args);
  const counts = [...output.matchAll(/start_mclient: tot_send_msgs=(\d+), tot_recv_msgs=(\d+)$/gm)].at(-1);
  const lost = /Total lost packets (\d+)/.exec(output)?.[1];
  return { sent: Number(counts?.[1]), received: Number(counts?.[2]), lost: Number(lost), output };
}

export interface RunningProgram {
  readonly output: () => string;
  stop(): Promise<void>;
}

/** A program of coturn's that runs until it is stopped. @param ready in its output */
export async function startCoturn(program: string, args: readonly string[], ready?: RegExp): Promise<RunningProgram> {
  const { directory, env } = await findCoturn();
  const child = spawn(join(directory, program), args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const started = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => started.reject(new Error(`${program} did not start: ${text}`)), DEADLINE_MS);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (ready?.test(text)) started.resolve(undefined);
    });
  }
  void exited.then(() => started.reject(new Error(`${program} ended: ${text}`)));
  if (ready === undefined) started.resolve(undefined);
  await started.promise.finally(() => clearTimeout(timer));
  return {
    output: () => text,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
