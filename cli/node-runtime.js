// Finds a Node that can run Vant, which is TypeScript: Node runs that from version 24 on. Plain JavaScript that old versions
// of Node understand, because it has to tell them that they are old.
import { spawn } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REQUIRED_MAJOR = 24;

/** Calls `start` if this Node is new enough; otherwise runs the script again on the Node that npm installed beside Vant. */
export async function onModernNode(scriptUrl, start) {
  const node = findBundledNode();
  if (Number.parseInt(process.versions.node, 10) >= REQUIRED_MAJOR) {
    keepCompiledCode();
    await start();
  } else if (node === undefined || process.env.VANT_RELAUNCHED === '1') explain();
  else runWith(node, scriptUrl);
}

/** What has been compiled once is read from a cache the next time: the start takes a quarter less, and the server 15 MB less,
 * because the compiler of types need not be loaded. Code comes out of that folder, so it has to be ours alone. */
function keepCompiledCode() {
  const { CACHE_DIRECTORY, XDG_CACHE_HOME } = process.env;
  try {
    const folder = join(CACHE_DIRECTORY ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'vant'), 'compiled');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    if (uid === process.getuid?.() && (mode & 0o022) === 0) module.enableCompileCache?.(folder);
  } catch {
    // A full disk or no home: it works without, too.
  }
}

/** An optional dependency: a whole Node in a package. */
function findBundledNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`);
    return join(dirname(manifest), 'bin', 'node');
  } catch {
    return undefined;
  }
}

function runWith(node, scriptUrl) {
  const child = spawn(node, [fileURLToPath(scriptUrl), ...process.argv.slice(2)], {
    stdio: 'inherit',
    // Programs that say `env node` get the same one.
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`, VANT_RELAUNCHED: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', () => explain());
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    // The same end as the child's. The handlers above would catch it otherwise.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function explain() {
  console.error(
    `vant: this is Node ${process.versions.node}, and Vant needs Node ${REQUIRED_MAJOR} or newer.\n` +
      '      Install it from your distribution, from nodejs.org, or with: npm install (in the folder of Vant).',
  );
  process.exit(1);
}
