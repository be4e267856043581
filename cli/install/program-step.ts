import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Host } from './host.ts';
import { PATHS, type Step } from './step.ts';

/** The program lies where its user cannot change it, and is replaced in one step: a server that runs keeps the old one. */
export const programStep: Step = {
  async install({ host, program }) {
    const target = host.path(PATHS.program);
    if (isSame(host, program)) return undefined;
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(program, `${target}.new`);
    chmodSync(`${target}.new`, 0o755);
    renameSync(`${target}.new`, target);
    return `Copied the program to ${PATHS.program}.`;
  },
  async uninstall({ host }) {
    const removed = [PATHS.program, `${PATHS.program}.previous`].filter((path) => host.remove(path));
    return removed.length === 0 ? undefined : `Removed ${removed.join(' and ')}.`;
  },
};

function isSame(host: Host, program: string): boolean {
  const target = host.path(PATHS.program);
  if (target === program) return true;
  try {
    return readFileSync(program).equals(readFileSync(target));
  } catch {
    return false;
  }
}
