import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { placesOf, preparePrivateFolder } from '../../../../server/program/private-folder.ts';
import { makeTemporaryDirectory, removeDirectory } from '../../../support/appliance.ts';

/** Only root can make a folder of somebody else's. */
const isRoot = process.geteuid?.() === 0;

describe('the folder of native parts', () => {
  let root: string;
  beforeEach(async () => (root = await makeTemporaryDirectory()));
  afterEach(() => removeDirectory(root));

  const prepare = (env: NodeJS.ProcessEnv = {}): string =>
    preparePrivateFolder({ XDG_CACHE_HOME: join(root, 'cache'), ...env }, 'native/1');

  test('is made for its owner only, below the cache of the user, of systemd, or in the home directory', () => {
    const path = prepare();
    expect(path).toBe(join(root, 'cache', 'vant', 'native', '1'));
    for (const each of [path, join(path, '..')]) expect(statSync(each).mode & 0o777).toBe(0o700);
    expect(prepare({ CACHE_DIRECTORY: join(root, 'systemd') })).toBe(join(root, 'systemd', 'native', '1'));
  });

  test('is closed to others when it was open', () => {
    const path = prepare();
    chmodSync(path, 0o777);
    prepare();
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test('is not below a folder that others may write to, unless that is sticky as /tmp is', () => {
    const shared = join(root, 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o777);
    expect(() => prepare({ XDG_CACHE_HOME: shared })).toThrow(`Others may write to ${shared}.`);
    expect(() => prepare({ XDG_CACHE_HOME: shared })).toThrow('Set XDG_CACHE_HOME');
    chmodSync(shared, 0o1777);
    expect(prepare({ XDG_CACHE_HOME: shared })).toBe(join(shared, 'vant', 'native', '1'));
  });

  test.skipIf(!isRoot)('is not one that another user has made', () => {
    const path = prepare();
    chownSync(join(path, '..'), 65_533, 65_533);
    expect(() => prepare()).toThrow('belongs to another user (65533)');
  });

  test('is elsewhere when the cache cannot be had', () => {
    // A file is no folder, for root either.
    const env = { XDG_CACHE_HOME: '/dev/null', XDG_RUNTIME_DIR: join(root, 'run') };
    expect(preparePrivateFolder(env, 'native/1')).toBe(join(root, 'run', 'vant', 'native', '1'));
    expect(() => preparePrivateFolder({ XDG_CACHE_HOME: '/dev/null' }, 'native/1')).toThrow('no private folder');
  });

  test('is found by a child that gets nothing else of the environment', () => {
    expect(placesOf({ HOME: '/h', CACHE_DIRECTORY: '/c', VANT_SECRET: 's' })).toEqual({
      HOME: '/h',
      CACHE_DIRECTORY: '/c',
    });
  });
});
