/** What goes wrong on machines: each gives one sentence that says what, and how to mend it. (A port in use: serve.test.ts. A full disk
 * and Redis programs of other versions: integration/storage/embedded-disk.test.ts. A full disk, here, at the very start.) */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryDirectory, removeDirectory, REPOSITORY, startAppliance } from '../../support/appliance.ts';

let directory: string;
beforeEach(async () => {
  directory = await makeTemporaryDirectory();
});
afterEach(() => removeDirectory(directory));

/** Only root can make a directory of somebody else's. */
const isRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;

/** Runs `vant serve` through another program, until it ends. */
async function serveThrough(launcher: readonly string[], data: string): Promise<{ code: number; output: string }> {
  const [program, ...args] = [...launcher, process.execPath, join(REPOSITORY, 'cli/vant.js'), 'serve'];
  const child = spawn(program, args, {
    cwd: '/',
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      VANT_STORAGE_DATA_DIR: data,
      VANT_SERVER_LISTEN: '127.0.0.1:0',
      VANT_TURN_MODE: 'off',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

describe('the data directory', () => {
  test.runIf(isRoot)(
    'of another user is refused to a plain user, and to root, who would lock that user out',
    async () => {
      const data = join(directory, 'data');
      mkdirSync(data, { mode: 0o700 });
      chmodSync(directory, 0o755);
      chownSync(data, NOBODY - 1, NOBODY - 1);
      // May read the program wherever it is, and write nowhere.
      const mayRead = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];
      const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
      const plain = await serveThrough(['setpriv', ...user, ...mayRead], data);
      expect(plain.output).toMatch(
        /^Vant cannot start\. The data directory \S+ cannot be written.*belong to the user that runs Vant\.$/m,
      );
      expect(plain.code).toBe(1);
      await expect(startAppliance({ dataDirectory: data })).rejects.toThrow(
        /Vant cannot start\. The data directory \S+ belongs to user 65533, and this is root.*chown -R root/,
      );
      expect(statSync(data).uid).toBe(NOBODY - 1);
    },
  );

  test('on a read-only file system is refused', async () => {
    const shell = `mount -t tmpfs -o ro,size=1m tmpfs '${directory}' && exec "$0" "$@"`;
    const { code, output } = await serveThrough(['unshare', '-rm', 'sh', '-c', shell], join(directory, 'data'));
    expect(output).toMatch(
      /^Vant cannot start\. The data directory \S+ cannot be written.*must be on a writable disk/m,
    );
    expect(code).toBe(1);
  });

  test('on a full disk is said to be so', async () => {
    const fill = `dd if=/dev/zero of='${directory}/ballast' bs=4k 2>/dev/null`;
    const shell = `mount -t tmpfs -o size=1m tmpfs '${directory}'; mkdir -m 700 '${directory}/data'; ${fill}; exec "$0" "$@"`;
    const { code, output } = await serveThrough(['unshare', '-rm', 'sh', '-c', shell], join(directory, 'data'));
    expect(output).toMatch(/^Vant cannot start\. .*[Dd]isk.*(full|space)/m);
    expect(code).toBe(1);
  });
});
