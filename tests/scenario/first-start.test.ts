/** The very first start, killed at any moment: power goes, an impatient hand. Nothing is there that a person could repair. */
import { mkdir, readdir } from 'node:fs/promises';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeTemporaryDirectory, removeDirectory, startAppliance } from '../support/appliance.ts';
import { RawDevice } from '../support/raw-device.ts';
import { startVant } from '../support/vant-process.ts';

/** After so many changes of its files; the last are more than there are, so that it serves already. */
const MOMENTS = [1, 3, 6, 10, 15, 25, 1000];

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

/** Resolves after so many changes in the folder, and those below it. */
function countChanges(folder: string, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let seen = 0;
  const watcher = watch(folder, { recursive: true }, () => ++seen >= count && resolve(undefined));
  cleanups.push(() => watcher.close());
  return promise;
}

test.each(MOMENTS)('killed after %i changes of its files, the next one serves', async (count) => {
  const root = await makeTemporaryDirectory();
  cleanups.push(() => removeDirectory(root));
  const dataDirectory = join(root, 'data');
  await mkdir(dataDirectory, { mode: 0o700 });
  // The executable unpacks what has to be a file; the source would have to get a Redis first.
  const env: Record<string, string> = process.env['VANT_TEST_PROGRAM'] === undefined ? {} : { XDG_CACHE_HOME: root };
  const changed = countChanges(root, count);
  const { child, ended } = startVant(['serve'], {
    env: { ...env, VANT_STORAGE_DATA_DIR: dataDirectory, VANT_SERVER_LISTEN: '127.0.0.1:0' },
  });
  const { promise: serves, resolve } = Promise.withResolvers<undefined>();
  child.stdout?.on('data', (chunk: Buffer) => chunk.includes('Vant serves') && resolve(undefined));
  await Promise.race([changed, serves, ended]);
  child.kill('SIGKILL');
  expect(child.exitCode).toBeNull();
  await ended;

  const appliance = await startAppliance({ dataDirectory, env });
  const owner = await RawDevice.join(appliance.url, appliance.ownerLink ?? '');
  expect((await owner.call('listMembers')).members).toHaveLength(1);
  expect(await appliance.stop()).toBe(0);
  // Nothing half made is left beside what is used.
  expect((await readdir(dataDirectory)).filter((name) => /\.(new|part|tmp)$/.test(name))).toEqual([]);
});
