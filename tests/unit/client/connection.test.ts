import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection, errorOfCloseCode, type ConnectionHandlers } from '../../../client/transport/connection.ts';
import { createFakeClock, createFakeSockets, welcome, type FakeClock, type FakeSocket } from './fakes.ts';

const request = {
  recipient: new Uint8Array(16),
  messageId: new Uint8Array(16),
  clientTimestamp: 1,
  messages: [],
  urgent: false,
  ephemeral: false,
  ttlSeconds: 0,
  resend: false,
  call: false,
};

describe('a connection', () => {
  let clock: FakeClock;
  let socket: FakeSocket;
  let connection: Connection;
  let opened: Promise<unknown>;
  const handlers = {
    onDelivery: vi.fn<ConnectionHandlers['onDelivery']>(),
    onQueueDrained: vi.fn<ConnectionHandlers['onQueueDrained']>(),
    onPreKeysLow: vi.fn<ConnectionHandlers['onPreKeysLow']>(),
    onPushAddressDropped: vi.fn<ConnectionHandlers['onPushAddressDropped']>(),
    onDraining: vi.fn<ConnectionHandlers['onDraining']>(),
    onClose: vi.fn<ConnectionHandlers['onClose']>(),
  };

  beforeEach(() => {
    vi.clearAllMocks();
    clock = createFakeClock();
    const sockets = createFakeSockets();
    connection = new Connection({ socket: sockets, clock }, { url: 'ws://x', protocols: ['vant.v1'] }, handlers);
    opened = connection.opened();
    opened.catch(() => undefined);
    socket = sockets.opened[0]!;
  });

  it('is open with the first frame, not before', async () => {
    expect(connection.isOpen).toBe(false);
    await expect(connection.send(request)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    socket.deliver(welcome);
    expect(await opened).toMatchObject({ keepaliveSeconds: 30 });
    expect(connection.isOpen).toBe(true);
  });

  it('gives up when the relay does not greet', async () => {
    await clock.advance(15_000);
    await expect(opened).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(socket.closedWith).toBe(4000);
  });

  it('matches answers to requests, in whatever order they come', async () => {
    socket.deliver(welcome);
    const answers = [connection.send(request), connection.send(request)];
    const ids = socket.sent.map(({ body }) => (body?.$case === 'send' ? body.value.requestId : 0));
    const accept = (requestId: number, serverTimestamp: number): void =>
      socket.deliver({
        $case: 'sendResponse',
        value: { requestId, result: { $case: 'accepted', value: { serverTimestamp } } },
      });
    accept(999, 0);
    accept(ids[1]!, 2);
    accept(ids[0]!, 1);
    const times = (await Promise.all(answers)).map(({ result }) =>
      result?.$case === 'accepted' ? result.value.serverTimestamp : 0,
    );
    expect(times).toEqual([1, 2]);
  });

  it('leaves requests unanswered when it ends, or when no answer comes in time', async () => {
    socket.deliver(welcome);
    const cut = connection.send(request);
    socket.end(1006);
    await expect(cut).rejects.toMatchObject({ code: 'UNANSWERED' });
    expect(handlers.onClose).toHaveBeenCalledExactlyOnceWith(1006);
    expect(connection.closeCode).toBe(1006);
  });

  it('ends when an answer is overdue', async () => {
    socket.deliver(welcome);
    const late = connection.send(request);
    late.catch(() => undefined);
    await clock.advance(20_000);
    await expect(late).rejects.toMatchObject({ code: 'UNANSWERED' });
    expect(handlers.onClose).toHaveBeenCalledExactlyOnceWith(4000);
  });

  it('sends keepalives when it has nothing else to send, and ends when the relay is silent', async () => {
    socket.deliver(welcome);
    const keepalives = (): number => socket.sent.filter(({ body }) => body?.$case === 'keepalive').length;
    for (let seconds = 0; seconds < 120; seconds += 10) {
      await clock.advance(10_000);
      socket.deliver({ $case: 'keepalive', value: {} });
    }
    expect(keepalives()).toBeGreaterThanOrEqual(4);
    expect(connection.isOpen).toBe(true);
    await clock.advance(100_000);
    expect(connection.isOpen).toBe(false);
    const count = keepalives();
    await clock.advance(100_000);
    expect(keepalives()).toBe(count);
  });

  it('ends on bytes that are no frame, and overlooks frames of later versions', () => {
    socket.deliver(welcome);
    socket.deliverBytes(Uint8Array.of(0xfa, 0x01, 0x00));
    expect(connection.isOpen).toBe(true);
    socket.deliverBytes(Uint8Array.of(0x1a, 0xff));
    expect(socket.closedWith).toBe(4400);
  });

  it('acknowledges only while it is open', () => {
    socket.deliver(welcome);
    connection.acknowledge([1, 2]);
    connection.close();
    connection.acknowledge([3]);
    expect(socket.sent.map(({ body }) => body)).toEqual([{ $case: 'ack', value: { deliveryIds: [1, 2] } }]);
  });

  it('knows the close codes of the error table', () => {
    expect([4401, 4409, 4400, 1000].map(errorOfCloseCode)).toEqual([
      'UNAUTHORIZED',
      'CONNECTED_ELSEWHERE',
      'MALFORMED_FRAME',
      undefined,
    ]);
  });
});
