/** Two networks that see this machine and not each other (ip-netns(8)); only root can make them. */
import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' });

/** @returns why not, or undefined. */
export function findNamespaceObstacle(): string | undefined {
  const name = `vant-probe-${process.pid}`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'delete', name);
    return undefined;
  } catch (error) {
    return `network namespaces cannot be made here (${(error as Error).message.split('\n')[0] ?? ''})`;
  }
}

export interface Namespace {
  readonly path: string;
  /** Of this machine, as seen from inside. */
  readonly hostAddress: string;
  /** Its own, as seen from this machine. */
  readonly ownAddress: string;
  readonly run: (program: string, args: readonly string[]) => ChildProcessWithoutNullStreams;
  /** Nothing gets through any more, and nobody is told. */
  readonly cut: () => void;
  readonly remove: () => void;
}

/** @param number 1 to 250: the third byte of its network */
export function createNamespace(number: number): Namespace {
  const name = `vant-${process.pid}-${number}`;
  const [outside, inside] = [`vo${process.pid % 100_000}-${number}`, `vi${process.pid % 100_000}-${number}`];
  const [hostAddress, ownAddress] = [`10.203.${number}.1`, `10.203.${number}.2`];
  ip('netns', 'add', name);
  try {
    ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', name);
    ip('address', 'add', `${hostAddress}/30`, 'dev', outside);
    ip('link', 'set', outside, 'up');
    // No default route: what is behind this machine cannot be reached, whatever this machine would forward.
    ip('-n', name, 'address', 'add', `${ownAddress}/30`, 'dev', inside);
    ip('-n', name, 'link', 'set', inside, 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
  } catch (error) {
    ip('netns', 'delete', name);
    throw error;
  }
  return {
    path: `/run/netns/${name}`,
    hostAddress,
    ownAddress,
    run: (program, args) => spawn('ip', ['netns', 'exec', name, program, ...args]),
    cut: () => void ip('-n', name, 'address', 'flush', 'dev', inside),
    remove: () => void ip('netns', 'delete', name),
  };
}
