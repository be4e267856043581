import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../server/storage/embedded/diagnosis.ts';
import { writeRedisConfig } from '../../../server/storage/embedded/redis-config.ts';
import { parseRedisLogLine, RedisLog } from '../../../server/storage/embedded/redis-log.ts';
import { createSocketPath } from '../../../server/storage/embedded/runtime-directory.ts';
import { parseRedisUrl } from '../../../server/storage/external-redis.ts';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';

describe('the log of Redis', () => {
  it.each([
    ['4711:M 23 Nov 2026 12:00:00.123 * Ready to accept connections', 'debug', 'Ready to accept connections'],
    ['4711:C 23 Nov 2026 12:00:00.123 # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo', 'debug', expect.any(String)],
    [
      '4711:M 23 Nov 2026 12:00:00.123 # Short write while writing to the AOF file',
      'warn',
      'Short write while writing to the AOF file',
    ],
    ['4711:M 23 Nov 2026 12:00:00.123 - Accepted 127.0.0.1:1', 'debug', 'Accepted 127.0.0.1:1'],
    ['*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***', 'warn', '*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***'],
  ])('%s', (line, level, text) => {
    expect(parseRedisLogLine(line)).toEqual({ level, text });
  });

  it('makes lines of chunks, remembers the last ones, and notices readiness', () => {
    const seen: string[] = [];
    const log = new RedisLog((_level, text) => seen.push(text), 2);
    for (const chunk of ['one\ntw', 'o\n', 'The server is now ready to accept connections at /x\nlast'])
      log.write(chunk);
    log.end();
    expect(seen).toEqual(['one', 'two', 'The server is now ready to accept connections at /x', 'last']);
    expect(log.lastLines()).toEqual(seen.slice(-2));
    expect(log.hasBeenReady()).toBe(true);
  });
});

describe('diagnose', () => {
  it.each([
    ['Error writing to the AOF file: No space left on device', 'wait', 'disk is full'],
    ["Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...", 'wait', 'disk is full'],
    ['Bad file format reading the append only file: make a backup', 'mend', 'redis-check-aof'],
    ['error while loading shared libraries: libjemalloc.so.2', 'mend', 'misses a library'],
    ["Can't open or create append-only dir: Permission denied", 'mend', 'belong to the user'],
    ['something else', 'retry', 'exit code 1'],
  ])('%s', (line, outlook, message) => {
    expect(diagnose([line], 1, null)).toEqual({ outlook, message: expect.stringContaining(message) });
  });

  it('names a kill', () => {
    expect(diagnose([], null, 'SIGKILL')).toMatchObject({
      outlook: 'retry',
      message: expect.stringContaining('dmesg'),
    });
    expect(diagnose([], null, 'SIGILL').message).toContain('SIGILL');
  });
});

describe('the configuration of Redis', () => {
  const text = writeRedisConfig({ directory: '/d "x"\\y', socketPath: '/s', maxMemoryBytes: 100, fsync: 'always' });

  it('opens no port, loses nothing, evicts nothing', () => {
    for (const line of [
      'port 0',
      'appendonly yes',
      'appendfsync always',
      'maxmemory 100',
      'maxmemory-policy noeviction',
      'save ""',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('quotes paths', () => {
    expect(text).toContain('dir "/d \\"x\\"\\\\y"');
  });
});

describe('createSocketPath', () => {
  it('passes over a directory that is too deep or not there, and gives a short private one', () => {
    const path = createSocketPath({ RUNTIME_DIRECTORY: `/tmp/${'x'.repeat(90)}`, XDG_RUNTIME_DIR: '/nowhere' });
    expect(Buffer.byteLength(path)).toBeLessThan(104);
    rmSync(dirname(path), { recursive: true });
  });
});

describe('parseRedisUrl', () => {
  it.each([
    ['redis://h', { address: { host: 'h', port: 6379 } }],
    ['redis://u:p%40ss@h:1/2', { address: { host: 'h', port: 1, database: 2 }, username: 'u', password: 'p@ss' }],
    ['rediss://[::1]:7', { address: { host: '::1', port: 7, tls: {} } }],
    ['unix:///run/redis.sock', { address: { path: '/run/redis.sock' } }],
  ])('%s', (url, expected) => {
    expect(parseRedisUrl(url)).toEqual(expected);
  });

  it.each(['localhost:6379', 'http://h', '', 'redis:', 'redis://h/x'])('refuses "%s"', (url) => {
    expect(() => parseRedisUrl(url)).toThrow('must look like');
  });

  it('does not repeat a password', () => {
    const message = () => {
      try {
        return parseRedisUrl('redsi://user:hunter2@h');
      } catch (error) {
        return String(error);
      }
    };
    expect(message()).toMatch(/must look like/);
    expect(message()).not.toContain('hunter2');
  });
});
