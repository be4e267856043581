/** `npm run test:binary`: makes the executables, and runs against the one for x64 the same tests that run against the source (the whole
 * appliance, and the web app in Chromium), and against the one for arm64 the main way, emulated. Arguments: x64 or arm64, for only that. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findCacheDirectory } from '../server/storage-options.ts';
import { Apt } from './package/apt.ts';
import { prepareEmulator } from './package/emulator.ts';
import { ARCHITECTURES, executableName, type Architecture } from './package/target.ts';
import { prepareChromium } from './prepare-chromium.ts';
import { ROOT, runProgram } from './run-program.ts';

const program = (arch: Architecture): string => join(ROOT, '.build', 'package', executableName(arch));

async function testNative(): Promise<number> {
  const projects = ['binary', 'scenario', 'e2e'].flatMap((name) => ['--project', name]);
  return await runProgram('vitest', ['run', ...projects], {
    VANT_TEST_PROGRAM: program('x64'),
    VANT_CHROMIUM: await prepareChromium(),
  });
}

async function testEmulated(): Promise<number> {
  const cache = join(findCacheDirectory(process.env), 'package');
  mkdirSync(cache, { recursive: true });
  const { qemu, libraries } = await prepareEmulator(cache, new Apt(cache), console.log);
  return await runProgram('vitest', ['run', '--project', 'binary-arm64'], {
    VANT_TEST_ARM64: program('arm64'),
    VANT_TEST_QEMU: qemu,
    VANT_TEST_ARM64_LIBRARIES: libraries,
  });
}

const wanted = ARCHITECTURES.filter((arch) => process.argv.length === 2 || process.argv.includes(arch));
const build = await runProgram('node', ['scripts/package.ts', ...wanted]);
const results = [build];
if (build === 0 && wanted.includes('x64')) results.push(await testNative());
if (build === 0 && wanted.includes('arm64')) results.push(await testEmulated());
process.exitCode = Math.max(...results);
