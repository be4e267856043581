import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import type { Log } from '../options.ts';
import { StorageSetupError } from '../storage-setup-error.ts';
import type { RedisBinary } from './binary.ts';
import { manifestPath } from './aof-files.ts';
import { diagnose, type Diagnosis } from './diagnosis.ts';
import { probeRedis } from './probe.ts';
import { RedisLog } from './redis-log.ts';

export interface SupervisorOptions {
  readonly binary: RedisBinary;
  readonly configPath: string;
  readonly directory: string;
  readonly socketPath: string;
  readonly log: Log;
  /** Told each process as soon as it runs, so that a later Vant can find it. */
  readonly onSpawn: (pid: number) => void;
  /** Redis does not come up any more, and no further attempt is made. */
  readonly onFatal: (error: StorageSetupError) => void;
  readonly restart?: Partial<RestartPolicy> | undefined;
  /** A program and arguments that the server is started through (see parent-death.ts). */
  readonly launcher?: readonly string[] | undefined;
}

export interface RestartPolicy {
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** So many attempts in a row may end before Redis is ready. */
  readonly maxFailedStarts: number;
  /** Redis that ran for so long counts as healthy: the next crash starts with the first delay. */
  readonly healthyAfterMs: number;
  readonly stopTimeoutMs: number;
}

const DEFAULT_POLICY: RestartPolicy = {
  firstDelayMs: 50,
  longestDelayMs: 5_000,
  maxFailedStarts: 5,
  healthyAfterMs: 60_000,
  stopTimeoutMs: 20_000,
};
const PROBE_INTERVAL_MS = 10;
const LOADING_REPORT_INTERVAL_MS = 5_000;

interface Run {
  readonly process: ChildProcess;
  readonly redisLog: RedisLog;
  readonly ended: Promise<Diagnosis>;
  hasEnded: boolean;
}

/** Keeps one redis-server running: starts it, waits until it answers, starts it again when it dies, stops it in order. */
export class RedisSupervisor {
  readonly #options: SupervisorOptions;
  readonly #policy: RestartPolicy;
  readonly #stopping = new AbortController();
  #run: Run | undefined;
  #watching: Promise<void> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#policy = { ...DEFAULT_POLICY, ...options.restart };
  }

  /** Resolves when Redis answers. @throws StorageSetupError when it cannot be started. */
  async start(): Promise<void> {
    const { run, readyAtMs } = await this.#startWithRetries(this.#policy.maxFailedStarts);
    this.#watching = this.#watch(run, readyAtMs);
  }

  get pid(): number | undefined {
    return this.#run?.hasEnded === false ? this.#run.process.pid : undefined;
  }

  /** SIGTERM lets Redis flush its file and end; SIGKILL only when it does not. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const run = this.#run;
    if (run?.hasEnded === false) {
      run.process.kill('SIGTERM');
      const killer = setTimeout(() => {
        this.#options.log('warn', `Redis did not stop within ${this.#policy.stopTimeoutMs} ms and is killed.`);
        run.process.kill('SIGKILL');
      }, this.#policy.stopTimeoutMs);
      await run.ended.finally(() => clearTimeout(killer));
    }
    await this.#watching;
  }

  async #watch(first: Run, firstReadyAtMs: number): Promise<void> {
    let run = first;
    let readyAtMs = firstReadyAtMs;
    let crashes = 0;
    for (;;) {
      const diagnosis = await run.ended;
      if (this.#isStopping()) return;
      const ranMs = performance.now() - readyAtMs;
      crashes = ranMs > this.#policy.healthyAfterMs ? 0 : crashes + 1;
      this.#options.log('error', `Redis died after ${Math.round(ranMs)} ms and is started again. ${diagnosis.message}`);
      try {
        await this.#pause(crashes);
        // Whoever runs already does not end because a disk is full for a while.
        const maxAttempts = diagnosis.outlook === 'wait' ? Infinity : this.#policy.maxFailedStarts;
        ({ run, readyAtMs } = await this.#startWithRetries(maxAttempts));
        this.#options.log('info', 'Redis answers again.');
      } catch (error) {
        if (!this.#isStopping()) this.#options.onFatal(error as StorageSetupError);
        return;
      }
    }
  }

  async #startWithRetries(maxAttempts: number): Promise<{ run: Run; readyAtMs: number }> {
    for (let attempt = 1; ; attempt++) {
      const run = this.#spawn();
      const diagnosis = await this.#untilReady(run);
      if (diagnosis === undefined) return { run, readyAtMs: performance.now() };
      if (diagnosis.outlook === 'mend' || attempt >= maxAttempts || this.#isStopping()) {
        throw cannotStart(attempt, diagnosis, run.redisLog.lastLines());
      }
      this.#options.log('warn', `Redis did not start (attempt ${attempt}). ${diagnosis.message}`);
      await this.#pause(attempt);
    }
  }

  #spawn(): Run {
    const { binary, configPath, directory, launcher = [], log, onSpawn } = this.#options;
    const redisLog = new RedisLog((level, text) => log(level, `redis: ${text}`));
    const child = spawnPrivately([...launcher, binary.path, configPath], binary.env, directory);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => redisLog.write(chunk));
    const run: Run = { process: child, redisLog, ended: endOf(child, redisLog, directory), hasEnded: false };
    void run.ended.then(() => (run.hasEnded = true));
    if (child.pid !== undefined) onSpawn(child.pid);
    this.#run = run;
    return run;
  }

  /** @returns undefined when Redis answers, else why it ended. */
  async #untilReady(run: Run): Promise<Diagnosis | undefined> {
    let reportedAtMs = performance.now();
    while (!run.hasEnded) {
      const result = await probeRedis(this.#options.socketPath);
      if (result.state === 'ready') return undefined;
      if (result.state === 'loading' && performance.now() - reportedAtMs > LOADING_REPORT_INTERVAL_MS) {
        reportedAtMs = performance.now();
        this.#options.log('info', `Redis loads its data: ${result.loadedPercent ?? 0} %.`);
      }
      await Promise.race([run.ended, delay(PROBE_INTERVAL_MS)]);
    }
    const diagnosis = await run.ended;
    // It came up and died between two probes, as it does on a full disk at the first write: that is a crash, no failed start.
    return run.redisLog.hasBeenReady() ? undefined : diagnosis;
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #pause(failures: number): Promise<void> {
    const { firstDelayMs, longestDelayMs } = this.#policy;
    const delayMs = Math.min(firstDelayMs * 2 ** (failures - 1), longestDelayMs);
    await delay(delayMs, undefined, { signal: this.#stopping.signal });
  }
}

/** Files that Redis makes are for its user alone, whatever Vant's own umask; the child inherits it at the fork. A worker thread
 * may not set it; the directory is private all the same. */
function spawnPrivately(
  [program = '', ...args]: readonly string[],
  environment: RedisBinary['env'],
  directory: string,
): ChildProcess {
  const previousMask = isMainThread ? process.umask(0o077) : undefined;
  try {
    return spawn(program, args, {
      cwd: directory,
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own: Ctrl-C in a terminal is meant for Vant, which then stops Redis in order.
      detached: true,
    });
  } finally {
    if (previousMask !== undefined) process.umask(previousMask);
  }
}

async function endOf(child: ChildProcess, redisLog: RedisLog, directory: string): Promise<Diagnosis> {
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    redisLog.end();
    return diagnose(redisLog.lastLines(), code, signal, manifestPath(directory));
  } catch (error) {
    return { message: `Redis could not be run: ${(error as Error).message}.`, outlook: 'mend' };
  }
}

function cannotStart(attempts: number, diagnosis: Diagnosis, lines: readonly string[]): StorageSetupError {
  const said = lines.length === 0 ? '' : ` Redis said last:\n  ${lines.slice(-8).join('\n  ')}`;
  return new StorageSetupError(`Redis does not start (${attempts} attempts). ${diagnosis.message}${said}`);
}
