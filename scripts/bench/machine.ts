import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { findCacheDirectory } from '../../server/storage-options.ts';
import { findRedisBinary } from '../../server/storage/embedded/find-redis-binary.ts';

const SYNC_BYTES = 1228;
const SYNC_MS = 1_000;

export interface Machine {
  /** One line for under the table. */
  readonly text: string;
  readonly syncsPerSecond: number;
}

/** The machine in one line, with how fast its disk makes an append of a small envelope durable. */
export function describeMachine(directory: string, redisVersion: string): Machine {
  const syncsPerSecond = measureSyncs(directory);
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const parts = [
    `${cpuModel()}, ${availableParallelism()} cores, ${gibibytes} GiB`,
    `Linux ${release()}`,
    `Node ${process.versions.node}`,
    `Redis ${redisVersion}`,
    `${Math.round(syncsPerSecond).toLocaleString('en')} appends of 1.2 KiB with fdatasync a second`,
  ];
  return { text: parts.join('; '), syncsPerSecond };
}

/** Of the one that the appliance uses. */
export async function readRedisVersion(): Promise<string> {
  const { version } = await findRedisBinary({
    cacheDirectory: findCacheDirectory(process.env),
    report: (text) => console.error(text),
  });
  return version;
}

function cpuModel(): string {
  // node:os says "unknown" on some arm64 machines.
  const model = cpus()[0]?.model.trim() ?? '';
  const text = readFileSync('/proc/cpuinfo', 'utf8');
  return model !== '' && model !== 'unknown' ? model : (/^Model\s*:\s*(.+)$/m.exec(text)?.[1] ?? 'unknown CPU');
}

function measureSyncs(directory: string): number {
  const path = join(directory, 'fsync-probe');
  const file = openSync(path, 'a');
  const bytes = Buffer.alloc(SYNC_BYTES, 0x61);
  const startMs = performance.now();
  let count = 0;
  for (; performance.now() - startMs < SYNC_MS; count++) {
    writeSync(file, bytes);
    fdatasyncSync(file);
  }
  const elapsedMs = performance.now() - startMs;
  closeSync(file);
  rmSync(path);
  return (count * 1000) / elapsedMs;
}
