/** coturn, the reference TURN server, with its clients: for tests and benches that hold ours against it. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findCacheDirectory } from '../server/storage-options.ts';
import { runQuietly, toLibraryPath, unpackPackage } from './unpack-package.ts';

export interface Coturn {
  /** Folder with turnserver, turnutils_uclient and the others. */
  readonly directory: string;
  /** What they need to run. */
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
  readonly origin: 'system' | 'cached' | 'package';
}

const NEEDED = ['turnserver', 'turnutils_uclient', 'turnutils_peer', 'turnutils_stunclient'];
/** Finds coturn, or unpacks the package of the distribution without installing it. @throws Error with what to do. */
export async function prepareCoturn(report: (text: string) => void = console.log): Promise<Coturn> {
  const cache = join(findCacheDirectory(process.env), 'coturn');
  const found = (await examine(findOnPath(), 'system')) ?? (await examineUnpacked(cache, 'cached'));
  if (found !== undefined) return found;
  report('coturn: not installed; unpacking the package of the distribution into the cache, without installing it.');
  try {
    return await unpack(cache);
  } catch (error) {
    throw new Error(
      `The TURN tests need coturn, and it could not be unpacked (${(error as Error).message.split('\n')[0] ?? ''}). ` +
        'Install it: apt-get install coturn (its service may stay off).',
      { cause: error },
    );
  }
}

function findOnPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.find((folder) => NEEDED.every((name) => existsSync(join(folder, name))));
}

async function examineUnpacked(root: string, origin: Coturn['origin']): Promise<Coturn | undefined> {
  if (!existsSync(root)) return undefined;
  return await examine(join(root, 'usr', 'bin'), origin, toLibraryPath(root));
}

async function examine(
  directory: string | undefined,
  origin: Coturn['origin'],
  env: Readonly<Record<string, string>> = {},
): Promise<Coturn | undefined> {
  if (directory === undefined || !NEEDED.every((name) => existsSync(join(directory, name)))) return undefined;
  try {
    const { stdout } = await runQuietly(join(directory, 'turnserver'), ['--version'], directory, env);
    const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0];
    return version === undefined ? undefined : { directory, env, version, origin };
  } catch {
    return undefined;
  }
}

async function unpack(cache: string): Promise<Coturn> {
  await unpackPackage({ name: 'coturn', folder: cache });
  const found = await examineUnpacked(cache, 'package');
  if (found === undefined) throw new Error('the unpacked programs do not run');
  return found;
}
