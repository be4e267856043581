/** Throughput and latency: the programs in turn, so that whatever else the machine does meets all of them alike. */
import type { Job, TrafficResult } from './jobs.ts';
import { runJob } from './generator-process.ts';
import type { BenchOptions } from './options.ts';
import { readBusyness, readCpuSeconds, type Busyness } from './process-figures.ts';
import { PROGRAM_NAMES, startProgram, type Program, type ProgramName } from './programs.ts';

const CONTENT_BYTES = 1024;
const WARM_UP_MS = 1_000;

export interface TrafficRun extends TrafficResult {
  readonly program: ProgramName;
  /** CPU time for one envelope: tells more than envelopes a second when others use the machine too. */
  readonly serverMicroseconds: number;
  readonly redisMicroseconds: number;
  /** Just before. */
  readonly machine: Busyness;
}

type TrafficJob = Extract<Job, { kind: 'saturate' | 'pace' }>;
type Kind = TrafficJob['kind'];

export interface TrafficRuns {
  readonly saturate: readonly TrafficRun[];
  readonly pace: readonly TrafficRun[];
}

export async function runTrafficParts(
  options: BenchOptions,
  kinds: readonly Kind[],
  say: (text: string) => void,
): Promise<TrafficRuns> {
  const programs: Program[] = [];
  const runs: Record<Kind, TrafficRun[]> = { saturate: [], pace: [] };
  try {
    for (const name of options.isAlone ? (['vant'] as const) : PROGRAM_NAMES) {
      programs.push(await startProgram(name, toStartOptions(options)));
    }
    // The first run of each compiles its hot path, and does not count.
    for (const program of programs)
      await runOnce(program, { ...toJob('saturate', program, options), measureMs: WARM_UP_MS });
    for (const kind of kinds) {
      for (let round = 1; round <= options.rounds; round++) {
        for (const program of programs) {
          const run = await runOnce(program, toJob(kind, program, options));
          runs[kind].push(run);
          say(describeRun(kind, run));
        }
      }
    }
  } finally {
    for (const { child } of programs) await child.stop();
  }
  return runs;
}

async function runOnce(program: Program, job: TrafficJob): Promise<TrafficRun> {
  const machine = await readBusyness();
  const pids = [program.child.pid, ...program.child.children()];
  const before = pids.map(readCpuSeconds);
  const result = await runJob(job).catch((error: unknown) => {
    throw new Error(`${program.name}: ${(error as Error).message}\n${program.child.lastOutput}`);
  });
  const [serverMicroseconds = 0, redisMicroseconds = 0] = pids.map(
    (pid, i) => ((readCpuSeconds(pid) - before[i]!) * 1e6) / result.envelopes,
  );
  return { ...result, program: program.name, serverMicroseconds, redisMicroseconds, machine };
}

function toJob(kind: Kind, { target, devices }: Program, options: BenchOptions): TrafficJob {
  const { measureMs, window, perSecond } = options;
  const common = { target, devices, contentBytes: CONTENT_BYTES, warmUpMs: WARM_UP_MS, measureMs };
  return kind === 'saturate' ? { kind, ...common, window } : { kind, ...common, perSecond };
}

function toStartOptions({ directory, pairs, profileDirectory }: BenchOptions) {
  return {
    directory,
    deviceCount: 2 * pairs,
    nodeOptions: profileDirectory === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`],
  };
}

function describeRun(kind: Kind, run: TrafficRun): string {
  const figures = [
    `${Math.round(run.perSecond)}/s`,
    `p50 ${run.p50Ms.toFixed(2)} ms`,
    `p99 ${run.p99Ms.toFixed(2)} ms`,
    `max ${run.maxMs.toFixed(1)} ms`,
    `CPU for each: server ${run.serverMicroseconds.toFixed(1)} µs, Redis ${run.redisMicroseconds.toFixed(1)} µs`,
    `generator ${run.generatorCores.toFixed(2)} cores`,
  ];
  return `${kind} ${run.program}: ${figures.join(', ')}`;
}
