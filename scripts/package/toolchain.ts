/** A C compiler for each architecture: the machine's own, or the distribution's cross compiler, unpacked into the cache. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Apt } from './apt.ts';
import { runQuietly } from './run-quietly.ts';
import { TRIPLES, type Architecture } from './target.ts';

export interface Toolchain {
  readonly cc: string;
  readonly ar: string;
  readonly ranlib: string;
  readonly strip: string;
  readonly isCross: boolean;
  /** What its programs need to run. */
  readonly env: Readonly<Record<string, string>>;
  /** Where a C library of the target lies: for an emulator. Undefined: the machine's own. */
  readonly libraries: string | undefined;
}

const CROSS_PACKAGES: Readonly<Record<Architecture, readonly string[]>> = {
  x64: ['gcc-x86-64-linux-gnu', 'libc6-dev-amd64-cross'],
  arm64: ['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross'],
};

export async function prepareToolchain(
  arch: Architecture,
  cache: string,
  apt: Apt,
  report: (text: string) => void,
): Promise<Toolchain> {
  return process.arch === arch ? await useOwn(cache) : await unpackCross(arch, cache, apt, report);
}

async function useOwn(directory: string): Promise<Toolchain> {
  for (const tool of ['gcc', 'make', 'ar', 'ranlib', 'strip']) {
    await runQuietly(tool, ['--version'], { directory }).catch((error: unknown) => {
      throw new Error(`Packaging needs ${tool} (apt-get install build-essential).`, { cause: error });
    });
  }
  return { cc: 'gcc', ar: 'ar', ranlib: 'ranlib', strip: 'strip', isCross: false, env: {}, libraries: undefined };
}

async function unpackCross(
  arch: Architecture,
  cache: string,
  apt: Apt,
  report: (text: string) => void,
): Promise<Toolchain> {
  const root = join(cache, `cross-${arch}`);
  if (!existsSync(root)) {
    const work = `${root}.new`;
    rmSync(work, { recursive: true, force: true });
    const packages = await apt.unpack(CROSS_PACKAGES[arch], work);
    renameSync(work, root);
    report(`compiler for ${arch}: unpacked ${packages.join(', ')}`);
  }
  const tool = (name: string) => join(root, 'usr', 'bin', `${TRIPLES[arch]}-${name}`);
  return {
    // Its own headers only, none of the machine.
    cc: `${tool('gcc')} --sysroot=${root}`,
    ar: tool('ar'),
    ranlib: tool('ranlib'),
    strip: tool('strip'),
    isCross: true,
    env: { LD_LIBRARY_PATH: join(root, 'usr', 'lib', TRIPLES[process.arch === 'arm64' ? 'arm64' : 'x64']) },
    libraries: join(root, 'usr', TRIPLES[arch]),
  };
}
