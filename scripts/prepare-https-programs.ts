/** What tests of HTTPS are held against: pebble, a real ACME server, and the reverse proxies of the docs. */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findCacheDirectory } from '../server/storage-options.ts';
import { runQuietly, toLibraryPath, unpackPackage } from './unpack-package.ts';

export interface HttpsProgram {
  readonly path: string;
  /** What it needs to run. */
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
  readonly origin: 'system' | 'cached' | 'package';
}

interface Wanted {
  readonly package: string;
  readonly versionFlag: string;
  /** Of its folder. */
  readonly place: string;
  /** A text in the program that older ones do not have. */
  readonly has?: string;
  /** Where the release that runs here has an older one. */
  readonly suite?: string;
}

const WANTED = {
  pebble: {
    package: 'pebble',
    versionFlag: '-version',
    place: 'usr/bin/pebble',
    // It came with profiles; Debian's pebble does not know its version.
    has: 'set-renewal-info',
    suite: 'testing',
  },
  nginx: { package: 'nginx', versionFlag: '-v', place: 'usr/sbin/nginx' },
  caddy: { package: 'caddy', versionFlag: 'version', place: 'usr/bin/caddy' },
  // Tells Chromium which authorities to trust. Without arguments it says how to use it.
  certutil: { package: 'libnss3-tools', versionFlag: '--help', place: 'usr/bin/certutil' },
} as const satisfies Readonly<Record<string, Wanted>>;

export type HttpsProgramName = keyof typeof WANTED;

/** Finds it, or unpacks the package of the distribution without installing it. @throws Error with what to do */
export async function prepareHttpsProgram(
  name: HttpsProgramName,
  report: (text: string) => void = console.log,
): Promise<HttpsProgram> {
  const wanted: Wanted = WANTED[name];
  const file = wanted.place.split('/').at(-1) ?? name;
  const folder = join(findCacheDirectory(process.env), wanted.package);
  const unpacked = join(folder, wanted.place);
  const found =
    (await examine(findOnPath(file), wanted, {}, 'system')) ??
    (await examine(unpacked, wanted, toLibraryPath(folder), 'cached'));
  if (found !== undefined) return found;
  const suite = wanted.suite === undefined ? '' : ` (${wanted.suite})`;
  report(
    `${file}: not there, or too old; unpacking the package ${wanted.package}${suite} of the distribution into the cache, without installing it.`,
  );
  try {
    await unpackPackage({ name: wanted.package, folder, ...(wanted.suite !== undefined && { suite: wanted.suite }) });
    const made = await examine(unpacked, wanted, toLibraryPath(folder), 'package');
    if (made !== undefined) return made;
    throw new Error('the unpacked program does not run');
  } catch (error) {
    throw new Error(
      `The tests of HTTPS need ${file}, and it could not be unpacked (${(error as Error).message.split('\n')[0] ?? ''}). ` +
        `Install it: apt-get install ${wanted.package} (its service may stay off).`,
      { cause: error },
    );
  }
}

function findOnPath(file: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, file)).find((path) => existsSync(path));
}

async function examine(
  path: string | undefined,
  { versionFlag, has }: Wanted,
  env: Readonly<Record<string, string>>,
  origin: HttpsProgram['origin'],
): Promise<HttpsProgram | undefined> {
  if (path === undefined || !existsSync(path)) return undefined;
  if (has !== undefined && !readFileSync(path).includes(has)) return undefined;
  const text = await runQuietly(path, [versionFlag], '/', env).then(
    ({ stdout, stderr }) => stdout + stderr,
    // Asked how it is used, one of them answers with 1; the shell's 126 and 127 mean that it cannot be run.
    (error: unknown) => {
      const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
      return code === 1 ? stderr : undefined;
    },
  );
  if (text === undefined) return undefined;
  return { path, env, version: /\d+\.\d+(\.\d+)?/.exec(text)?.[0] ?? 'unknown', origin };
}
