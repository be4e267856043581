/** nft(8), with which tests build networks behind NAT: the installed one, or the package of the distribution, unpacked. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findCacheDirectory } from '../server/storage-options.ts';
import { runQuietly, toLibraryPath, unpackPackage } from './unpack-package.ts';

export interface Nftables {
  /** Folder with `nft`. */
  readonly directory: string;
  /** What it needs to run. */
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
  readonly origin: 'system' | 'cached' | 'package';
}

/** @throws Error with what to do */
export async function prepareNftables(report: (text: string) => void = console.log): Promise<Nftables> {
  const folder = join(findCacheDirectory(process.env), 'nftables');
  const directory = join(folder, 'usr', 'sbin');
  const found =
    (await examine('/usr/sbin', 'system', {})) ?? (await examine(directory, 'cached', toLibraryPath(folder)));
  if (found !== undefined) return found;
  report('nftables: not there; unpacking the package of the distribution into the cache, without installing it.');
  const unpacked = await unpackPackage({ name: 'nftables', folder }).then(
    () => examine(directory, 'package', toLibraryPath(folder)),
    () => undefined,
  );
  if (unpacked === undefined) {
    throw new Error(
      'Tests of calls behind NAT need nftables, and it could not be unpacked. Install it: apt-get install nftables',
    );
  }
  return unpacked;
}

async function examine(
  directory: string,
  origin: Nftables['origin'],
  env: Nftables['env'],
): Promise<Nftables | undefined> {
  const program = join(directory, 'nft');
  if (!existsSync(program)) return undefined;
  const output = await runQuietly(program, ['--version'], directory, env).catch(() => undefined);
  const version = /\d+\.\d+\.\d+/.exec(output?.stdout ?? '')?.[0];
  return version === undefined ? undefined : { directory, env, version, origin };
}
