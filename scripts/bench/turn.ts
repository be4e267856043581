/** Our TURN server beside coturn, in turn, under coturn's own client: `npm run bench -- --parts turn`. `--json` prints all runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareCoturn, type Coturn } from '../prepare-coturn.ts';
import { readBusyness } from './process-figures.ts';
import { measureAllocations, measureAnswers, measureLatency, type AnswerRatios } from './turn-figures.ts';
import { runLoad, type LoadRequest, type LoadResult } from './turn-load.ts';
import { renderTurnTable } from './turn-report.ts';
import { startTurnServer, TURN_SERVER_NAMES, type TurnServerName } from './turn-servers.ts';

export interface TurnRun {
  readonly server: TurnServerName;
  /** Both ends are relayed by the server. */
  readonly relayed: LoadResult;
  /** A hundred calls: 10,000 messages a second. */
  readonly voice: LoadResult;
  /** The other end is not relayed. */
  readonly peer: LoadResult;
  readonly bytesPerAllocation: number;
  readonly answers: AnswerRatios;
  /** While the main thread of ours, where the chat is, stands still for 40 ms five times a second. */
  readonly p99Ms: number;
  readonly foreignShare: number;
}

const ROUNDS = Number(process.env['VANT_BENCH_ROUNDS'] ?? 3);
const RELAYED: LoadRequest = { way: 'relayed', clients: 200, messages: 2000, intervalMs: 1 };
const VOICE: LoadRequest = { way: 'relayed', clients: 200, messages: 500, intervalMs: 20 };
const PEER: LoadRequest = { way: 'peer', clients: 100, messages: 2000, intervalMs: 1 };
const ALLOCATIONS = 2000;
const STALL_MS = 40;
const LATENCY = { calls: 20, packets: 250 } as const;

async function runOne(server: TurnServerName, coturn: Coturn, directory: string): Promise<TurnRun> {
  const { foreign: foreignShare } = await readBusyness();
  const using = async <T>(
    options: { relayAddress: string; stallMs?: number },
    work: (running: Awaited<ReturnType<typeof startTurnServer>>) => Promise<T>,
  ): Promise<T> => {
    const running = await startTurnServer(server, { coturn, directory, ...options });
    try {
      return await work(running);
    } finally {
      await running.stop();
    }
  };
  const inside = { relayAddress: '127.0.0.1' };
  const load = (request: LoadRequest, relayAddress: string) =>
    using({ relayAddress }, (running) => runLoad(coturn, running, request));
  return {
    server,
    relayed: await load(RELAYED, '127.0.0.1'),
    voice: await load(VOICE, '127.0.0.1'),
    // The peer is at 127.0.0.1, which must not be an address of the relay's own.
    peer: await load(PEER, '127.0.0.2'),
    bytesPerAllocation: await using(inside, (running) => measureAllocations(running, ALLOCATIONS)),
    answers: await using(inside, measureAnswers),
    p99Ms: await using({ ...inside, stallMs: STALL_MS }, (running) =>
      measureLatency(running, LATENCY.calls, LATENCY.packets),
    ),
    foreignShare,
  };
}

async function main(): Promise<void> {
  const coturn = await prepareCoturn((text) => console.error(text));
  const directory = mkdtempSync(join(tmpdir(), 'vant-bench-turn-'));
  const runs: TurnRun[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const server of TURN_SERVER_NAMES) {
        const run = await runOne(server, coturn, directory);
        runs.push(run);
        console.error(`turn ${server}: ${JSON.stringify(run)}`);
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const cpu = cpus()[0]?.model.trim() ?? 'unknown CPU';
  const machine = `${cpu}, ${availableParallelism()} cores; Linux ${release()}; Node ${process.versions.node}; coturn ${coturn.version}`;
  console.log(process.argv.includes('--json') ? JSON.stringify(runs, undefined, 2) : renderTurnTable(runs, machine));
}

await main();
