/** A package of package-lock.json, also where npm does not install it because it is for another machine. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../run-program.ts';
import { runQuietly } from './run-quietly.ts';

interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
}

/** @returns the folder of the package */
export async function findNpmPackage(name: string, cache: string, report: (text: string) => void): Promise<string> {
  const installed = join(ROOT, 'node_modules', name);
  if (existsSync(join(installed, 'package.json'))) return installed;
  const { version, integrity } = readLock(name);
  const folder = join(cache, `${name.replace('/', '+')}-${version}`);
  if (existsSync(folder)) return folder;
  const work = mkdtempSync(join(cache, 'npm-'));
  try {
    await runQuietly('npm', ['pack', `${name}@${version}`, '--silent'], { directory: work });
    const archive = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    const hash = `sha512-${createHash('sha512')
      .update(readFileSync(join(work, archive)))
      .digest('base64')}`;
    if (hash !== integrity) throw new Error(`${name} ${version} is not what package-lock.json says: ${hash}`);
    mkdirSync(join(work, 'unpacked'));
    await runQuietly('tar', ['-xzf', archive, '-C', 'unpacked', '--strip-components=1'], { directory: work });
    renameSync(join(work, 'unpacked'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  report(`${name} ${version}: fetched with npm, as package-lock.json has it`);
  return folder;
}

function readLock(name: string): LockedPackage {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, LockedPackage>>;
  };
  const entry = lock.packages[`node_modules/${name}`];
  if (entry === undefined) throw new Error(`package-lock.json has no ${name}.`);
  return entry;
}
