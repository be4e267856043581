/** What connections cost that do nothing, and how long thousands of them take to come back at once. */
import { join } from 'node:path';
import { startJob } from './generator-process.ts';
import type { HoldJob } from './jobs.ts';
import type { BenchOptions } from './options.ts';
import { readBusyness, readSettledRssBytes, type Busyness } from './process-figures.ts';
import { startAppliance, startProgram, type Program } from './programs.ts';

export interface IdleRun {
  readonly program: Program['name'];
  readonly bytesPerConnection: number;
  /** From the first connect until all are ready. */
  readonly stormMs: number;
  readonly machine: Busyness;
}

export async function runIdlePart(options: BenchOptions, say: (text: string) => void): Promise<IdleRun[]> {
  const directory = join(options.directory, 'idle');
  const runs: IdleRun[] = [];
  const note = (run: IdleRun) => {
    runs.push(run);
    say(
      `idle ${run.program}: ${(run.bytesPerConnection / 1024).toFixed(1)} KiB each, ` +
        `${options.connections} connected after ${run.stormMs.toFixed(0)} ms`,
    );
  };
  if (!options.isAlone) {
    const program = await startProgram('bare', { directory, deviceCount: options.connections });
    note(await holdOnce(program, 'open'));
  }
  say(`idle vant: enrolling ${options.connections} devices`);
  const first = await startProgram('vant', { directory, deviceCount: options.connections });
  await first.child.stop();
  // A restart is when everyone comes at once; and the memory must not hold what enrolling has left behind.
  const again = await startAppliance(join(directory, 'vant'));
  note(await holdOnce({ ...first, ...again }, 'queue-drained'));
  return runs;
}

/** Ends the program afterwards. */
async function holdOnce({ name, child, target, devices }: Program, readiness: HoldJob['readiness']): Promise<IdleRun> {
  try {
    const machine = await readBusyness();
    const before = await readSettledRssBytes(child.pid);
    const { result, end } = await startJob<HoldJob>({ kind: 'hold', target, devices, readiness });
    try {
      const after = await readSettledRssBytes(child.pid);
      return { program: name, bytesPerConnection: (after - before) / devices.length, stormMs: result.readyMs, machine };
    } finally {
      end();
    }
  } finally {
    await child.stop();
  }
}
