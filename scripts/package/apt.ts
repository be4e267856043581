/** The distribution's packages and sources, whose signatures apt checks. Nothing is installed and no root is needed: lists and archives
 * are kept in a folder of their own. */
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './run-quietly.ts';

export class Apt {
  readonly #directory: string;
  #isUpdated = false;

  constructor(cache: string) {
    this.#directory = join(cache, 'apt');
  }

  /** Downloads packages, with what they depend on and this machine lacks, and unpacks them below `root`.
   * @returns their names with versions */
  async unpack(names: readonly string[], root: string): Promise<string[]> {
    await this.#update();
    const options = ['--print-uris', '--no-install-recommends', '-qq'];
    const wanted = await this.#run([...options, 'install', ...names], this.#directory);
    // Of each its name and version: 'uri' name_version_architecture.deb size hash
    const packages = [...wanted.matchAll(/^'\S+' ([^_ ]+)_([^_ ]+)_/gm)].map(
      ([, name = '', version = '']) => `${name}=${decodeURIComponent(version)}`,
    );
    await this.unpackOnly(packages, root);
    return packages;
  }

  /** Without what they depend on. @param names or name=version */
  async unpackOnly(names: readonly string[], root: string): Promise<void> {
    await this.#update();
    const archives = join(this.#directory, 'debs');
    rmSync(archives, { recursive: true, force: true });
    for (const path of [archives, root]) mkdirSync(path, { recursive: true });
    await this.#run(['download', ...names], archives);
    for (const archive of readdirSync(archives).sort()) {
      await runQuietly('dpkg-deb', ['-x', join(archives, archive), root], { directory: archives });
    }
    rmSync(archives, { recursive: true });
  }

  /** @param files SHA-256 of each file of the source package, the .dsc first
   * @returns the folder with them */
  async fetchSource(name: string, version: string, files: Readonly<Record<string, string>>): Promise<string> {
    const folder = join(this.#directory, 'sources', `${name}-${version.replaceAll(':', '-')}`);
    const wrong = () => Object.keys(files).filter((file) => hashOf(join(folder, file)) !== files[file]);
    if (wrong().length === 0) return folder;
    mkdirSync(folder, { recursive: true });
    await this.#update();
    await this.#run(['source', '--download-only', `${name}=${version}`], folder).catch((error: unknown) => {
      throw new Error(
        `The distribution has no source of ${name} ${version} (any more). Name its present version in scripts/package/redis.ts.`,
        { cause: error },
      );
    });
    if (wrong().length > 0)
      throw new Error(`${wrong().join(', ')} in ${folder}: not the SHA-256 that scripts/package knows.`);
    return folder;
  }

  async #update(): Promise<void> {
    if (this.#isUpdated) return;
    for (const path of ['state/lists/partial', 'cache/archives/partial']) {
      mkdirSync(join(this.#directory, path), { recursive: true });
    }
    writeFileSync(join(this.#directory, 'distribution.sources'), readDistributionSources());
    await this.#run(['update'], this.#directory);
    this.#isUpdated = true;
  }

  #run(args: readonly string[], directory: string): Promise<string> {
    const at = (name: string) => join(this.#directory, name);
    const options = [
      // As root, apt would download as a user of its own, who may not enter a private directory.
      'APT::Sandbox::User=root',
      `Dir::State=${at('state')}`,
      'Dir::State::status=/var/lib/dpkg/status',
      `Dir::Cache=${at('cache')}`,
      `Dir::Etc::sourcelist=${at('distribution.sources')}`,
      'Dir::Etc::sourceparts=/dev/null',
    ];
    return runQuietly('apt-get', [...options.flatMap((option) => ['-o', option]), ...args], { directory });
  }
}

/** Those of the machine, without what others have added, and with the sources. */
function readDistributionSources(): string {
  const [path] = globSync('/etc/apt/sources.list.d/{debian,ubuntu}.sources');
  if (path === undefined) {
    throw new Error(
      'Packaging needs a Debian or Ubuntu whose apt has /etc/apt/sources.list.d/debian.sources (or ubuntu.).',
    );
  }
  return readFileSync(path, 'utf8').replace(/^Types:.*$/gm, 'Types: deb deb-src');
}

function hashOf(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return undefined;
  }
}
