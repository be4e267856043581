/** `npm run bench -- --parts package`: the program from source and as an executable, side by side: size, start, memory. */
import { mkdtempSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { executableName } from '../package/target.ts';
import { ROOT, runProgram } from '../run-program.ts';
import { enrol } from './enrolment.ts';
import { startJob } from './generator-process.ts';
import { readBusyness, readRssBytes } from './process-figures.ts';
import { startAppliance, type StartedAppliance } from './programs.ts';

const MEMBERS = 100;
/** Long enough for what starting has left to be given back. */
const SETTLE_MS = 5_000;
const PACKAGED = join(ROOT, '.build', 'package', executableName('x64'));
const PROGRAMS = { source: undefined, executable: PACKAGED } as const;
type Name = keyof typeof PROGRAMS;

interface Figures {
  /** The first start unpacks, or compiles; then with an empty data directory, as each time; then with a team in it. */
  readonly firstMs: number;
  readonly startMs: number;
  readonly teamMs: number;
  readonly idleBytes: number;
  readonly redisBytes: number;
  /** Of the server, with all members connected. */
  readonly connectedBytes: number;
}

async function measure(name: Name, directory: string): Promise<Figures> {
  const env = { XDG_CACHE_HOME: join(directory, 'cache') };
  const start = (data: string): Promise<StartedAppliance> =>
    startAppliance(join(directory, data), { isBare: true, env, program: PROGRAMS[name] });
  const first = await start('first');
  await first.child.stop();
  const empty = await start('empty');
  await delay(SETTLE_MS);
  const idleBytes = readRssBytes(empty.child.pid);
  const redisBytes = empty.child.children().reduce((sum, pid) => sum + readRssBytes(pid), 0);
  const token = await empty.child.untilOutput(/\/join#([\w-]+)/);
  const devices = await enrol(`http://127.0.0.1:${empty.target.port}`, token, MEMBERS);
  await empty.child.stop();
  // Enrolling a hundred in a second leaves its own memory behind.
  const team = await start('empty');
  const { end } = await startJob({
    ...{ kind: 'hold', target: team.target, devices, concurrency: 10, readiness: 'queue-drained' },
  });
  await delay(SETTLE_MS);
  const connectedBytes = readRssBytes(team.child.pid);
  end();
  await team.child.stop();
  return {
    firstMs: first.startMs,
    startMs: empty.startMs,
    teamMs: team.startMs,
    idleBytes,
    redisBytes,
    connectedBytes,
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

function render(runs: Readonly<Record<Name, readonly Figures[]>>): string {
  const row = (title: string, unit: string, pick: (figures: Figures) => number) => {
    const cells = (['source', 'executable'] as const).map(
      (name) => `${median(runs[name].map(pick)).toFixed(0)} ${unit}`,
    );
    return `| ${[title, ...cells].join(' | ')} |`;
  };
  return [
    '|  | source | executable, x64 |',
    '| --- | --- | --- |',
    `| Size | – | ${(statSync(PACKAGED).size / 1e6).toFixed(1)} MB |`,
    row('Start to ready, the first on a machine', 'ms', ({ firstMs }) => firstMs),
    row('Start to ready', 'ms', ({ startMs }) => startMs),
    row(`Start to ready with a team of ${MEMBERS}`, 'ms', ({ teamMs }) => teamMs),
    row('Memory of the idle server (RSS)', 'MB', ({ idleBytes }) => idleBytes / 1e6),
    row('… and of its Redis', 'MB', ({ redisBytes }) => redisBytes / 1e6),
    row(`Memory of the server with ${MEMBERS} connected members`, 'MB', ({ connectedBytes }) => connectedBytes / 1e6),
  ].join('\n');
}

async function main(): Promise<void> {
  if ((await runProgram('node', ['scripts/package.ts', 'x64'])) !== 0) throw new Error('There is nothing to measure.');
  const parent = join(ROOT, '.build', 'bench');
  mkdirSync(parent, { recursive: true });
  const directory = mkdtempSync(join(parent, 'package-'));
  const runs: Record<Name, Figures[]> = { source: [], executable: [] };
  const busyness = await readBusyness();
  try {
    for (let round = 1; round <= Number(process.env['VANT_BENCH_ROUNDS'] ?? 3); round++) {
      for (const name of ['source', 'executable'] as const) {
        const figures = await measure(name, join(directory, `${name}-${round}`));
        runs[name].push(figures);
        console.error(`package ${name}: ${JSON.stringify(figures)}`);
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  console.log(
    `\n${render(runs)}\n\nLoad before: ${busyness.load}, others used ${(100 * busyness.foreign).toFixed(0)} %.`,
  );
}

await main();
