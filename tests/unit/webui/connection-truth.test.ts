import { describe, expect, it } from 'vitest';
import { deriveTruth, type TruthInput } from '../../../webui/platform/connection-truth.ts';

const CONNECTED: TruthInput = {
  connection: { status: 'connected', isReceiving: true },
  isOnline: true,
  isOutdated: false,
};
const waiting = (retryInMs: number): TruthInput => ({
  ...CONNECTED,
  connection: { status: 'waiting', retryInMs, closeCode: 1006 },
});

describe('the connection, as it is shown', () => {
  it('is online while it is open, whatever the operating system thinks of its networks', () => {
    expect(deriveTruth(CONNECTED, undefined, 1000)).toEqual({ status: 'online' });
    expect(deriveTruth({ ...CONNECTED, isOnline: false }, undefined, 1000)).toEqual({ status: 'online' });
  });

  it('says since when it is gone, over all attempts, and when the next one is', () => {
    const first = deriveTruth(waiting(500), { status: 'online' }, 1000);
    expect(first).toEqual({ status: 'waiting', since: 1000, retryAt: 1500 });
    const trying = deriveTruth({ ...CONNECTED, connection: { status: 'connecting' } }, first, 1500);
    expect(trying).toEqual({ status: 'connecting', since: 1000 });
    expect(deriveTruth(waiting(2000), trying, 1600)).toEqual({ status: 'waiting', since: 1000, retryAt: 3600 });
    expect(deriveTruth(CONNECTED, trying, 1700)).toEqual({ status: 'online' });
  });

  it('is offline when the device has no network', () => {
    expect(deriveTruth({ ...waiting(500), isOnline: false }, undefined, 1000)).toEqual({
      status: 'offline',
      since: 1000,
    });
  });

  it('tells what no waiting mends', () => {
    const stopped = (reason: 'UNAUTHORIZED' | 'CONNECTED_ELSEWHERE'): TruthInput => ({
      ...CONNECTED,
      connection: { status: 'stopped', reason },
    });
    expect(deriveTruth(stopped('UNAUTHORIZED'), undefined, 0)).toEqual({ status: 'removed' });
    expect(deriveTruth(stopped('CONNECTED_ELSEWHERE'), undefined, 0)).toEqual({ status: 'superseded' });
    expect(deriveTruth({ ...CONNECTED, isOutdated: true }, undefined, 0)).toEqual({ status: 'update-needed' });
  });
});
