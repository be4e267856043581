import { statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Distributions put servers in sbin, which the PATH of a plain user lacks. */
const USUAL_PLACES = ['/usr/local/bin', '/usr/local/sbin', '/usr/bin', '/usr/sbin', '/opt/homebrew/bin'];

/** Where programs of these names lie, in the order of the PATH. */
export function findOnPath(names: readonly string[], environment: NodeJS.ProcessEnv): string[] {
  const places = new Set([...(environment['PATH'] ?? '').split(delimiter).filter(Boolean), ...USUAL_PLACES]);
  return names.flatMap((name) => [...places].map((place) => join(place, name)).filter(isFile));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
