/** The other side of backups in tests: Debian's `age`, by the author of the format. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findCacheDirectory } from '../server/storage-options.ts';
import { unpackPackage } from './unpack-package.ts';

export interface Age {
  /** With age and age-keygen. */
  readonly directory: string;
  readonly version: string;
  readonly origin: 'system' | 'cached' | 'package';
}

/** Finds it, or unpacks the package of the distribution without installing it. @throws Error with what to do */
export async function prepareAge(report: (text: string) => void = console.log): Promise<Age> {
  const folder = join(findCacheDirectory(process.env), 'age');
  const unpacked = join(folder, 'usr', 'bin', 'age');
  const found = examine('/usr/bin/age', 'system') ?? examine(unpacked, 'cached');
  if (found !== undefined) return found;
  report('age: not there; unpacking the package of the distribution into the cache, without installing it.');
  try {
    await unpackPackage({ name: 'age', folder });
  } catch (error) {
    throw new Error('The tests of backups need age, and it could not be unpacked. Install it: apt-get install age', {
      cause: error,
    });
  }
  const made = examine(unpacked, 'package');
  if (made === undefined) throw new Error(`${unpacked} does not run. Install it: apt-get install age`);
  return made;
}

function examine(path: string, origin: Age['origin']): Age | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return { directory: dirname(path), version: execFileSync(path, ['--version']).toString().trim(), origin };
  } catch {
    return undefined;
  }
}
