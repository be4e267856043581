/** Redis of other versions than that of this system, for tests: packages of other releases of Debian, unpacked into the cache and run with
 * their own C library, so that it does not matter what runs here. */
import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCacheDirectory } from '../server/storage-options.ts';
import { runQuietly, toLibraryPath, unpackPackage } from './unpack-package.ts';

export interface OtherRedis {
  readonly path: string;
  readonly version: string;
}

interface Wanted {
  readonly suite: string;
  readonly server: 'redis' | 'valkey';
  readonly libraries: readonly string[];
}

const OF_EVERY_SUITE = [
  'libc6',
  'libgcc-s1',
  'libstdc++6',
  'libatomic1',
  'libjemalloc2',
  'liblzf1',
  'libsystemd0',
  'libcap2',
  'libzstd1',
];
const WANTED = {
  /** 6.0: too old. */
  old: {
    suite: 'bullseye',
    server: 'redis',
    libraries: [
      ...['libssl1.1', 'liblua5.1-0', 'lua-cjson', 'lua-bitop'],
      ...['libgcrypt20', 'libgpg-error0', 'liblz4-1', 'liblzma5'],
    ],
  },
  redis8: { suite: 'trixie', server: 'redis', libraries: ['libssl3t64', 'zlib1g'] },
  valkey8: { suite: 'trixie', server: 'valkey', libraries: ['libssl3t64', 'zlib1g'] },
} as const satisfies Readonly<Record<string, Wanted>>;

export type OtherRedisName = keyof typeof WANTED;

/** @returns a program, or why there is none: old releases leave the mirrors one day, and other systems never had them */
export async function prepareOtherRedis(name: OtherRedisName): Promise<OtherRedis | { readonly obstacle: string }> {
  const { suite, server, libraries }: Wanted = WANTED[name];
  const folder = join(findCacheDirectory(process.env), `other-redis-${suite}-${server}`);
  try {
    const cached = await examine(folder, server).catch(() => undefined);
    if (cached !== undefined) return cached;
    const also = [`${server}-tools`, ...OF_EVERY_SUITE, ...libraries];
    await unpackPackage({ name: `${server}-server`, folder, suite, also });
    return await examine(folder, server);
  } catch (error) {
    return { obstacle: `${server}-server of ${suite}: ${(error as Error).message.split('\n')[0] ?? ''}` };
  }
}

/** @throws Error when it is not there, or does not run */
async function examine(folder: string, server: Wanted['server']): Promise<OtherRedis> {
  const path = writeLauncher(folder, `${server}-server`);
  const { stdout } = await runQuietly(path, ['--version'], folder);
  return { path, version: /\bv=(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? 'unknown' };
}

/** A program finds the loader of the C library under a fixed path, which is that of this system. */
function writeLauncher(folder: string, program: string): string {
  const [loader] = globSync('{usr/,}lib/{*-linux-gnu*/,}ld-linux-*.so.*', { cwd: folder });
  if (loader === undefined) throw new Error(`there is no loader in ${folder}`);
  const { LD_LIBRARY_PATH: libraries = '' } = toLibraryPath(folder);
  const path = join(folder, program);
  const command = `exec ${join(folder, loader)} --library-path ${libraries} ${join(folder, 'usr/bin', program)} "$@"`;
  writeFileSync(path, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  return path;
}
