/** Builds the web app into .build/webui: hashed files, compressed beforehand, and web-bundle.json, which names all of them
 * with their hashes. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, type InlineConfig, type Plugin } from 'vite';
import { dropLibraryTexts } from './drop-library-texts.ts';
import { findPackages } from './package/licences.ts';
import { minifyStyles } from './minify-styles.ts';
import { ROOT } from './run-program.ts';

const SOURCE = join(ROOT, 'webui');
export const WEBUI_OUTPUT = join(ROOT, '.build', 'webui');
const MANIFEST = 'web-bundle.json';
/** Folders of the packages whose code is in it: for their licences. Not served. */
export const WEBUI_PACKAGES = 'packages.json';
const SERVICE_WORKER = 'service-worker.js';
const SHELL_PLACEHOLDER = '@@SHELL_MANIFEST@@';
const COMPRESSED = new Set(['.html', '.js', '.css', '.json', '.svg', '.webmanifest']);
/** All that the bundle is made from. */
const INPUTS = [
  'webui/**/*',
  'client/**/*.ts',
  'wire/**/*.ts',
  'e2ee/**/*.ts',
  'package-lock.json',
  'scripts/drop-library-texts.ts',
  'scripts/minify-styles.ts',
  'scripts/package/licences.ts',
  'scripts/webui-bundle.ts',
];

interface BuiltFile {
  readonly sha256: string;
  readonly bytes: number;
}

const sha256 = (data: string | Uint8Array, encoding: 'hex' | 'base64'): string =>
  createHash('sha256').update(data).digest(encoding);

/** Does nothing when the last result is of the present sources. @returns the hash of the bundle */
export async function buildWebui(isForced = false): Promise<string> {
  const inputs = await hashInputs();
  const previous = readManifest();
  if (!isForced && previous?.inputs === inputs) return previous.hash;
  const work = `${WEBUI_OUTPUT}.new`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const modules = new Set<string>();
  await build(pageConfig(work, modules));
  const shell = await hashFiles(work);
  await build(serviceWorkerConfig(work, modules));
  const hash = await completeServiceWorker(work, shell);
  const manifest = { hash, inputs, files: await hashFiles(work) };
  await compressAll(work);
  await writeFile(join(work, WEBUI_PACKAGES), JSON.stringify(findPackages(modules), null, 1));
  await writeFile(join(work, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
  await rm(WEBUI_OUTPUT, { recursive: true, force: true });
  await rename(work, WEBUI_OUTPUT);
  return hash;
}

function readManifest(): { hash: string; inputs: string } | undefined {
  const path = join(WEBUI_OUTPUT, MANIFEST);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { hash: string; inputs: string }) : undefined;
}

async function hashInputs(): Promise<string> {
  const paths: string[] = [];
  for await (const entry of glob(INPUTS, { cwd: ROOT, withFileTypes: true }))
    if (entry.isFile()) paths.push(join(entry.parentPath, entry.name));
  const lines = await Promise.all(paths.sort().map(async (path) => `${path} ${sha256(await readFile(path), 'hex')}\n`));
  return sha256(lines.join(''), 'hex');
}

const COMMON = {
  configFile: false,
  root: SOURCE,
  logLevel: 'warn',
  mode: 'production',
} as const satisfies InlineConfig;

/** What is loaded first is one file: it compresses better than a dozen small ones, and is one request. */
const INITIAL_TOGETHER = { output: { codeSplitting: { groups: [{ name: 'initial', tags: ['$initial' as const] }] } } };

/** Tells which modules are in what is built. */
const collectModules = (modules: Set<string>): Plugin => ({
  name: 'collect-modules',
  generateBundle(_options, bundle) {
    for (const output of Object.values(bundle)) {
      if (output.type === 'chunk') for (const id of Object.keys(output.modules)) modules.add(id);
    }
  },
});

function pageConfig(outDir: string, modules: Set<string>): InlineConfig {
  return {
    ...COMMON,
    plugins: [minifyStyles(), dropLibraryTexts(), collectModules(modules)],
    worker: {
      format: 'es',
      plugins: () => [dropLibraryTexts(), collectModules(modules)],
      rolldownOptions: INITIAL_TOGETHER,
    },
    build: {
      outDir,
      target: 'es2022',
      // They know light-dark() and nesting: the styles stay as they are written.
      cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
      assetsDir: 'assets',
      emptyOutDir: true,
      // Nothing inline: the content security policy refuses it.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      rolldownOptions: INITIAL_TOGETHER,
    },
  };
}

/** Its name stays the same, so that browsers find the next version. */
function serviceWorkerConfig(outDir: string, modules: Set<string>): InlineConfig {
  return {
    ...COMMON,
    publicDir: false,
    plugins: [collectModules(modules)],
    define: { SHELL_MANIFEST: JSON.stringify(SHELL_PLACEHOLDER) },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      rolldownOptions: {
        input: join(SOURCE, 'service-worker', 'worker.ts'),
        output: { entryFileNames: SERVICE_WORKER, format: 'es', codeSplitting: false },
      },
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  };
}

/** Writes the hashes of all other files into it. The hash of the bundle is over those files and the service worker as it was
 * before, and so covers everything. */
async function completeServiceWorker(directory: string, shell: Record<string, BuiltFile>): Promise<string> {
  const path = join(directory, SERVICE_WORKER);
  const template = await readFile(path, 'utf8');
  const lines = [...Object.entries(shell), [`/${SERVICE_WORKER}`, { sha256: sha256(template, 'base64') }] as const];
  const hash = sha256(lines.map(([name, file]) => `${name} ${file.sha256}\n`).join(''), 'hex');
  const files = Object.fromEntries(Object.entries(shell).map(([name, file]) => [name, file.sha256]));
  const literal = JSON.stringify(JSON.stringify({ hash, files }));
  const placeholder = new RegExp(`["'\`]${SHELL_PLACEHOLDER}["'\`]`);
  if (!placeholder.test(template)) throw new Error('The service worker has no place for the hashes.');
  await writeFile(
    path,
    template.replace(placeholder, () => literal),
  );
  return hash;
}

async function hashFiles(directory: string): Promise<Record<string, BuiltFile>> {
  const files: Record<string, BuiltFile> = {};
  for await (const entry of glob('**/*', { cwd: directory, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const data = await readFile(path);
    files[path.slice(directory.length)] = { sha256: sha256(data, 'base64'), bytes: data.length };
  }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function compressAll(directory: string): Promise<void> {
  for await (const entry of glob('**/*', { cwd: directory, withFileTypes: true })) {
    if (!entry.isFile() || !COMPRESSED.has(extname(entry.name))) continue;
    const path = join(entry.parentPath, entry.name);
    const data = await readFile(path);
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
    await writeFile(`${path}.br`, brotliCompressSync(data, quality));
    await writeFile(`${path}.gz`, gzipSync(data, { level: 9 }));
  }
}
