/** `npm run bench`: the engine in Node, native and in Chromium; the TURN server beside coturn; the web app in Chromium; then the relay and two bare programs, side
 * by side. See options.ts for what can be chosen. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runIdlePart } from './idle-part.ts';
import { describeMachine, readRedisVersion } from './machine.ts';
import { parseOptions, USAGE, type BenchOptions } from './options.ts';
import { renderTable, type BenchResults } from './report.ts';
import { runProgram } from '../run-program.ts';
import { runStartPart } from './start-part.ts';
import { runTrafficParts } from './traffic-parts.ts';

/** Inside the repository, because the temporary directory may lie in memory, where a sync costs nothing. */
const DEFAULT_DIRECTORY = fileURLToPath(new URL('../../.build/bench', import.meta.url));

/** Progress goes to stderr, the result to stdout. */
const say = (text: string) => console.error(text);

async function runParts(options: BenchOptions): Promise<BenchResults> {
  const has = (part: (typeof options.parts)[number]) => options.parts.includes(part);
  const machine = describeMachine(options.directory, await readRedisVersion());
  say(machine.text);
  const start = has('start') ? await runStartPart(options, say) : [];
  const kinds = [...(has('throughput') ? (['saturate'] as const) : []), ...(has('latency') ? (['pace'] as const) : [])];
  const traffic = kinds.length > 0 ? await runTrafficParts(options, kinds, say) : { saturate: [], pace: [] };
  const idle = has('idle') ? await runIdlePart(options, say) : [];
  return { machine, traffic, idle, start };
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), DEFAULT_DIRECTORY);
  if (options === undefined) {
    console.log(USAGE);
    return;
  }
  mkdirSync(options.directory, { recursive: true });
  const directory = mkdtempSync(join(options.directory, 'run-'));
  if (options.parts.includes('engine')) await runProgram('node', ['scripts/bench/engine.ts']);
  if (options.parts.includes('turn')) {
    await runProgram('node', ['scripts/bench/turn.ts', ...(options.isJson ? ['--json'] : [])], {
      VANT_BENCH_ROUNDS: String(options.rounds),
    });
  }
  if (options.parts.includes('webui')) await runProgram('node', ['scripts/bench/webui.ts']);
  if (options.parts.includes('package')) {
    await runProgram('node', ['scripts/bench/package.ts'], { VANT_BENCH_ROUNDS: String(options.rounds) });
  }
  if (options.parts.every((part) => ['engine', 'turn', 'webui', 'package'].includes(part))) return;
  try {
    const results = await runParts({ ...options, directory });
    console.log(options.isJson ? JSON.stringify(results, undefined, 2) : `\n${renderTable(results, options)}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
