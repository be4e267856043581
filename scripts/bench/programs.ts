/** The three programs that are compared, each as a process of its own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild, type ChildProgram } from './child-program.ts';
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
  if (name === 'vant') return await startVant(options);
  const directory = join(options.directory, name);
  mkdirSync(directory, { recursive: true });
  const script =
    name === 'bare' ? [toPath('bare-forwarder.ts')] : [toPath('bare-durable-forwarder.ts'), join(directory, 'data')];
  const child = await startChild({ script, ready: /listening on (\d+)/ });
  const target = { host: '127.0.0.1', port: Number(child.match[1]) };
  return { name, target, child, devices: inventDevices(options.deviceCount) };
}

async function startVant(options: StartOptions): Promise<Program> {
  const child = await startAppliance(join(options.directory, 'vant'), options.nodeOptions);
  try {
    const link = /^ +(http\S+\/join#\S+)$/m.exec(child.output())?.[1];
    if (link === undefined) throw new Error('The appliance has an owner already.');
    const devices = await enrol(toUrl(child), link, options.deviceCount);
    return { name: 'vant', target: toTarget(child), child, devices };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** @param directory with the data of an earlier run, or none */
export async function startAppliance(directory: string, nodeOptions: readonly string[] = []): Promise<ChildProgram> {
  mkdirSync(directory, { recursive: true });
  return await startChild({
    script: [fileURLToPath(new URL('../../cli/vant.js', import.meta.url)), 'serve'],
    env: { ...APPLIANCE_ENV, VANT_STORAGE_DATA_DIR: join(directory, 'data') },
    nodeOptions,
    ready: /Vant serves http:\/\/\S+?:(\d+)[^]*\n\n|Vant serves http:\/\/\S+?:(\d+)\n/,
  });
}

export function toTarget(appliance: ChildProgram): Target {
  return { host: '127.0.0.1', port: Number(appliance.match[1] ?? appliance.match[2]) };
}

function toUrl(appliance: ChildProgram): string {
  return `http://127.0.0.1:${toTarget(appliance).port}`;
}

function toPath(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
