/** Node's single executable application: a Node for the target with our files inside it. */
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../run-program.ts';
import { runQuietly } from './run-quietly.ts';
import type { Toolchain } from './toolchain.ts';

export interface Contents {
  /** The script that runs first. */
  readonly main: string;
  /** Bytes by name. */
  readonly assets: ReadonlyMap<string, string | Uint8Array>;
}

/** Node looks for it in itself to know that it is an application. In two pieces, so that our own bundle never holds it. */
const FUSE = ['NODE_SEA', 'FUSE_fce680ab2cc467b6e072b8b5df1996b2'].join('_');

/** @param node the program for the target, of the version that runs this; @param work an empty folder */
export async function writeExecutable(
  output: string,
  node: string,
  { strip, env }: Toolchain,
  { main, assets }: Contents,
  work: string,
): Promise<void> {
  writeFileSync(join(work, 'vant.js'), main);
  const names = [...assets.keys()].sort();
  for (const name of names) {
    const path = join(work, 'assets', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, assets.get(name) ?? '');
  }
  // Relative paths: they are written into the result, which must be the same wherever it is made.
  const config = {
    main: 'vant.js',
    output: 'blob',
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    // It depends on the machine that makes it.
    useCodeCache: false,
    assets: Object.fromEntries(names.map((name) => [name, join('assets', name)])),
  };
  writeFileSync(join(work, 'config.json'), JSON.stringify(config));
  await runQuietly(process.execPath, ['--experimental-sea-config', 'config.json'], { directory: work });
  const program = join(work, 'program');
  copyFileSync(node, program);
  chmodSync(program, 0o755);
  // Its symbols are 18 MB that nobody needs; those that addons use stay. After the injection it would be too late.
  await runQuietly(strip, [program], { directory: work, env });
  const inject = join(ROOT, 'node_modules', 'postject', 'dist', 'cli.js');
  await runQuietly(process.execPath, [inject, program, 'NODE_SEA_BLOB', 'blob', '--sentinel-fuse', FUSE], {
    directory: work,
  });
  rmSync(output, { force: true });
  copyFileSync(program, output);
}
