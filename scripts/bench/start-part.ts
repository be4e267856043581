/** How long an appliance takes to start, and what it needs when nobody is there. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchOptions } from './options.ts';
import { readBusyness, readRssBytes, type Busyness } from './process-figures.ts';
import { startAppliance } from './programs.ts';

const IDLE_MS = 3_000;

export interface StartRun {
  readonly startMs: number;
  /** With nothing compiled yet: the first start on a machine. */
  readonly coldStartMs: number;
  /** Resident memory of the server and of its Redis. */
  readonly serverBytes: number;
  readonly redisBytes: number;
  readonly machine: Busyness;
}

export async function runStartPart(options: BenchOptions, say: (text: string) => void): Promise<StartRun[]> {
  const runs: StartRun[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const run = await startOnce(join(options.directory, `start-${round}`));
    runs.push(run);
    const mebibytes = ((run.serverBytes + run.redisBytes) / 2 ** 20).toFixed(0);
    say(
      `start vant: ready after ${run.startMs.toFixed(0)} ms (${run.coldStartMs.toFixed(0)} cold), idle with ${mebibytes} MiB`,
    );
  }
  return runs;
}

/** With empty data directories: each start makes the server's keys, too. */
async function startOnce(directory: string): Promise<StartRun> {
  const machine = await readBusyness();
  const cold = await startAppliance(join(directory, 'cold'), {
    isBare: true,
    env: { NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  await cold.child.stop();
  const { child, startMs } = await startAppliance(directory, { isBare: true });
  try {
    await delay(IDLE_MS);
    // As it stands: nothing is collected for the measurement.
    const serverBytes = readRssBytes(child.pid);
    const redisBytes = child.children().reduce((sum, pid) => sum + readRssBytes(pid), 0);
    return { startMs, coldStartMs: cold.startMs, serverBytes, redisBytes, machine };
  } finally {
    await child.stop();
  }
}
