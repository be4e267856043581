import { mkdirSync } from 'node:fs';
import { unpackNativePart } from '../../program/native-parts.ts';
import { isPackaged } from '../../program/program-files.ts';
import { StorageSetupError } from '../storage-setup-error.ts';
import type { RedisBinary } from './binary.ts';
import { buildRedis } from './build-redis.ts';
import { examineBinary } from './examine-binary.ts';
import { findOnPath } from './find-on-path.ts';
import { findUnpackedPackage, unpackPackage } from './unpack-package.ts';

export interface FindOptions {
  /** From the configuration: used as it is, or refused. */
  readonly configuredPath?: string | undefined;
  /** Where unpacked or built programs are kept for the next start. */
  readonly cacheDirectory: string;
  /** Told each step: what is tried, and why the former one did not do. */
  readonly report: (text: string) => void;
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Steps that download something. Default: all. */
  readonly mayDownload?: boolean | undefined;
}

type Step = (options: FindOptions, environment: NodeJS.ProcessEnv) => Promise<RedisBinary | string>;

const NOTHING_BUNDLED = 'No redis-server is bundled: this is no packaged Vant.';

/** From what costs nothing to what takes minutes. */
const STEPS: readonly Step[] = [findBundled, findSystem, findCached, provideFromPackage, provideFromSource];

/** A redis-server or valkey-server of version 7.0 or newer.
 * @throws StorageSetupError that tells each thing that was tried. */
export async function findRedisBinary(options: FindOptions): Promise<RedisBinary> {
  const environment = options.environment ?? process.env;
  if (options.configuredPath !== undefined) return findConfigured(options.configuredPath);
  const failures: string[] = [];
  for (const step of STEPS) {
    const found = await step(options, environment);
    if (typeof found !== 'string') return found;
    failures.push(found);
    // That nothing is bundled is the usual case, and no news.
    if (found !== NOTHING_BUNDLED) options.report(found);
  }
  throw new StorageSetupError(
    `Vant needs redis-server (or valkey-server) 7.0 or newer, and could not get one:\n  ${failures.join('\n  ')}\n` +
      'Install it with the package manager (apt-get install redis-server; Vant starts its own, so the service may be disabled), ' +
      'or set redis.embedded.binary to its path, or use an external Redis.',
  );
}

async function findConfigured(path: string): Promise<RedisBinary> {
  const found = await examineBinary(path, 'configured', {});
  if ('problem' in found) throw new StorageSetupError(`The configured Redis program cannot be used: ${found.problem}`);
  return found;
}

/** The packaged program brings its own redis-server. VANT_BUNDLED_REDIS names another. */
async function findBundled(_options: FindOptions, environment: NodeJS.ProcessEnv): Promise<RedisBinary | string> {
  const path = environment['VANT_BUNDLED_REDIS'] ?? (isPackaged ? unpackNativePart('redis-server') : undefined);
  if (path === undefined) return NOTHING_BUNDLED;
  const found = await examineBinary(path, 'bundled', {});
  return 'problem' in found ? `The bundled Redis cannot be used: ${found.problem}` : found;
}

async function findSystem(_options: FindOptions, environment: NodeJS.ProcessEnv): Promise<RedisBinary | string> {
  const problems: string[] = [];
  for (const path of findOnPath(['redis-server', 'valkey-server'], environment)) {
    const found = await examineBinary(path, 'system', {});
    if (!('problem' in found)) return found;
    problems.push(found.problem);
  }
  return problems.length > 0 ? problems.join(' ') : 'Neither redis-server nor valkey-server is installed.';
}

async function findCached({ cacheDirectory }: FindOptions): Promise<RedisBinary | string> {
  const found = await findUnpackedPackage(cacheDirectory, 'cached');
  if (found === undefined) return `None was unpacked or built at an earlier start (${cacheDirectory}).`;
  return 'problem' in found ? `The one from an earlier start cannot be used: ${found.problem}` : found;
}

async function provideFromPackage(options: FindOptions, environment: NodeJS.ProcessEnv): Promise<RedisBinary | string> {
  if (options.mayDownload === false) return 'Nothing may be downloaded.';
  options.report(
    'Redis is unpacked from the package of this distribution; nothing is installed and no root is needed.',
  );
  return attempt('The package of this distribution cannot be unpacked', options, () =>
    unpackPackage(options.cacheDirectory, environment),
  );
}

async function provideFromSource(options: FindOptions, environment: NodeJS.ProcessEnv): Promise<RedisBinary | string> {
  if (options.mayDownload === false) return 'Nothing may be built.';
  // redis-memory-server starts a packaged program over and over; and there it is not shipped at all.
  if (isPackaged) return 'A packaged Vant does not build Redis.';
  options.report('Redis is built from source by redis-memory-server. That takes some minutes, once.');
  return attempt('Redis cannot be built', options, () => buildRedis(options.cacheDirectory, environment));
}

async function attempt(
  what: string,
  { cacheDirectory }: FindOptions,
  run: () => Promise<RedisBinary>,
): Promise<RedisBinary | string> {
  try {
    mkdirSync(cacheDirectory, { recursive: true, mode: 0o700 });
    return await run();
  } catch (error) {
    return `${what}: ${(error as Error).message}`;
  }
}
