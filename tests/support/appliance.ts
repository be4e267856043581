/** The real appliance as a process of its own, for scenario tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VANT_PROGRAM } from './vant-program.ts';

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const START_DEADLINE_MS = 60_000;

export interface ApplianceOptions {
  /** Options by environment name, such as { VANT_RELAY_MESSAGE_TTL: '1m' }. */
  readonly env?: Readonly<Record<string, string>>;
  /** Carries on with the data of an appliance that was stopped or killed. Default: a new folder. */
  readonly dataDirectory?: string;
  /** Default: any free port. */
  readonly port?: number;
  /** A network namespace (ip-netns(8)) to run in. */
  readonly namespace?: string;
}

export interface Appliance {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Undefined when there is an owner already. */
  readonly ownerLink: string | undefined;
  readonly dataDirectory: string;
  /** All that the process has written so far. */
  output(): string;
  /** SIGTERM, and waits for the end. @returns the exit code. */
  stop(): Promise<number>;
  /** SIGKILL: its Redis is orphaned, as after a crash. */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Process id of its redis-server. */
  redisPid(): Promise<number>;
  /** Resolves when the output contains the text. */
  untilOutput(text: string, deadlineMs?: number): Promise<void>;
}

export async function makeTemporaryDirectory(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'vant-test-'));
}

export async function startAppliance(options: ApplianceOptions = {}): Promise<Appliance> {
  const dataDirectory = options.dataDirectory ?? join(await makeTemporaryDirectory(), 'data');
  const command = [...VANT_PROGRAM, 'serve'];
  // `ip` becomes the program: the process id is the same.
  const [program = '', ...args] =
    options.namespace === undefined ? command : ['ip', 'netns', 'exec', options.namespace, ...command];
  const child = spawn(program, args, {
    // No vant.config.yaml of the developer may be found.
    cwd: tmpdir(),
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      VANT_SERVER_LISTEN: `127.0.0.1:${options.port ?? 0}`,
      VANT_STORAGE_DATA_DIR: dataDirectory,
      VANT_LOG_LEVEL: 'debug',
      VANT_LOG_FORMAT: 'json',
      // Many run beside each other in tests, and only one could have the port for calls.
      VANT_TURN_MODE: 'off',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collectOutput(child);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  running.add(child);
  void exited.then(() => running.delete(child));
  await output.until(/Vant serves (\S+)/, START_DEADLINE_MS, exited);
  const url = /Vant serves (\S+)/.exec(output.text())?.[1] ?? '';
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? -1,
    ownerLink: /^ +(http\S+\/join#\S+)$/m.exec(output.text())?.[1],
    dataDirectory,
    output: output.text,
    async stop() {
      child.kill('SIGTERM');
      return (await exited)[0] ?? -1;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    signal: (name) => void child.kill(name),
    redisPid: () => findRedisPid(child.pid ?? -1),
    untilOutput: async (text, deadlineMs = 10_000) => {
      await output.until(new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')), deadlineMs, exited);
    },
  };
}

/** Ends what a failed test left, and its data. */
export async function removeDirectory(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Vant starts one child: its redis-server. */
async function findRedisPid(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return Number(children.trim().split(' ').at(-1));
}

function collectOutput(child: ChildProcess) {
  let text = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (const check of waiting) check();
    });
  }
  return {
    text: () => text,
    async until(pattern: RegExp, deadlineMs: number, exited: Promise<unknown>): Promise<void> {
      const found = Promise.withResolvers<undefined>();
      const check = () => pattern.test(text) && found.resolve(undefined);
      const fail = (what: string) => found.reject(new Error(`${what} before ${String(pattern)}. Output:\n${text}`));
      const timer = setTimeout(() => fail(`${deadlineMs} ms passed`), deadlineMs);
      waiting.add(check);
      void exited.then(() => fail('the process ended'));
      check();
      await found.promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(check);
      });
    },
  };
}
