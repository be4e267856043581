import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from './free-port.ts';
import type { RedisBinary } from '../../server/storage/embedded/binary.ts';
import { findRedisBinary } from '../../server/storage/embedded/find-redis-binary.ts';
import { findParentDeathLauncher } from '../../server/storage/embedded/parent-death.ts';
import { createNodeClient, type NodeClient, type NodeTls } from '../../server/storage/links/node-client.ts';
import { until } from './until.ts';

/** Everything that was started and has not ended. Where the kernel can, it ends them with the test process however that dies;
 * elsewhere this does, unless the test process is killed. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

let binary: Promise<RedisBinary> | undefined;
let launcher: Promise<readonly string[]> | undefined;

/** The redis-server of the tests: the system's, or one unpacked once into the build directory. */
export function findTestRedis(): Promise<RedisBinary> {
  const cacheDirectory = join(import.meta.dirname, '..', '..', '.build', 'test-cache');
  binary ??= findRedisBinary({ cacheDirectory, report: () => undefined });
  return binary;
}

export function createTestDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'vant-test-'));
}

export interface RedisProcess {
  readonly port: number;
  readonly url: string;
  readonly directory: string;
  readonly pid: number;
  readonly args: readonly string[];
  /** One administrator's connection; made anew each time, because tests kill servers. */
  admin<T>(use: (run: (...command: string[]) => Promise<unknown>) => Promise<T>): Promise<T>;
  run(...command: string[]): Promise<unknown>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface RedisProcessOptions {
  readonly args?: readonly string[];
  readonly port?: number;
  readonly directory?: string;
  readonly tls?: NodeTls;
  readonly keepsConfig?: boolean;
  readonly isSentinel?: boolean;
  /** Another program than that of the tests. */
  readonly binary?: Pick<RedisBinary, 'path' | 'env'>;
}

/** Starts one server on a loopback port and waits until it answers. */
export async function startRedisProcess(options: RedisProcessOptions = {}): Promise<RedisProcess> {
  const { path, env } = options.binary ?? (await findTestRedis());
  const port = options.port ?? (await findFreePort());
  const directory = options.directory ?? createTestDirectory();
  const configPath = join(directory, 'redis.conf');
  // Sentinel and cluster write into their file, so each has its own.
  if (options.keepsConfig !== true) writeFileSync(configPath, '');
  const ports = options.tls === undefined ? ['--port', `${port}`] : ['--port', '0', '--tls-port', `${port}`];
  const args = [configPath, ...ports, '--bind', '127.0.0.1', '--dir', directory, ...(options.args ?? [])];
  launcher ??= findParentDeathLauncher();
  const [program, ...rest] = [
    ...(await launcher),
    path,
    ...args,
    ...(options.isSentinel === true ? ['--sentinel'] : []),
  ];
  const child = spawn(program!, rest, { env: { ...env }, stdio: 'ignore' });
  running.add(child);
  const ended = once(child, 'exit').then(() => running.delete(child));
  const server = describeProcess(child, ended, { ...options, port, directory });
  await until(`redis-server on port ${port}`, () => server.run('PING').then(Boolean, () => false));
  return server;
}

function describeProcess(
  child: ChildProcess,
  ended: Promise<unknown>,
  { port, directory, tls, args = [] }: RedisProcessOptions & { port: number; directory: string },
): RedisProcess {
  const admin = async <T>(use: (run: (...command: string[]) => Promise<unknown>) => Promise<T>): Promise<T> => {
    const client: NodeClient = createNodeClient({ host: '127.0.0.1', port, tls }, {}, 2_000).on(
      'error',
      () => undefined,
    );
    try {
      await client.connect();
      return await use((...command) => client.sendCommand(command));
    } finally {
      if (client.isOpen) client.destroy();
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return {
    port,
    url: `${tls === undefined ? 'redis' : 'rediss'}://127.0.0.1:${port}`,
    directory,
    args,
    pid: child.pid!,
    admin,
    run: (...command) => admin((run) => run(...command)),
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
