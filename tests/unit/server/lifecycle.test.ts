import { describe, expect, test } from 'vitest';
import { findInheritedSocket } from '../../../server/lifecycle/inherited-sockets.ts';
import { readWatchdog } from '../../../server/lifecycle/service-manager.ts';

describe('sockets from systemd', () => {
  const pid = 4711;
  const find = (env: NodeJS.ProcessEnv) => findInheritedSocket({ LISTEN_PID: `${pid}`, ...env }, pid);

  test('none, one, or the one that is named', () => {
    expect(find({})).toBeUndefined();
    expect(find({ LISTEN_FDS: '1' })).toBe(3);
    expect(find({ LISTEN_FDS: '1', LISTEN_FDNAMES: 'vant.socket' })).toBe(3);
    expect(find({ LISTEN_FDS: '3', LISTEN_FDNAMES: 'a:b:web' })).toBe(5);
  });

  test('meant for another process are not taken', () => {
    expect(find({ LISTEN_FDS: '1', LISTEN_PID: '4712' })).toBeUndefined();
  });

  test('that nobody can tell apart are refused with the remedy', () => {
    expect(() => find({ LISTEN_FDS: '2', LISTEN_FDNAMES: 'a:b' })).toThrow('FileDescriptorName=web');
  });
});

describe('the watchdog of systemd', () => {
  test('is followed only by the process that it is for', () => {
    expect(readWatchdog({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: `${process.pid}` })).toBe(60_000);
    expect(readWatchdog({ WATCHDOG_USEC: '60000000' })).toBe(60_000);
    expect(readWatchdog({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '1' })).toBeUndefined();
    expect(readWatchdog({ WATCHDOG_USEC: '0' })).toBeUndefined();
    expect(readWatchdog({})).toBeUndefined();
  });
});
