/** What connections cost that do nothing, and how long thousands of them take to come back at once. */
import { join } from 'node:path';
import { startJob } from './generator-process.ts';
import type { HoldJob } from './jobs.ts';
import type { BenchOptions } from './options.ts';
import { readBusyness, readSettledRssBytes, type Busyness } from './process-figures.ts';
import { startAppliance, startProgram, type Program, type ProgramName } from './programs.ts';

export interface IdleRun {
  readonly program: ProgramName;
  readonly bytesPerConnection: number;
  /** Of the process with all connections. */
  readonly bytes: number;
  /** From the first connect until all are ready. */
  readonly stormMs: number;
  readonly machine: Busyness;
}

type Say = (text: string) => void;

export async function runIdlePart(options: BenchOptions, say: Say): Promise<IdleRun[]> {
  const runs: IdleRun[] = [];
  for (const name of options.isAlone ? (['vant'] as const) : (['bare', 'vant'] as const)) {
    say(`idle ${name}: ${options.connections} devices`);
    const run = await runProgram(name, options);
    runs.push(run);
    say(
      `idle ${name}: ${(run.bytesPerConnection / 1024).toFixed(1)} KiB each, ${(run.bytes / 1e6).toFixed(0)} MB in all; ` +
        `all connected after ${run.stormMs.toFixed(0)} ms`,
    );
  }
  return runs;
}

async function runProgram(name: 'bare' | 'vant', options: BenchOptions): Promise<IdleRun> {
  const directory = join(options.directory, 'idle');
  const first = await startProgram(name, { directory, deviceCount: options.connections });
  // A restart is when everyone comes at once; and the memory must not hold what enrolling has left behind.
  const restart = async (): Promise<Program> =>
    name === 'vant'
      ? { ...first, ...(await startAppliance(join(directory, name))) }
      : { ...(await startProgram(name, { directory, deviceCount: 0 })), devices: first.devices };
  await first.child.stop();
  const machine = await readBusyness();
  const stormMs = await withProgram(restart, measureStorm);
  const memory = await withProgram(restart, measureMemory);
  return { program: name, stormMs, ...memory, machine };
}

async function withProgram<T>(start: () => Promise<Program>, measure: (program: Program) => Promise<T>): Promise<T> {
  const program = await start();
  try {
    return await measure(program);
  } finally {
    await program.child.stop();
  }
}

async function measureStorm(program: Program): Promise<number> {
  const { result, end } = await startJob(toJob(program, program.devices.length));
  end();
  return result.readyMs;
}

/** A storm would leave its own heap behind, which has nothing to do with idle connections. */
const CALM_CONCURRENCY = 50;

async function measureMemory(program: Program): Promise<Pick<IdleRun, 'bytes' | 'bytesPerConnection'>> {
  const { devices, child } = program;
  const before = await readSettledRssBytes(child.pid);
  const { end } = await startJob(toJob(program, CALM_CONCURRENCY));
  try {
    const bytes = await readSettledRssBytes(child.pid);
    return { bytes, bytesPerConnection: (bytes - before) / devices.length };
  } finally {
    end();
  }
}

function toJob({ name, target, devices }: Program, concurrency: number): HoldJob {
  return { kind: 'hold', target, devices, concurrency, readiness: name === 'vant' ? 'queue-drained' : 'open' };
}
