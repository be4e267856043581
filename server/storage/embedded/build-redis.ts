import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RedisBinary } from './binary.ts';
import { findOnPath } from './find-on-path.ts';
import { runProgram } from './run-program.ts';
import { keepInCache } from './unpack-package.ts';

/** The last line of Redis under the BSD licence. */
const REDIS_VERSION = '7.2.11';
const TIMEOUT_MS = 20 * 60_000;
const MARK = 'vant-redis-path:';

/** Last resort: redis-memory-server downloads the source of Redis and runs make. Only its downloader is used, and in a process of
 * its own: at import it runs what any package.json above the working directory names, it prints to the console, and after a
 * failure it leaves a lock that stops the next attempt for two minutes.
 * @throws Error with what hindered it. */
export async function buildRedis(cacheDirectory: string, environment: NodeJS.ProcessEnv): Promise<RedisBinary> {
  for (const tool of ['make', 'cc']) {
    if (findOnPath([tool], environment).length === 0) {
      throw new Error(`there is no ${tool} on this machine (apt-get install build-essential).`);
    }
  }
  const workspace = mkdtempSync(join(cacheDirectory, 'build-'));
  try {
    const built = await downloadAndMake(workspace, environment);
    return await keep(built, workspace, cacheDirectory);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

async function downloadAndMake(workspace: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const library = import.meta.resolve('redis-memory-server/lib/util/RedisBinary.js');
  const script = `
    const options = ${JSON.stringify({ downloadDir: workspace, version: REDIS_VERSION })};
    try {
      const { default: module } = await import(${JSON.stringify(library)});
      console.log(${JSON.stringify(MARK)} + (await (module.default ?? module).getPath(options)));
    } catch (error) {
      // One line on its own: Node would end with its version.
      console.error('redis-memory-server: ' + String(error.message).split('\\n').join(' '));
      process.exit(1);
    }`;
  const output = await runProgram(process.execPath, ['--input-type=module', '--eval', script], {
    directory: workspace,
    // Without this the library does not check the certificate of the server that it downloads a program from.
    environment: { ...environment, npm_config_strict_ssl: 'true' },
    timeoutMs: TIMEOUT_MS,
  });
  const path = output
    .split('\n')
    .find((line) => line.startsWith(MARK))
    ?.slice(MARK.length);
  if (path === undefined) throw new Error('redis-memory-server gave no program.');
  return path;
}

async function keep(built: string, workspace: string, cacheDirectory: string): Promise<RedisBinary> {
  const root = join(workspace, 'root');
  mkdirSync(root);
  copyFileSync(built, join(root, 'redis-server'));
  return keepInCache(root, cacheDirectory, 'built');
}
