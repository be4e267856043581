import { beforeEach, describe, expect, it } from 'vitest';
import { ConnectionKeeper, type ConnectionState } from '../../../client/transport/connection-keeper.ts';
import { createFakeClock, createFakeSockets, welcome, type FakeClock } from './fakes.ts';

describe('a kept connection', () => {
  let clock: FakeClock;
  let sockets: ReturnType<typeof createFakeSockets>;
  let keeper: ConnectionKeeper;
  let states: ConnectionState[];
  let isReceiver: boolean;

  beforeEach(async () => {
    clock = createFakeClock();
    sockets = createFakeSockets();
    states = [];
    isReceiver = true;
    const random = { bytes: (count: number) => new Uint8Array(count).fill(255) };
    keeper = new ConnectionKeeper(
      { socket: sockets, clock, random, log: { write: () => undefined } },
      {
        chooseReceiving: async () => isReceiver,
        target: (isReceiving) => ({ url: isReceiving ? 'ws://receive' : 'ws://send', protocols: [] }),
        onState: (state) => states.push(state),
        onConnected: () => undefined,
        onDelivery: () => undefined,
        onQueueDrained: () => undefined,
        onPreKeysLow: () => undefined,
        onPushAddressDropped: () => undefined,
      },
    );
    keeper.start();
    await clock.advance(0);
  });

  const socket = () => sockets.opened.at(-1)!;
  async function connect(): Promise<void> {
    socket().deliver(welcome);
    await clock.advance(0);
  }

  it('tells when it is connected, and gives the connection only then', async () => {
    expect(keeper.connection).toBeUndefined();
    await connect();
    expect(keeper.connection?.isOpen).toBe(true);
    expect(states).toEqual([{ status: 'connecting' }, { status: 'connected', isReceiving: true }]);
  });

  it('hurries when it is told that the network is back: no longer waits, and asks an open connection for a sign of life', async () => {
    socket().end(1006);
    expect(states.at(-1)).toMatchObject({ status: 'waiting' });
    const { length } = sockets.opened;
    keeper.hurry();
    await clock.advance(0);
    expect(sockets.opened).toHaveLength(length + 1);
    await connect();
    keeper.hurry();
    expect(socket().sent.at(-1)?.body?.$case).toBe('keepalive');
    socket().deliver({ $case: 'keepalive', value: {} });
    await clock.advance(5_000);
    expect(keeper.connection?.isOpen).toBe(true);
    keeper.hurry();
    await clock.advance(4_999);
    expect(keeper.connection?.isOpen).toBe(true);
    await clock.advance(1);
    expect(keeper.connection).toBeUndefined();
  });

  it('in another network, leaves an open connection and the one that is being opened, and opens one at once', async () => {
    await connect();
    for (const isOpen of [true, false]) {
      const { length } = sockets.opened;
      expect(keeper.connection?.isOpen ?? false).toBe(isOpen);
      keeper.hurry({ isOtherNetwork: true });
      await clock.advance(0);
      expect(sockets.opened).toHaveLength(length + 1);
    }
    await connect();
    expect(keeper.connection?.isOpen).toBe(true);
  });

  it('starts again after another place has taken the connection, when it is told to', async () => {
    await connect();
    socket().end(4409);
    expect(states.at(-1)).toMatchObject({ status: 'stopped', reason: 'CONNECTED_ELSEWHERE' });
    const { length } = sockets.opened;
    keeper.hurry();
    await clock.advance(0);
    expect(sockets.opened).toHaveLength(length + 1);
    await connect();
    expect(keeper.connection?.isOpen).toBe(true);
  });

  it('comes back with growing delays while it fails, and soon after a good connection', async () => {
    const delays: number[] = [];
    for (let attempt = 0; attempt < 4; attempt++) {
      socket().end(1006);
      const state = states.at(-1)!;
      delays.push(state.status === 'waiting' ? state.retryInMs : -1);
      await clock.advance(delays.at(-1)!);
    }
    expect(delays.map((ms) => Math.round(ms / 500))).toEqual([1, 2, 4, 8]);
    await connect();
    await clock.advance(20_000);
    socket().end(1006);
    expect(states.at(-1)).toMatchObject({ status: 'waiting', retryInMs: 499 });
  });

  it.each([
    [4401, 'UNAUTHORIZED'],
    [4409, 'CONNECTED_ELSEWHERE'],
  ])('does not come back after %i', async (code, reason) => {
    await connect();
    socket().end(code);
    await clock.advance(600_000);
    expect(states.at(-1)).toEqual({ status: 'stopped', reason });
    expect(sockets.opened).toHaveLength(1);
  });

  it('waits as long as a stopping server asks', async () => {
    await connect();
    socket().deliver({ $case: 'draining', value: { reconnectAfterMs: 5000 } });
    socket().end(1012);
    await clock.advance(4999);
    expect(sockets.opened).toHaveLength(1);
    await clock.advance(600);
    expect(sockets.opened).toHaveLength(2);
  });

  it('opens again at once in another role', async () => {
    isReceiver = false;
    await connect();
    keeper.reconnect();
    await clock.advance(0);
    expect(socket().url).toBe('ws://send');
  });

  it('is quiet after it was stopped', async () => {
    await connect();
    keeper.stop();
    await clock.advance(600_000);
    expect(sockets.opened).toHaveLength(1);
    expect(states.at(-1)).toEqual({ status: 'stopped', reason: undefined });
  });
});
