#!/usr/bin/env node
// The launcher. Plain JavaScript that old versions of Node understand, because it has to tell them that they are old:
// the program itself is TypeScript, which Node runs from version 24 on.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REQUIRED_MAJOR = 24;

/** The Node that npm installed beside Vant, as an optional dependency. */
function findBundledNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`);
    return join(dirname(manifest), 'bin', 'node');
  } catch {
    return undefined;
  }
}

function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, VANT_RELAUNCHED: '1' },
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

const major = Number.parseInt(process.versions.node, 10);
if (major >= REQUIRED_MAJOR) await import('./main.ts');
else {
  const node = findBundledNode();
  if (node === undefined || process.env.VANT_RELAUNCHED === '1') explain();
  else runWith(node);
}
