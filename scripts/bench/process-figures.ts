/** What the kernel says of a process and of the machine (proc(5)). */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const TICKS_PER_SECOND = 100;
const GARBAGE_MS = 700;

export function readRssBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** RSS after a forced garbage collection; twice, because what the first frees in the heap may hold memory outside it. */
export async function readSettledRssBytes(pid: number): Promise<number> {
  for (let i = 0; i < 2; i++) {
    process.kill(pid, 'SIGUSR2');
    await delay(GARBAGE_MS);
  }
  return readRssBytes(pid);
}

export function readCpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export interface Busyness {
  readonly load: number;
  /** Share of all cores that others use while we do nothing, and that the hypervisor withholds. */
  readonly foreign: number;
  readonly steal: number;
}

/** How busy the machine is before a run. */
export async function readBusyness(sampleMs = 400): Promise<Busyness> {
  const before = readCpuTicks();
  await delay(sampleMs);
  const after = readCpuTicks();
  const passed = after.map((ticks, index) => ticks - before[index]!);
  const total = passed.reduce((sum, ticks) => sum + ticks, 0) || 1;
  const [, , , idle = 0, ioWait = 0, , , steal = 0] = passed;
  const load = Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
  return { load, foreign: (total - idle - ioWait - steal) / total, steal: steal / total };
}

/** user, nice, system, idle, iowait, irq, softirq, steal. */
function readCpuTicks(): number[] {
  const line = readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '';
  return line.trim().split(/\s+/).slice(1, 9).map(Number);
}
