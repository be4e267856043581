import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';

export interface ServerProcess {
  readonly pid: number;
  readonly program: string;
}

/** Debian's redis-server is a link to redis-check-rdb; setpriv is what becomes the server a moment later (parent-death.ts). */
const SERVER_PROGRAM = /^((redis|valkey)-(server|check-rdb)|setpriv$)/;

/** Running redis-servers whose working directory is `directory`: Redis changes into its data directory at once and stays there,
 * so this finds each one that could write there, even if it was started a moment before its Vant was killed and no pid file tells
 * of it. Linux only; elsewhere the list is empty and the pid file has to do. */
export function findServersIn(directory: string): ServerProcess[] {
  const wanted = realpathSync(directory);
  return processIds().flatMap((pid) => {
    const program = programOf(pid);
    return program !== undefined && SERVER_PROGRAM.test(program) && readLink(pid, 'cwd') === wanted
      ? [{ pid, program }]
      : [];
  });
}

/** The program behind a pid, by the kernel: a process may write what it likes into its command line. */
function programOf(pid: number): string | undefined {
  // After an upgrade of the package the running file is shown as deleted.
  const executable = readLink(pid, 'exe')?.replace(/ \(deleted\)$/, '');
  return executable === undefined ? undefined : basename(executable);
}

/** A process that has ended and waits for its parent to notice can write no more: it does not count. */
export function isRunning(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return status.slice(status.lastIndexOf(')') + 2, status.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return process.platform === 'linux' ? false : canSignal(pid);
  }
}

function canSignal(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function readLink(pid: number, name: 'cwd' | 'exe'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    // Ended in between, or another user's.
    return undefined;
  }
}
