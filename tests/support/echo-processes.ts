/** The processes that answer test calls of an appliance. */
import { readdir, readFile } from 'node:fs/promises';
import { PACKAGED_ECHO } from '../../cli/packaged-programs.ts';
import type { Appliance } from './appliance.ts';

const PROGRAMS = ['cli/echo/main.ts', PACKAGED_ECHO];

/** Of any process; false when there is none. */
export async function isEchoProcess(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return PROGRAMS.some((program) => command.split('\0').some((argument) => argument.endsWith(program)));
}

export async function listEchoProcesses({ pid }: Pick<Appliance, 'pid'>): Promise<number[]> {
  const path = `/proc/${pid}/task`;
  const lists = await Promise.all(
    (await readdir(path)).map((task) => readFile(`${path}/${task}/children`, 'utf8').catch(() => '')),
  );
  const pids = lists.flatMap((list) => list.trim().split(' ').filter(Boolean)).map(Number);
  const found = await Promise.all(pids.map(isEchoProcess));
  return pids.filter((_, index) => found[index]);
}
