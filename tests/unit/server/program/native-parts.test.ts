import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unpackInto } from '../../../../server/program/native-parts.ts';
import { makeTemporaryDirectory, removeDirectory } from '../../../support/appliance.ts';
import { NAME, PART, PART_HASH } from './part.ts';

const KILLED = fileURLToPath(new URL('killed-unpacking.ts', import.meta.url));

describe('unpacking a native part', () => {
  let root: string;
  let folder: string;
  beforeEach(async () => {
    root = await makeTemporaryDirectory();
    folder = join(root, 'native', 'version');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  });
  afterEach(() => removeDirectory(root));

  const unpack = (): string => unpackInto(folder, NAME, PART, PART_HASH);
  const isRight = (path: string): boolean => readFileSync(path).equals(PART) && (statSync(path).mode & 0o777) === 0o500;

  test('is done once; afterwards the file is only verified', () => {
    const path = unpack();
    expect(isRight(path)).toBe(true);
    const { ino, mtimeMs } = statSync(path);
    expect(unpack()).toBe(path);
    expect(statSync(path)).toMatchObject({ ino, mtimeMs });
    expect(readdirSync(folder)).toEqual([NAME]);
  });

  test.each([
    ['one byte is another', (path: string) => writeFileSync(path, Buffer.from(PART).fill('x', 100, 101))],
    ['the end is missing', (path: string) => writeFileSync(path, PART.subarray(0, -1))],
    ['others may write to it', (path: string) => chmodSync(path, 0o522)],
    [
      'it is a link to another file',
      (path: string) => {
        renameSync(path, `${path}.elsewhere`);
        symlinkSync(`${path}.elsewhere`, path);
      },
    ],
  ])('is done again when %s', (_what, spoil) => {
    const path = unpack();
    chmodSync(path, 0o700);
    spoil(path);
    expect(isRight(unpack())).toBe(true);
  });

  test('killed in the middle, it leaves nothing under the right name; the next start unpacks, and cleans up', () => {
    const { signal, stderr } = spawnSync(process.execPath, [KILLED, folder], { encoding: 'utf8' });
    expect({ signal, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
    const [leftover, ...others] = readdirSync(folder);
    expect([leftover?.startsWith(`.${NAME}.`), others]).toEqual([true, []]);
    expect(statSync(join(folder, leftover!)).size).toBe(PART.length / 2);
    expect(isRight(unpack())).toBe(true);
    expect(readdirSync(folder)).toEqual([NAME]);
  });

  test('a full disk leaves nothing at all', () => {
    const write = (file: number, bytes: Uint8Array, offset: number): number => {
      if (offset > 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      return writeSync(file, bytes, 0, 4096);
    };
    expect(() => unpackInto(folder, NAME, PART, PART_HASH, write as typeof writeSync)).toThrow('no space left');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('bytes that are not what the executable says are refused', () => {
    expect(() => unpackInto(folder, NAME, PART.subarray(1), PART_HASH)).toThrow('damaged');
  });

  test('three versions are kept: those that were started last', () => {
    for (const [index, name] of ['oldest', 'old', 'newer'].entries()) {
      mkdirSync(join(root, 'native', name));
      utimesSync(join(root, 'native', name), index + 1, index + 1);
    }
    unpack();
    expect(readdirSync(join(root, 'native')).sort()).toEqual(['newer', 'old', 'version']);
  });
});
