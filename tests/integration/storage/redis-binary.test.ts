import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRedis } from '../../../server/storage/embedded/build-redis.ts';
import { findRedisBinary, type FindOptions } from '../../../server/storage/embedded/find-redis-binary.ts';
import { createTestDirectory, findTestRedis } from '../../support/redis-process.ts';

let directory: string;
let lines: string[];
beforeEach(() => {
  directory = createTestDirectory();
  lines = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A script that passes for a server of some version. */
function fakeServer(path: string, version: string): string {
  writeFileSync(path, `#!/bin/sh\necho "Redis server v=${version} sha=0"\n`, { mode: 0o755 });
  return path;
}

const find = (options: Partial<FindOptions> = {}) =>
  findRedisBinary({
    cacheDirectory: join(directory, 'cache'),
    report: (text) => lines.push(text),
    environment: { PATH: process.env['PATH'] },
    ...options,
  });

describe('where redis-server comes from', { timeout: 120_000 }, () => {
  it('the configured one is used, or nothing', async () => {
    const path = fakeServer(join(directory, 'mine'), '7.2.4');
    expect(await find({ configuredPath: path })).toEqual({ path, env: {}, version: '7.2.4', origin: 'configured' });
    await expect(find({ configuredPath: join(directory, 'none') })).rejects.toThrow('there is no such file');
  });

  it('the bundled one goes before the system’s; one that does not run is told and passed over', async () => {
    const bundled = fakeServer(join(directory, 'bundled'), '8.1.1');
    const bin = join(directory, 'bin');
    mkdirSync(bin);
    const system = fakeServer(join(bin, 'redis-server'), '7.0.15');
    const environment = { PATH: bin, VANT_BUNDLED_REDIS: bundled };
    expect(await find({ environment })).toMatchObject({ path: bundled, origin: 'bundled' });
    fakeServer(bundled, '5.0.1');
    expect(await find({ environment })).toMatchObject({ path: system, origin: 'system' });
    expect(lines).toEqual([
      `The bundled Redis cannot be used: ${bundled} is version 5.0.1, and Vant needs 7.0 or newer.`,
    ]);
  });

  it('an old redis-server on the PATH gives way to a valkey-server', async () => {
    fakeServer(join(directory, 'redis-server'), '6.0.16');
    const path = fakeServer(join(directory, 'valkey-server'), '8.0.2');
    expect(await find({ environment: { PATH: directory } })).toMatchObject({ path, origin: 'system' });
  });

  it('the package of the distribution is downloaded, unpacked with its libraries, runs, and is found at the next start', async () => {
    // Through the unpacking step itself, so that a system that has redis-server tests it too.
    const { unpackPackage } = await import('../../../server/storage/embedded/unpack-package.ts');
    const cacheDirectory = join(directory, 'cache');
    mkdirSync(cacheDirectory);
    const unpacked = await unpackPackage(cacheDirectory, process.env);
    expect(unpacked.origin).toBe('package');
    expect(unpacked.path.startsWith(cacheDirectory)).toBe(true);
    expect(Number.parseInt(unpacked.version)).toBeGreaterThanOrEqual(7);
    const { findUnpackedPackage } = await import('../../../server/storage/embedded/unpack-package.ts');
    expect(await findUnpackedPackage(cacheDirectory, 'cached')).toEqual({ ...unpacked, origin: 'cached' });
  });

  it('where nothing may be downloaded, the message lists what was tried and what to do', async () => {
    const { origin } = await findTestRedis();
    const failure = await find({ mayDownload: false }).then(() => '', String);
    if (origin === 'system') expect(failure).toBe('');
    else {
      expect(failure).toContain('No redis-server is bundled');
      expect(failure).toContain('Neither redis-server nor valkey-server is installed.');
      expect(failure).toContain('apt-get install redis-server');
    }
  });

  it('the last resort says in one line why it cannot build', async () => {
    mkdirSync(join(directory, 'cache'));
    // A proxy that is not there: the download fails at once, online and offline alike.
    const environment = { ...process.env, https_proxy: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' };
    await expect(buildRedis(join(directory, 'cache'), environment)).rejects.toThrow(
      /redis-memory-server: .*ECONNREFUSED/,
    );
    await expect(buildRedis(join(directory, 'cache'), environment)).rejects.toThrow(/ECONNREFUSED/);
  });
});
