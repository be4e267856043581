/** A folder for programs that this program will run: whoever could write to it, or put another in its place, would be this user. */
import { chmodSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findCacheDirectory } from '../storage-options.ts';
import { NativePartError } from './native-part-error.ts';

const VARIABLES = ['CACHE_DIRECTORY', 'XDG_CACHE_HOME', 'HOME', 'RUNTIME_DIRECTORY', 'XDG_RUNTIME_DIR'] as const;

/** What a child with an environment of its own needs to find the same folder. */
export function placesOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** systemd's or the user's cache, else what lives until the next boot. Never the temporary directory: it is everybody's. */
function listParents(env: NodeJS.ProcessEnv): string[] {
  const runtime = [env['RUNTIME_DIRECTORY'], env['XDG_RUNTIME_DIR']].filter(
    (path) => path !== undefined && path !== '',
  );
  return [findCacheDirectory(env), ...runtime.map((path) => join(path ?? '', 'vant'))];
}

/** @param name of a folder below, such as `native/1`. @throws NativePartError that tells what is wrong with each place */
export function preparePrivateFolder(env: NodeJS.ProcessEnv, name: string): string {
  const problems: string[] = [];
  for (const parent of listParents(env)) {
    const problem = prepare(parent, name);
    if (problem === undefined) return join(parent, name);
    problems.push(problem);
  }
  throw new NativePartError(
    `There is no private folder for Vant's native parts. ${problems.join(' ')} ` +
      'Set XDG_CACHE_HOME to a directory that belongs to this user and that nobody else can write to.',
  );
}

/** @returns why it cannot be used */
function prepare(parent: string, name: string): string | undefined {
  try {
    const folder = join(parent, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // From the innermost that is ours up to the cache, none may be open to others.
    for (let path = folder; path !== parent; path = dirname(path)) closeToOthers(path);
    return findWayIn(realpathSync(dirname(dirname(folder))));
  } catch (error) {
    return `${parent} cannot be used: ${(error as Error).message}.`;
  }
}

function closeToOthers(path: string): void {
  const { uid, mode } = lstatSync(path);
  if (uid !== process.geteuid?.()) throw new Error(`${path} belongs to another user (${uid})`);
  if ((mode & 0o777) !== 0o700) chmodSync(path, 0o700);
}

/** Whoever may rename a folder on the way can put another in its place. In a sticky one (such as /tmp) only its owner can. */
function findWayIn(directory: string): string | undefined {
  const trusted = [0, process.geteuid?.(), statSync('/').uid];
  for (let path = directory; ; path = dirname(path)) {
    const { uid, mode } = statSync(path);
    if (!trusted.includes(uid)) return `${path} belongs to another user (${uid}).`;
    if ((mode & 0o022) !== 0 && (mode & 0o1000) === 0) return `Others may write to ${path}.`;
    if (path === dirname(path)) return undefined;
  }
}
