/** Programs of the distribution that tests need and a server does not: those that are installed, or the package unpacked into the cache,
 * without being installed. */
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findCacheDirectory } from '../server/storage-options.ts';

export interface Programs {
  /** Folder with all of them. */
  readonly directory: string;
  /** What they need to run. */
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
  readonly origin: 'system' | 'cached' | 'package';
}

export interface Wanted {
  /** Of Debian and what descends from it. */
  readonly packageName: string;
  /** The first one tells its version. */
  readonly programs: readonly [string, ...string[]];
  /** Behind usr/ in the package. */
  readonly folder: 'bin' | 'sbin';
  /** Who needs it, for the error: "The TURN tests". */
  readonly neededBy: string;
}

const TIMEOUT_MS = 180_000;

const run = async (program: string, args: readonly string[], cwd: string, env: Record<string, string> = {}) =>
  await promisify(execFile)(program, args, {
    cwd,
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive', ...env },
    timeout: TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });

/** @throws Error with what to do */
export async function preparePrograms(wanted: Wanted, report: (text: string) => void = console.log): Promise<Programs> {
  const { packageName, neededBy } = wanted;
  const cache = join(findCacheDirectory(process.env), packageName);
  const installed = findOnPath(wanted);
  const found =
    (installed === undefined ? undefined : await examine(wanted, installed, 'system')) ??
    (await examineUnpacked(wanted, cache, 'cached'));
  if (found !== undefined) return found;
  report(
    `${packageName}: not installed; unpacking the package of the distribution into the cache, without installing it.`,
  );
  try {
    return await unpack(wanted, cache);
  } catch (error) {
    throw new Error(
      `${neededBy} need ${packageName}, and it could not be unpacked (${(error as Error).message.split('\n')[0] ?? ''}). ` +
        `Install it: apt-get install ${packageName} (a service of it may stay off).`,
      { cause: error },
    );
  }
}

function findOnPath({ programs }: Wanted): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.find((folder) => programs.every((name) => existsSync(join(folder, name))));
}

async function examineUnpacked(
  wanted: Wanted,
  root: string,
  origin: Programs['origin'],
): Promise<Programs | undefined> {
  if (!existsSync(root)) return undefined;
  const folders = new Set(globSync('{usr/,}lib/{*/,}*.so*', { cwd: root }).map((name) => dirname(join(root, name))));
  const env = { LD_LIBRARY_PATH: [...folders].join(':') };
  return await examine(wanted, join(root, 'usr', wanted.folder), origin, env);
}

async function examine(
  { programs }: Wanted,
  directory: string,
  origin: Programs['origin'],
  env: Record<string, string> = {},
): Promise<Programs | undefined> {
  if (!programs.every((name) => existsSync(join(directory, name)))) return undefined;
  try {
    const { stdout } = await run(join(directory, programs[0]), ['--version'], directory, env);
    const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0];
    return version === undefined ? undefined : { directory, env, version, origin };
  } catch {
    return undefined;
  }
}

async function unpack(wanted: Wanted, cache: string): Promise<Programs> {
  mkdirSync(dirname(cache), { recursive: true, mode: 0o700 });
  const workspace = mkdtempSync(`${cache}-`);
  try {
    const root = join(workspace, 'root');
    mkdirSync(root);
    // As root, apt would download as a user of its own, who may not enter a private directory.
    const options = ['-o', 'APT::Sandbox::User=root', ...(await prepareLists(wanted, workspace))];
    // Everything that an installation would bring and this machine lacks; nothing is installed. An empty archive folder, because
    // apt does not name what it has downloaded before.
    const archives = join(workspace, 'archives');
    mkdirSync(join(archives, 'partial'), { recursive: true });
    const { stdout } = await run(
      'apt-get',
      [...options, '-o', `Dir::Cache::archives=${archives}`, '-qq', '--print-uris', '--no-install-recommends'].concat(
        'install',
        wanted.packageName,
      ),
      workspace,
    );
    const packages = [...stdout.matchAll(/^'\S+' ([^_ ]+)_/gm)].map(([, name = '']) => name);
    await run('apt-get', [...options, 'download', ...packages], workspace);
    for (const archive of readdirSync(workspace).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg-deb', ['-x', archive, root], workspace);
    }
    rmSync(cache, { recursive: true, force: true });
    renameSync(root, cache);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
  const found = await examineUnpacked(wanted, cache, 'package');
  if (found === undefined) throw new Error('the unpacked programs do not run');
  return found;
}

/** The package lists of the system, or where these are empty (fresh containers), lists of our own. @returns options for apt-get */
async function prepareLists({ packageName }: Wanted, workspace: string): Promise<string[]> {
  const { stdout } = await run('apt-cache', ['policy', packageName], workspace);
  if (/Candidate: \d/.test(stdout)) return [];
  const [state, cache] = ['apt-state', 'apt-cache'].map((name) => join(workspace, name)) as [string, string];
  for (const directory of [join(state, 'lists', 'partial'), join(cache, 'archives', 'partial')]) {
    mkdirSync(directory, { recursive: true });
  }
  const options = [`Dir::State=${state}`, `Dir::Cache=${cache}`, 'Dir::State::status=/var/lib/dpkg/status'];
  const flags = options.flatMap((option) => ['-o', option]);
  await run('apt-get', ['-o', 'APT::Sandbox::User=root', ...flags, 'update'], workspace);
  return flags;
}
