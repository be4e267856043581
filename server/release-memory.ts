/** Gives back what starting has used. V8 lets its young heap grow while modules are loaded (to 64 MB), and returns it only
 * under memory pressure of its own; a server that nobody talks to would keep it for good. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type CollectGarbage = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

/** Stops the process for some tens of milliseconds: call it before anybody is served, or when nobody is. */
export function releaseMemory(): void {
  // The flag shows the function to contexts that are made after it, and so to this one only.
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as CollectGarbage | undefined;
  setFlagsFromString('--no-expose-gc');
  collectGarbage?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
