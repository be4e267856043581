/** The Markdown table that the README carries. */
import type { IdleRun } from './idle-part.ts';
import type { Machine } from './machine.ts';
import type { Busyness } from './process-figures.ts';
import { PROGRAM_NAMES, PROGRAM_TITLES, type ProgramName } from './programs.ts';
import type { StartRun } from './start-part.ts';
import type { TrafficRun, TrafficRuns } from './traffic-parts.ts';

export interface BenchResults {
  readonly machine: Machine;
  readonly traffic: TrafficRuns;
  readonly idle: readonly IdleRun[];
  readonly start: readonly StartRun[];
}

/** From here on others disturb: a share of all cores. */
const BUSY_SHARE = 0.1;
const STEAL_SHARE = 0.02;
const DASH = '–';

type Cells = Partial<Record<ProgramName, string>>;

interface Row {
  readonly title: string;
  readonly goal: string;
  readonly cells: Cells;
}

export function renderTable(results: BenchResults, titles: { connections: number; perSecond: number }): string {
  const rows = [...throughputRows(results.traffic), ...latencyRows(results.traffic, titles.perSecond)];
  rows.push(...idleRows(results.idle, titles.connections), ...startRows(results.start));
  const header = ['', ...PROGRAM_NAMES.map((name) => PROGRAM_TITLES[name]), 'goal'];
  const lines = [header, [DASH, DASH, DASH, DASH, DASH].map(() => '---')];
  for (const { title, cells, goal } of rows) {
    lines.push([title, ...PROGRAM_NAMES.map((name) => cells[name] ?? DASH), goal]);
  }
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${table}\n\n${results.machine.text}. ${describeBusyness(results)}`;
}

function throughputRows({ saturate }: TrafficRuns): Row[] {
  if (saturate.length === 0) return [];
  const cells = eachProgram(saturate, (runs) => toThousands(median(runs, ({ perSecond }) => perSecond)));
  const ratio = medianRatio(saturate);
  return [
    { title: 'Envelopes of 1 KiB a second, accepted, delivered, acknowledged', goal: '', cells },
    {
      title: 'Share of the bare durable forwarder',
      goal: '≥ 0.80',
      cells: { vant: Number.isNaN(ratio) ? DASH : ratio.toFixed(2) },
    },
    {
      title: 'CPU for one envelope, Redis included',
      goal: '',
      cells: eachProgram(
        saturate,
        (runs) => `${Math.round(median(runs, (run) => run.serverMicroseconds + run.redisMicroseconds))} µs`,
      ),
    },
  ];
}

function latencyRows({ pace }: TrafficRuns, perSecond: number): Row[] {
  if (pace.length === 0) return [];
  const row = (name: string, goal: string, pick: (run: TrafficRun) => number): Row => ({
    title: `From sender to recipient at ${toThousands(perSecond)} a second, ${name}`,
    goal,
    cells: eachProgram(pace, (runs) => `${median(runs, pick).toFixed(2)} ms`),
  });
  return [row('p50', '< 1 ms', ({ p50Ms }) => p50Ms), row('p99', '< 5 ms', ({ p99Ms }) => p99Ms)];
}

function idleRows(idle: readonly IdleRun[], connections: number): Row[] {
  if (idle.length === 0) return [];
  return [
    {
      title: `Memory of an idle connection, at ${toThousands(connections)}`,
      goal: '< 12 KiB',
      cells: eachProgram(idle, (runs) => `${(median(runs, (run) => run.bytesPerConnection) / 1024).toFixed(1)} KiB`),
    },
    {
      title: `Memory of the whole process with ${toThousands(connections)} connections`,
      goal: '',
      cells: eachProgram(idle, (runs) => `${toMegabytes(median(runs, ({ bytes }) => bytes))} MB`),
    },
    {
      title: `${toThousands(connections)} devices connect at once, until the last has its queue`,
      goal: '',
      cells: eachProgram(idle, (runs) => `${(median(runs, ({ stormMs }) => stormMs) / 1000).toFixed(2)} s`),
    },
  ];
}

function startRows(start: readonly StartRun[]): Row[] {
  if (start.length === 0) return [];
  const bytes = median(start, ({ serverBytes, redisBytes }) => serverBytes + redisBytes);
  const redis = median(start, ({ redisBytes }) => redisBytes);
  return [
    {
      title: 'Start, until it serves',
      goal: '< 1 s',
      cells: { vant: `${(median(start, ({ startMs }) => startMs) / 1000).toFixed(2)} s` },
    },
    {
      title: 'The very first start, with nothing compiled yet',
      goal: '',
      cells: { vant: `${(median(start, ({ coldStartMs }) => coldStartMs) / 1000).toFixed(2)} s` },
    },
    {
      title: 'Memory of the idle appliance, its Redis included',
      goal: '< 120 MB',
      cells: { vant: `${toMegabytes(bytes)} MB (Redis ${toMegabytes(redis)})` },
    },
  ];
}

/** The ratio of each round, because only neighbours in time can be compared; then their median. */
function medianRatio(runs: readonly TrafficRun[]): number {
  const of = (name: ProgramName) => runs.filter(({ program }) => program === name);
  const [vant, durable] = [of('vant'), of('durable')];
  return median(
    vant
      .filter((_, round) => durable[round] !== undefined)
      .map((run, round) => run.perSecond / durable[round]!.perSecond),
    (ratio) => ratio,
  );
}

function eachProgram<R extends { program: ProgramName }>(runs: readonly R[], render: (runs: R[]) => string): Cells {
  const cells: Cells = {};
  for (const name of PROGRAM_NAMES) {
    const own = runs.filter(({ program }) => program === name);
    if (own.length > 0) cells[name] = render(own);
  }
  return cells;
}

function describeBusyness({ traffic, idle, start }: BenchResults): string {
  const states: Busyness[] = [...traffic.saturate, ...traffic.pace, ...idle, ...start].map(({ machine }) => machine);
  if (states.length === 0) return '';
  const most = (pick: (state: Busyness) => number) => Math.max(...states.map(pick));
  const [foreign, steal, load] = [most((s) => s.foreign), most((s) => s.steal), most((s) => s.load)];
  const figures = `others used up to ${percent(foreign)} of the cores before a run, steal ${percent(steal)}, load ${load.toFixed(1)}`;
  const isBusy = foreign > BUSY_SHARE || steal > STEAL_SHARE;
  return isBusy ? `**The machine was busy: ${figures}.**` : `The machine was quiet (${figures}).`;
}

function median<T>(items: readonly T[], pick: (item: T) => number): number {
  const sorted = items.map(pick).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const percent = (share: number) => `${Math.round(100 * share)} %`;
const toMegabytes = (bytes: number) => Math.round(bytes / 1e6);
const toThousands = (value: number) => Math.round(value).toLocaleString('en');
