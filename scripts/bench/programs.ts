/** The three programs that are compared, each as a process of its own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChildProgram, type Command } from './child-program.ts';
import { inventDevices, type BenchDevice } from './device.ts';
import { enrol } from './enrolment.ts';
import type { Target } from './jobs.ts';

export const PROGRAM_NAMES = ['bare', 'durable', 'vant'] as const;
export type ProgramName = (typeof PROGRAM_NAMES)[number];

export const PROGRAM_TITLES: Readonly<Record<ProgramName, string>> = {
  bare: 'bare `ws`',
  durable: 'bare durable',
  vant: 'Vant',
};

export interface Program {
  readonly name: ProgramName;
  readonly target: Target;
  readonly child: ChildProgram;
  /** Known to it, ready to connect. */
  readonly devices: readonly BenchDevice[];
}

export interface StartOptions {
  readonly directory: string;
  readonly deviceCount: number;
  /** For node itself, such as --cpu-prof; the appliance only. */
  readonly nodeOptions?: readonly string[];
}

const HOST = '127.0.0.1';
/** All limits that one machine would meet when it plays a whole team. */
const APPLIANCE_ENV = {
  VANT_SERVER_LISTEN: '127.0.0.1:0',
  VANT_LOG_FORMAT: 'json',
  VANT_LIMITS_MAX_ACCOUNTS: '100000',
  VANT_LIMITS_SEND_PER_DEVICE: 'off',
  VANT_LIMITS_SEND_PER_ACCOUNT: 'off',
  VANT_LIMITS_REQUESTS_PER_DEVICE: 'off',
  VANT_LIMITS_REQUESTS_PER_ADDRESS: 'off',
  VANT_LIMITS_CONNECTS_PER_ADDRESS: 'off',
  VANT_LIMITS_REGISTRATIONS_PER_ADDRESS: 'off',
  VANT_RELAY_MAX_CONNECTIONS: '100000',
  VANT_RELAY_MAX_CONNECTIONS_PER_ADDRESS: '100000',
  VANT_SERVER_DRAIN_TIMEOUT: '1s',
};

export async function startProgram(name: ProgramName, options: StartOptions): Promise<Program> {
  return name === 'vant' ? await startVant(options) : await startBare(name, options);
}

async function startBare(name: 'bare' | 'durable', { directory, deviceCount }: StartOptions): Promise<Program> {
  const ownDirectory = join(directory, name);
  mkdirSync(ownDirectory, { recursive: true });
  const child = new ChildProgram({
    script: name === 'bare' ? [toPath('bare-forwarder.ts')] : [toPath('bare-durable-forwarder.ts'), ownDirectory],
  });
  const port = await untilReady(child, /listening on (\d+)\n/);
  return { name, target: { host: HOST, port }, child, devices: inventDevices(deviceCount) };
}

async function startVant({ directory, deviceCount, nodeOptions }: StartOptions): Promise<Program> {
  const { child, target } = await startAppliance(
    join(directory, 'vant'),
    nodeOptions === undefined ? {} : { nodeOptions },
  );
  try {
    const setupToken = await child.untilOutput(/\/join#([\w-]+)/);
    const devices = await enrol(`http://${HOST}:${target.port}`, setupToken, deviceCount);
    return { name: 'vant', target, child, devices };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

export interface StartedAppliance {
  readonly child: ChildProgram;
  readonly target: Target;
  /** From the start of the process until it says that it serves. */
  readonly startMs: number;
}

/** @param directory with the data of an earlier run, or none; @param program an executable of Vant. Default: the source */
export async function startAppliance(
  directory: string,
  { program, env, nodeOptions = [], isBare = false }: Pick<Command, 'program' | 'env' | 'nodeOptions' | 'isBare'> = {},
): Promise<StartedAppliance> {
  mkdirSync(directory, { recursive: true });
  const startedAt = performance.now();
  const child = new ChildProgram({
    program,
    script: program === undefined ? [toPath('../../cli/vant.js'), 'serve'] : ['serve'],
    env: { ...APPLIANCE_ENV, VANT_STORAGE_DATA_DIR: join(directory, 'data'), ...env },
    nodeOptions,
    isBare,
  });
  const port = await untilReady(child, /Vant serves http:\S+:(\d+)\n/);
  return { child, target: { host: HOST, port }, startMs: performance.now() - startedAt };
}

async function untilReady(child: ChildProgram, line: RegExp): Promise<number> {
  try {
    return Number(await child.untilOutput(line));
  } catch (error) {
    await child.stop();
    throw error;
  }
}

function toPath(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
