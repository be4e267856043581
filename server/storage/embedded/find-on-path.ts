import { statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Distributions put servers in sbin, which the PATH of a plain user lacks. */
const USUAL_PLACES = ['/usr/local/bin', '/usr/local/sbin', '/usr/bin', '/usr/sbin', '/opt/homebrew/bin'];

/** Where programs of these names lie: first on the PATH, in its order, then in the usual places. */
export function findOnPath(names: readonly string[], environment: NodeJS.ProcessEnv): string[] {
  const onPath = (environment['PATH'] ?? '').split(delimiter).filter(Boolean);
  const found = [onPath, USUAL_PLACES].flatMap((places) =>
    names.flatMap((name) => places.map((place) => join(place, name))),
  );
  return [...new Set(found)].filter(isFile);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
