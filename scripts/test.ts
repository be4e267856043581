/** `npm test`: makes sure that what the tests need is on this machine, says what it did, and runs all of them.
 * Arguments go to vitest (`npm test -- tests/unit`). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRedisBinary } from '../server/storage/embedded/find-redis-binary.ts';
import { findCacheDirectory } from '../server/storage-options.ts';
import { prepareAge } from './prepare-age.ts';
import { prepareChromium } from './prepare-chromium.ts';
import { prepareCoturn } from './prepare-coturn.ts';
import { prepareHttpsProgram } from './prepare-https-programs.ts';
import { prepareNftables } from './prepare-nftables.ts';
import { ROOT, runProgram } from './run-program.ts';
import { buildWebui } from './webui-bundle.ts';

const RESULTS = join(ROOT, '.build', 'test-results.json');

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

async function main(): Promise<void> {
  console.log(`Node ${process.version} (${process.execPath})`);
  await prepareRedis();
  console.log(`Web app ${(await buildWebui()).slice(0, 16)}`);
  const chromium = await prepareChromium();
  console.log(`Chromium (${chromium})`);
  const coturn = await prepareCoturn();
  console.log(`coturn ${coturn.version} (${coturn.origin}: ${coturn.directory})`);
  // Only root can make networks, so only then it is of use.
  if (process.getuid?.() === 0) {
    const nftables = await prepareNftables();
    console.log(`nftables ${nftables.version} (${nftables.origin}: ${nftables.directory})`);
  }
  const age = await prepareAge();
  console.log(`age ${age.version} (${age.origin}: ${age.directory})`);
  for (const name of ['pebble', 'nginx', 'caddy'] as const) {
    const { version, origin, path } = await prepareHttpsProgram(name);
    console.log(`${name} ${version} (${origin}: ${path})`);
  }
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${RESULTS}`];
  process.exitCode = await runProgram('vitest', ['run', ...reporters, ...process.argv.slice(2)], {
    VANT_CHROMIUM: chromium,
  });
  const results = JSON.parse(readFileSync(RESULTS, 'utf8')) as Results;
  const skipped = results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : '';
  console.log(`${results.numPassedTests} passed, ${results.numFailedTests} failed${skipped}`);
}

/** The appliance finds or gets one by itself; doing it here first means that it is done once, and said once. */
async function prepareRedis(): Promise<void> {
  const redis = await findRedisBinary({
    cacheDirectory: findCacheDirectory(process.env),
    report: (text) => console.log(`redis-server: ${text}`),
  });
  console.log(`redis-server ${redis.version} (${redis.origin}: ${redis.path})`);
}

await main();
