import { parseArgs } from 'node:util';

export const PARTS = ['throughput', 'latency', 'idle', 'start', 'engine', 'turn', 'webui', 'package'] as const;
export type Part = (typeof PARTS)[number];

export interface BenchOptions {
  readonly parts: readonly Part[];
  /** Only the relay, without the programs that it is compared with. */
  readonly isAlone: boolean;
  readonly rounds: number;
  readonly measureMs: number;
  readonly pairs: number;
  readonly window: number;
  readonly perSecond: number;
  readonly connections: number;
  readonly isJson: boolean;
  /** Where a CPU profile of the appliance is written. */
  readonly profileDirectory: string | undefined;
  readonly directory: string;
}

export const USAGE = `usage: npm run bench -- [options]

  --parts LIST         of ${PARTS.join(', ')} (default: all)
  --alone              without the bare programs
  --rounds N           runs of each program, in turn; the median counts (default 3)
  --seconds N          length of each measurement (default 3)
  --pairs N            pairs of devices that send (default 50)
  --window N           envelopes under way in each pair (default 4)
  --rate N             envelopes per second where latency is measured (default 1000)
  --connections N      idle connections (default 5000)
  --directory PATH     where the programs keep their data: on the disk that counts (default .build/bench)
  --cpu-profile PATH   writes CPU profiles of the appliance into this folder
  --json               prints all runs instead of the table`;

const FLAGS = {
  parts: { type: 'string', default: PARTS.join(',') },
  alone: { type: 'boolean', default: false },
  rounds: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '3' },
  pairs: { type: 'string', default: '50' },
  window: { type: 'string', default: '4' },
  rate: { type: 'string', default: '1000' },
  connections: { type: 'string', default: '5000' },
  directory: { type: 'string' },
  'cpu-profile': { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @returns undefined when only help was asked for. @throws TypeError, RangeError for what cannot be understood. */
export function parseOptions(args: readonly string[], defaultDirectory: string): BenchOptions | undefined {
  const { values } = parseArgs({ args: [...args], options: FLAGS });
  if (values.help) return undefined;
  return {
    parts: parseParts(values.parts),
    isAlone: values.alone,
    rounds: parseNumber('rounds', values.rounds),
    measureMs: 1000 * parseNumber('seconds', values.seconds),
    pairs: parseNumber('pairs', values.pairs),
    window: parseNumber('window', values.window),
    perSecond: parseNumber('rate', values.rate),
    connections: parseNumber('connections', values.connections),
    isJson: values.json,
    profileDirectory: values['cpu-profile'],
    directory: values.directory ?? defaultDirectory,
  };
}

function parseParts(text: string): Part[] {
  return text.split(',').map((name) => {
    const part = PARTS.find((known) => known === name);
    if (part === undefined) throw new RangeError(`--parts: ${name} is none of ${PARTS.join(', ')}`);
    return part;
  });
}

function parseNumber(flag: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new RangeError(`--${flag}: expected a number above 0, got ${text}`);
  return value;
}
