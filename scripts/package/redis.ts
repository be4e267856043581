/** A static redis-server out of the distribution's source package. 7.0 is under the BSD licence, and Debian keeps mending it. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Apt } from './apt.ts';
import { runQuietly } from './run-quietly.ts';
import type { Architecture } from './target.ts';
import type { Toolchain } from './toolchain.ts';

const VERSION = '5:7.0.15-1~deb12u10';
const FILES = {
  'redis_7.0.15-1~deb12u10.dsc': '6416560d9f6e692a524867d8a437d97c9310c374a70d0bac1fee9259bf5e9463',
  'redis_7.0.15.orig.tar.gz': '4b1dc4ee6d622a09fff9c6777191209750fb5e5a725ef78ea012d6eef4c22982',
  'redis_7.0.15-1~deb12u10.debian.tar.xz': '77d8423c427657bb2f5b635f51184e8064a51c93fcbd7519146da587a8361bbc',
};
/** It takes Debian's own jemalloc for granted, in C code that the preprocessor always finds true. */
const UNWANTED_PATCH = 'debian/patches/0004-Add-support-for-USE_SYSTEM_JEMALLOC-flag.patch';
/** Of Redis and all that is linked into it. */
const LICENCES = [
  'COPYING',
  'debian/copyright',
  'deps/{hiredis,jemalloc,hdr_histogram}/COPYING*',
  'deps/lua/COPYRIGHT',
];
/** Part of it, because it is linked statically. */
const C_LIBRARY_LICENCE = '/usr/share/doc/libc6/copyright';

export interface BuiltRedis {
  readonly version: string;
  readonly path: string;
  readonly licences: string;
}

export async function buildRedis(
  arch: Architecture,
  toolchain: Toolchain,
  cache: string,
  apt: Apt,
  report: (text: string) => void,
): Promise<BuiltRedis> {
  const folder = join(cache, `redis-${arch}-${await hashOfRecipe(toolchain, cache)}`);
  const built = { version: VERSION, path: join(folder, 'redis-server'), licences: join(folder, 'licences.txt') };
  if (existsSync(folder)) return built;
  report(`redis-server ${VERSION} for ${arch} is built from Debian's source: about a minute, once.`);
  const source = await apt.fetchSource('redis', VERSION, FILES);
  const work = mkdtempSync(join(cache, 'build-'));
  try {
    const tree = await unpackSource(source, work);
    await compile(tree, toolchain);
    const result = join(work, 'result');
    mkdirSync(result);
    const program = join(result, 'redis-server');
    copyFileSync(join(tree, 'src', 'redis-server'), program);
    await runQuietly(toolchain.strip, [program], { directory: work, env: toolchain.env });
    writeFileSync(join(result, 'licences.txt'), readLicences(tree));
    renameSync(result, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return built;
}

/** What the result depends on: sources, this file, the compiler. */
async function hashOfRecipe({ cc, env }: Toolchain, cache: string): Promise<string> {
  const [program = '', ...options] = cc.split(' ');
  const compiler = await runQuietly(program, [...options, '--version'], { directory: cache, env });
  const recipe = [readFileSync(new URL(import.meta.url), 'utf8'), compiler.split('\n')[0]].join('\n');
  return createHash('sha256').update(recipe).digest('hex').slice(0, 16);
}

async function unpackSource(source: string, work: string): Promise<string> {
  const tree = join(work, 'tree');
  const description = join(source, Object.keys(FILES)[0] ?? '');
  // apt has checked the signature, and we the hash.
  await runQuietly('dpkg-source', ['--no-check', '-x', description, tree], { directory: work });
  await runQuietly('patch', ['-R', '-p1', '-i', UNWANTED_PATCH], { directory: tree });
  return tree;
}

async function compile(tree: string, { cc, ar, ranlib, isCross, env }: Toolchain): Promise<void> {
  const options = [
    `-j${availableParallelism()}`,
    'redis-server',
    'BUILD_TLS=no',
    'USE_SYSTEMD=no',
    'MALLOC=jemalloc',
    'DEBUG=',
    `OPTIMIZATION=-O2 -ffile-prefix-map=${tree}=.`,
    'LDFLAGS=-static -Wl,--build-id=none',
    `CC=${cc}`,
    `AR=${ar}`,
    `RANLIB=${ranlib}`,
    // Kernels of arm64 have pages of up to 64 KB (Raspberry Pi 5: 16), and jemalloc built for smaller ones ends there.
    ...(isCross ? [`JEMALLOC_CONFIGURE_OPTS=--host=${hostOf(cc)} --with-lg-page=16`] : []),
  ];
  // Its build would write the name of the machine and the time into the program, and the commit of a repository around the cache.
  await runQuietly('make', options, {
    directory: join(tree, 'src'),
    env: { SOURCE_DATE_EPOCH: '1', GIT_DIR: '/dev/null', ...env },
  });
}

const hostOf = (cc: string): string => /([\w-]+)-gcc/.exec(cc)?.[1] ?? '';

function readLicences(tree: string): string {
  const files = [
    ...globSync(LICENCES, { cwd: tree })
      .sort()
      .map((name) => join(tree, name)),
    C_LIBRARY_LICENCE,
  ];
  return files.map((path) => `${path.replace(`${tree}/`, '')}:\n\n${readFileSync(path, 'utf8').trim()}\n`).join('\n');
}
