/** `npm run package`: the executables for linux, one for each architecture, with their hashes, in .build/package.
 * `npm run package -- x64`: only that one. `--verify`: makes all of it a second time, from nothing, and compares. */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nativePartFile, PACKED_FILES } from '../server/program/packed-files.ts';
import { findCacheDirectory } from '../server/storage-options.ts';
import { Apt } from './package/apt.ts';
import { bundleScript, type Bundle } from './package/bundle.ts';
import { writeExecutable } from './package/executable.ts';
import { readInnerLicences, type InnerLicences } from './package/inner-licences.ts';
import { findPackages, readOwnLicences, readPackageLicence, renderLicences } from './package/licences.ts';
import { findNpmPackage } from './package/npm-package.ts';
import { buildRedis, type BuiltRedis } from './package/redis.ts';
import { ARCHITECTURES, executableName, type Architecture } from './package/target.ts';
import { prepareToolchain } from './package/toolchain.ts';
import { ROOT } from './run-program.ts';
import { buildWebui, WEBUI_OUTPUT, WEBUI_PACKAGES } from './webui-bundle.ts';

const OUTPUT = join(ROOT, '.build', 'package');
/** What the program reads (server/program/program-files.ts), beside what is made for it here. */
const READ_AS_FILES = ['package.json', 'server/storage/lua/*.lua', 'systemd/*', 'release.pub'];
const say = (text: string) => console.log(text);

interface Program {
  readonly main: Bundle;
  readonly turnThread: Bundle;
  /** The same for all architectures. */
  readonly assets: ReadonlyMap<string, string | Uint8Array>;
}

async function bundleProgram(isForced: boolean): Promise<Program> {
  await buildWebui(isForced);
  const main = await bundleScript('cli/packaged.ts');
  const turnThread = await bundleScript('server/turn/worker/worker-entry.ts');
  const assets = new Map<string, string | Uint8Array>([['turn-thread.js', turnThread.code]]);
  const webui = globSync('**/*', { cwd: WEBUI_OUTPUT }).filter(
    (name) => name !== WEBUI_PACKAGES && statSync(join(WEBUI_OUTPUT, name)).isFile(),
  );
  const files = [...globSync(READ_AS_FILES, { cwd: ROOT }), ...webui.map((name) => join('.build/webui', name))];
  for (const file of files) assets.set(file, readFileSync(join(ROOT, file)));
  const commit = describeCommit();
  if (commit !== undefined) assets.set(PACKED_FILES.commit, commit);
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

interface Places {
  readonly cache: string;
  readonly output: string;
  readonly apt: Apt;
}

async function packageFor(arch: Architecture, program: Program, { cache, output, apt }: Places): Promise<void> {
  const node = await findNpmPackage(`node-linux-${arch}`, cache, say);
  assertSameNode(node);
  const toolchain = await prepareToolchain(arch, cache, apt, say);
  const redis = await buildRedis(arch, toolchain, cache, apt, say);
  const assets = new Map([...program.assets, ...(await collectNativeParts(arch, program, redis, cache))]);
  assets.set(PACKED_FILES.licences, collectLicences(program, node, redis, await readInnerLicences(cache, apt, say)));
  const work = mkdtempSync(join(output, `work-${arch}-`));
  const path = join(output, executableName(arch));
  try {
    await writeExecutable(path, join(node, 'bin', 'node'), toolchain, { main: program.main.code, assets }, work);
  } finally {
    rmSync(work, { recursive: true });
  }
  const hash = sha256(readFileSync(path));
  writeFileSync(`${path}.sha256`, `${hash}  ${executableName(arch)}\n`);
  say(`${path}: ${(statSync(path).size / 1e6).toFixed(1)} MB, SHA-256 ${hash}`);
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
  const assets = new Map<string, string | Uint8Array>([[PACKED_FILES.nativeParts, JSON.stringify(hashes)]]);
  for (const [name, bytes] of parts) assets.set(nativePartFile(name), bytes);
  return assets;
}

function collectLicences({ main, turnThread }: Program, node: string, redis: BuiltRedis, inner: InnerLicences): string {
  const web = JSON.parse(readFileSync(join(WEBUI_OUTPUT, WEBUI_PACKAGES), 'utf8')) as string[];
  const folders = new Set([...findPackages([...main.modules, ...turnThread.modules]), ...web]);
  const licensed = [...folders].map((folder) => readPackageLicence(folder, inner));
  const parts = new Map(licensed.map((part) => [`${part.name} ${part.version}`, part]));
  const sorted = [...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
  return renderLicences([...readOwnLicences(node, redis), ...sorted]);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Order {
  readonly wanted: readonly Architecture[];
  readonly cache: string;
  readonly output: string;
}

async function packageAll({ wanted, cache, output }: Order, isForced: boolean): Promise<void> {
  for (const directory of [cache, output]) mkdirSync(directory, { recursive: true });
  const program = await bundleProgram(isForced);
  const apt = new Apt(cache);
  for (const arch of wanted) await packageFor(arch, program, { cache, output, apt });
}

/** Makes everything again, in other folders and with nothing kept. @throws Error when other bytes come out */
async function verify({ wanted, output }: Order): Promise<void> {
  const second = mkdtempSync(join(ROOT, '.build', 'package-again-'));
  try {
    await packageAll({ wanted, cache: join(second, 'cache'), output: second }, true);
    for (const name of wanted.map(executableName)) {
      const [first, again] = [output, second].map((folder) => sha256(readFileSync(join(folder, name))));
      if (first !== again) throw new Error(`${name} is not reproducible: ${first} and then ${again}.`);
      say(`${name}: the same bytes again.`);
    }
  } finally {
    rmSync(second, { recursive: true });
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { verify: { type: 'boolean' } }, allowPositionals: true });
  const unknown = positionals.filter((name) => !ARCHITECTURES.some((arch) => arch === name));
  if (unknown.length > 0)
    throw new Error(`No architecture: ${unknown.join(', ')}. There are: ${ARCHITECTURES.join(', ')}.`);
  const wanted = ARCHITECTURES.filter((arch) => positionals.length === 0 || positionals.includes(arch));
  const order = { wanted, cache: join(findCacheDirectory(process.env), 'package'), output: OUTPUT };
  await packageAll(order, false);
  if (values.verify === true) await verify(order);
}

try {
  await main();
} catch (error) {
  console.error(`package: ${(error as Error).message}`);
  process.exitCode = 1;
}
