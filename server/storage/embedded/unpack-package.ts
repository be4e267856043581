import { existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RedisBinary } from './binary.ts';
import { examineBinary, type UnusableBinary } from './examine-binary.ts';
import { runProgram } from './run-program.ts';

const FOLDER = 'redis';
const TIMEOUT_MS = 120_000;
const MAX_LIBRARIES = 20;
/** The server is a link to a program of the tools package (redis-server → redis-check-rdb), so both are needed. */
const PACKAGES = [
  ['redis-server', 'redis-tools'],
  ['valkey-server', 'valkey-tools'],
] as const;

/** What an earlier start has left in the cache. */
export async function findUnpackedPackage(
  cacheDirectory: string,
  origin: RedisBinary['origin'],
): Promise<RedisBinary | UnusableBinary | undefined> {
  const root = join(cacheDirectory, FOLDER);
  return existsSync(root) ? examineUnpacked(root, origin) : undefined;
}

/** Gets the distribution's own package through apt, which checks its signature, and unpacks it with the libraries that the machine
 * lacks. Nothing is installed: no root, no service, no change outside the cache.
 * @throws Error with what hindered it. */
export async function unpackPackage(cacheDirectory: string, environment: NodeJS.ProcessEnv): Promise<RedisBinary> {
  const workspace = mkdtempSync(join(cacheDirectory, 'unpack-'));
  try {
    const apt = new Apt(workspace, environment);
    const root = join(workspace, 'root');
    mkdirSync(root);
    await unpackFirstAvailable(apt, root);
    await addMissingLibraries(apt, root);
    return await keepInCache(root, cacheDirectory, 'package');
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** Puts a complete folder in its place at once. Another process may do the same at this moment: the first one stays. */
export async function keepInCache(
  root: string,
  cacheDirectory: string,
  origin: RedisBinary['origin'],
): Promise<RedisBinary> {
  const target = join(cacheDirectory, FOLDER);
  const present = existsSync(target) ? await examineUnpacked(target, origin) : undefined;
  if (present !== undefined && !('problem' in present)) return present;
  rmSync(target, { recursive: true, force: true });
  renameSync(root, target);
  const found = await examineUnpacked(target, origin);
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

async function unpackFirstAvailable(apt: Apt, root: string): Promise<void> {
  let reason: unknown;
  for (const names of PACKAGES) {
    try {
      await apt.unpack(names, root);
      return;
    } catch (error) {
      reason ??= error;
    }
  }
  throw reason;
}

/** The loader names one missing library at a time; Debian's rule tells the package from the name. */
async function addMissingLibraries(apt: Apt, root: string): Promise<void> {
  for (let count = 0; count < MAX_LIBRARIES; count++) {
    const found = await examineUnpacked(root, 'package');
    if (!('problem' in found)) return;
    const missing = /(lib[\w.+-]+)\.so\.(\d+)/.exec(found.problem);
    if (missing === null) throw new Error(found.problem);
    await apt.unpackLibrary(missing[1] ?? '', missing[2] ?? '', root);
  }
}

async function examineUnpacked(root: string, origin: RedisBinary['origin']): Promise<RedisBinary | UnusableBinary> {
  const path = globSync(['usr/bin/redis-server', 'usr/bin/valkey-server', 'redis-server'], { cwd: root })[0];
  if (path === undefined) return { path: root, problem: `${root} holds no redis-server.` };
  const libraries = [
    ...new Set(globSync('{usr/,}lib/{*/,}*.so*', { cwd: root }).map((name) => join(root, name, '..'))),
  ];
  return examineBinary(
    join(root, path),
    origin,
    libraries.length === 0 ? {} : { LD_LIBRARY_PATH: libraries.join(':') },
  );
}

/** apt-get for one workspace. Its lists are the system's, or, where these are empty (fresh containers), lists of its own. */
class Apt {
  readonly #workspace: string;
  readonly #environment: NodeJS.ProcessEnv;
  // As root, apt would download as a user of its own, who may not enter a private directory.
  #options: readonly string[] = ['-o', 'APT::Sandbox::User=root'];
  #hasOwnLists = false;

  constructor(workspace: string, environment: NodeJS.ProcessEnv) {
    this.#workspace = workspace;
    this.#environment = { ...environment, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  }

  /** Downloads the packages and unpacks them below `root`. */
  async unpack(names: readonly string[], root: string): Promise<void> {
    const before = new Set(this.#archives());
    await this.#download(names);
    for (const archive of this.#archives()) {
      if (!before.has(archive)) await this.#run('dpkg-deb', ['-x', archive, root]);
    }
  }

  /** libjemalloc.so.2 is in libjemalloc2, liblua5.1.so.0 in liblua5.1-0, libssl.so.3 in libssl3 or libssl3t64. */
  async unpackLibrary(name: string, version: string, root: string): Promise<void> {
    const stem = (/\d$/.test(name) ? `${name}-${version}` : `${name}${version}`).toLowerCase().replaceAll('_', '-');
    try {
      await this.unpack([stem], root);
    } catch (error) {
      await this.unpack([`${stem}t64`], root).catch(() => {
        throw error;
      });
    }
  }

  async #download(names: readonly string[]): Promise<void> {
    const download = () => this.#run('apt-get', [...this.#options, 'download', ...names]);
    try {
      await download();
    } catch (error) {
      if (this.#hasOwnLists) throw error;
      await this.#fetchOwnLists();
      await download();
    }
  }

  async #fetchOwnLists(): Promise<void> {
    this.#hasOwnLists = true;
    const [state, cache] = ['apt-state', 'apt-cache'].map((name) => join(this.#workspace, name)) as [string, string];
    for (const directory of [join(state, 'lists', 'partial'), join(cache, 'archives', 'partial')]) {
      mkdirSync(directory, { recursive: true });
    }
    this.#options = [
      ...this.#options,
      '-o',
      `Dir::State=${state}`,
      '-o',
      `Dir::Cache=${cache}`,
      '-o',
      'Dir::State::status=/var/lib/dpkg/status',
    ];
    await this.#run('apt-get', [...this.#options, 'update']);
  }

  #archives(): string[] {
    return readdirSync(this.#workspace).filter((name) => name.endsWith('.deb'));
  }

  #run(program: string, args: readonly string[]): Promise<string> {
    return runProgram(program, args, {
      directory: this.#workspace,
      environment: this.#environment,
      timeoutMs: TIMEOUT_MS,
    });
  }
}
