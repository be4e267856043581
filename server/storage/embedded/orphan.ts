import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../options.ts';
import { StorageSetupError } from '../storage-setup-error.ts';
import { probeRedis } from './probe.ts';
import { findServersIn, isRunning } from './process-table.ts';

const RUN_FILE = 'redis.run.json';
const POLL_MS = 10;

/** What a later Vant has to know about the redis-server of this one. */
export interface RunRecord {
  readonly pid: number;
  readonly socketPath: string;
}

export function writeRunRecord(directory: string, record: RunRecord): void {
  writeFileSync(join(directory, RUN_FILE), JSON.stringify(record), { mode: 0o600 });
}

export function removeRunRecord(directory: string): void {
  rmSync(join(directory, RUN_FILE), { force: true });
}

/** Ends redis-servers that outlived their Vant (kill -9) and still have this directory open. Only called with the lock held, so
 * no living Vant owns them. They are stopped, not adopted: options or the program may have changed since, and whoever is not
 * the parent is not told when a process dies. Nothing is lost: what was acknowledged is in the file that the next one loads.
 * @throws StorageSetupError when one does not end: two servers on one append-only file would destroy it. */
export async function stopOrphans(directory: string, log: Log, timeoutMs = 20_000): Promise<number> {
  const record = readRunRecord(directory);
  const orphans = new Set(findServersIn(directory).map(({ pid }) => pid));
  if (process.platform !== 'linux' && record !== undefined && (await isOurs(record))) orphans.add(record.pid);
  for (const pid of orphans) {
    log('warn', `A redis-server (process ${pid}) outlived the Vant that started it, and is stopped.`);
    await stopProcess(pid, timeoutMs);
  }
  if (record !== undefined) removeSocketDirectory(record);
  removeRunRecord(directory);
  return orphans.size;
}

async function stopProcess(pid: number, timeoutMs: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!sendSignal(pid, signal)) return;
    const untilMs = performance.now() + timeoutMs;
    while (performance.now() < untilMs) {
      if (!isRunning(pid)) return;
      await delay(POLL_MS);
    }
  }
  throw new StorageSetupError(
    `A redis-server (process ${pid}) of an earlier Vant uses the data directory and does not end. End it (kill -9 ${pid}), then start again.`,
  );
}

function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw new StorageSetupError(
      `A redis-server (process ${pid}) uses the data directory and belongs to another user. Stop it, then start again.`,
      error,
    );
  }
}

/** Without /proc the pid alone proves nothing: its socket has to answer too. */
async function isOurs({ pid, socketPath }: RunRecord): Promise<boolean> {
  return isRunning(pid) && (await probeRedis(socketPath)).state !== 'absent';
}

/** Undefined where no redis-server was started, or it was stopped in order. */
export function readRunRecord(directory: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, RUN_FILE), 'utf8')) as RunRecord;
  } catch {
    return undefined;
  }
}

/** Socket directories are ours by name (see runtime-directory.ts); anything else in the record is not touched. */
function removeSocketDirectory({ socketPath }: RunRecord): void {
  const directory = dirname(socketPath);
  if (/\/vant-[A-Za-z0-9]{6}$/.test(directory)) rmSync(directory, { recursive: true, force: true });
}
