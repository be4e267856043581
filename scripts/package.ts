/** `npm run package`: the executables for linux, one for each architecture, with their hashes, in .build/package.
 * `npm run package -- x64`: only that one. `--cache DIR`: builds Redis and fetches packages anew, into another cache. */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NATIVE_PARTS_FILE, nativePartAsset } from '../server/program/native-parts.ts';
import { findCacheDirectory } from '../server/storage-options.ts';
import { Apt } from './package/apt.ts';
import { bundleScript, type Bundle } from './package/bundle.ts';
import { writeExecutable } from './package/executable.ts';
import { findNpmPackage } from './package/npm-package.ts';
import { buildRedis, type BuiltRedis } from './package/redis.ts';
import { ARCHITECTURES, executableName, type Architecture } from './package/target.ts';
import { prepareToolchain } from './package/toolchain.ts';
import { ROOT } from './run-program.ts';
import { buildWebui, WEBUI_OUTPUT } from './webui-bundle.ts';

const OUTPUT = join(ROOT, '.build', 'package');
const say = (text: string) => console.log(text);

interface Program {
  readonly main: Bundle;
  readonly turnThread: Bundle;
  /** The same for all architectures. */
  readonly assets: ReadonlyMap<string, string | Uint8Array>;
}

async function bundleProgram(): Promise<Program> {
  await buildWebui();
  const main = await bundleScript('cli/packaged.ts');
  const turnThread = await bundleScript('server/turn/worker/worker-entry.ts');
  const assets = new Map<string, string | Uint8Array>([['turn-thread.js', turnThread.code]]);
  const webui = globSync('**/*', { cwd: WEBUI_OUTPUT }).filter((name) => statSync(join(WEBUI_OUTPUT, name)).isFile());
  const files = [
    'package.json',
    ...globSync('server/storage/lua/*.lua', { cwd: ROOT }),
    ...webui.map((name) => join('.build/webui', name)),
  ];
  for (const file of files) assets.set(file, readFileSync(join(ROOT, file)));
  const commit = describeCommit();
  if (commit !== undefined) assets.set('commit', commit);
  return { main, turnThread, assets };
}

/** What was not committed is said. Undefined: this is no checkout. */
function describeCommit(): string | undefined {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    return `${git('rev-parse', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '+changes'}`;
  } catch {
    return undefined;
  }
}

async function packageFor(arch: Architecture, program: Program, cache: string, apt: Apt): Promise<void> {
  const node = await findNpmPackage(`node-linux-${arch}`, cache, say);
  assertSameNode(node);
  const toolchain = await prepareToolchain(arch, cache, apt, say);
  const redis = await buildRedis(arch, toolchain, cache, apt, say);
  const assets = new Map([...program.assets, ...(await collectNativeParts(arch, program, redis, cache))]);
  const work = mkdtempSync(join(OUTPUT, `work-${arch}-`));
  const output = join(OUTPUT, executableName(arch));
  try {
    await writeExecutable(output, join(node, 'bin', 'node'), toolchain, { main: program.main.code, assets }, work);
  } finally {
    rmSync(work, { recursive: true });
  }
  const hash = sha256(readFileSync(output));
  writeFileSync(`${output}.sha256`, `${hash}  ${executableName(arch)}\n`);
  say(`${output}: ${(statSync(output).size / 1e6).toFixed(1)} MB, SHA-256 ${hash}`);
}

/** What one Node writes for a single executable, another version may not understand. */
function assertSameNode(directory: string): void {
  const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version: string };
  if (version !== process.versions.node) {
    throw new Error(`Packaging with Node ${version} needs the same Node to run (this is ${process.versions.node}).`);
  }
}

async function collectNativeParts(
  arch: Architecture,
  { main }: Program,
  redis: BuiltRedis,
  cache: string,
): Promise<Map<string, string | Uint8Array>> {
  const parts = new Map<string, Uint8Array>([['redis-server', readFileSync(redis.path)]]);
  for (const addon of main.addons) {
    const directory = await findNpmPackage(addon.packageName(arch), cache, say);
    parts.set(addon.name, readFileSync(join(directory, addon.file(arch))));
  }
  const hashes = Object.fromEntries([...parts].sort().map(([name, bytes]) => [name, sha256(bytes)]));
  const assets = new Map<string, string | Uint8Array>([[NATIVE_PARTS_FILE, JSON.stringify(hashes)]]);
  for (const [name, bytes] of parts) assets.set(nativePartAsset(name), bytes);
  return assets;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { cache: { type: 'string' } }, allowPositionals: true });
  const unknown = positionals.filter((name) => !ARCHITECTURES.some((arch) => arch === name));
  if (unknown.length > 0)
    throw new Error(`No architecture: ${unknown.join(', ')}. There are: ${ARCHITECTURES.join(', ')}.`);
  const wanted = ARCHITECTURES.filter((arch) => positionals.length === 0 || positionals.includes(arch));
  const cache = values.cache ?? join(findCacheDirectory(process.env), 'package');
  for (const directory of [cache, OUTPUT]) mkdirSync(directory, { recursive: true });
  const program = await bundleProgram();
  const apt = new Apt(cache);
  for (const arch of wanted) await packageFor(arch, program, cache, apt);
}

try {
  await main();
} catch (error) {
  console.error(`package: ${(error as Error).message}`);
  process.exitCode = 1;
}
