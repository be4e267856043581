/** Programs of the distribution for tests, without installing them: a package and what it needs, unpacked into a folder of the cache. */
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const TIMEOUT_MS = 180_000;

export const runQuietly = async (
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
) =>
  await promisify(execFile)(program, args, {
    cwd,
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive', ...env },
    timeout: TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });

interface Request {
  readonly name: string;
  /** Where it is to be. */
  readonly folder: string;
  /** Of another release than the one that runs here, from the same mirror: `testing`. Then without what it needs, but for `also`. */
  readonly suite?: string;
  readonly also?: readonly string[];
}

/** @throws Error when there is no apt, no network, or no such package */
export async function unpackPackage({ name, folder, suite, also = [] }: Request): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  const workspace = mkdtempSync(`${folder}-`);
  try {
    const root = join(workspace, 'root');
    mkdirSync(root);
    // As root, apt would download as a user of its own, who may not enter a private directory.
    const options = ['-o', 'APT::Sandbox::User=root', ...(await prepareLists(workspace, name, suite))];
    const packages =
      suite === undefined
        ? await listMissing(workspace, options, name)
        : // Also where this system has a newer one.
          [name, ...also].map((each) => `${each}/${suite}`);
    await runQuietly('apt-get', [...options, 'download', ...packages], workspace);
    for (const archive of readdirSync(workspace).filter((file) => file.endsWith('.deb'))) {
      await runQuietly('dpkg-deb', ['-x', archive, root], workspace);
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(root, folder);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** What programs in there need to find their libraries. */
export function toLibraryPath(folder: string): Readonly<Record<string, string>> {
  if (!existsSync(folder)) return {};
  const folders = new Set(
    globSync('{usr/,}lib/{*/,}*.so*', { cwd: folder }).map((found) => dirname(join(folder, found))),
  );
  return { LD_LIBRARY_PATH: [...folders].join(':') };
}

/** Everything that an installation would bring and this machine lacks; nothing is installed. An empty archive folder, because apt
 * does not name what it has downloaded before. */
async function listMissing(workspace: string, options: readonly string[], name: string): Promise<string[]> {
  const archives = join(workspace, 'archives');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  const { stdout } = await runQuietly(
    'apt-get',
    [
      ...options,
      ...['-o', `Dir::Cache::archives=${archives}`, '-qq', '--print-uris', '--no-install-recommends', 'install', name],
    ],
    workspace,
  );
  return [...stdout.matchAll(/^'\S+' ([^_ ]+)_/gm)].map(([, each = '']) => each);
}

/** The package lists of the system, or where these are empty (fresh containers) or of another release, lists of our own.
 * @returns options for apt-get */
async function prepareLists(workspace: string, name: string, suite: string | undefined): Promise<string[]> {
  if (suite === undefined) {
    const { stdout } = await runQuietly('apt-cache', ['policy', name], workspace);
    if (/Candidate: \d/.test(stdout)) return [];
  }
  const [state, cache] = ['apt-state', 'apt-cache'].map((folder) => join(workspace, folder)) as [string, string];
  for (const directory of [join(state, 'lists', 'partial'), join(cache, 'archives', 'partial')]) {
    mkdirSync(directory, { recursive: true });
  }
  const options = [`Dir::State=${state}`, `Dir::Cache=${cache}`, 'Dir::State::status=/var/lib/dpkg/status'];
  if (suite !== undefined) options.push(...(await nameSuite(workspace, suite)));
  const flags = options.flatMap((option) => ['-o', option]);
  await runQuietly('apt-get', ['-o', 'APT::Sandbox::User=root', ...flags, 'update'], workspace);
  return flags;
}

/** The mirror of this machine, with another release. Its keys are those of the system. */
async function nameSuite(workspace: string, suite: string): Promise<string[]> {
  const format = ['--format', '$(REPO_URI) $(COMPONENT)', 'Created-By: Packages', 'Component: main'];
  const { stdout } = await runQuietly('apt-get', ['indextargets', ...format], workspace);
  const [mirror] = stdout.split('\n').filter((line) => line.includes('/debian/'));
  if (mirror === undefined) throw new Error('there is no mirror of Debian in the sources of apt');
  const keys = ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp'];
  const key = keys.find((path) => existsSync(path));
  const [uri = '', component = 'main'] = mirror.split(' ');
  const list = join(workspace, 'sources.list');
  writeFileSync(list, `deb ${key === undefined ? '' : `[signed-by=${key}] `}${uri} ${suite} ${component}\n`);
  return [`Dir::Etc::sourcelist=${list}`, 'Dir::Etc::sourceparts=/dev/null'];
}
