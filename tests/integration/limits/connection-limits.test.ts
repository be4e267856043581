/** What one connection may do, at the edge and one beyond. The clock is the test's; connections are looked over every five
 * seconds of real time. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientFrame } from '../../../wire/generated/frames.ts';
import type { RawDevice } from '../../support/raw-device.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { OPEN_LIMITS } from '../../support/two-nodes.ts';

const MAX_CONTENT = 4096;
const KEEPALIVE_MS = 30_000;
const SLOW_READER_MS = 30_000;
/** As server/relay/gateway.ts computes it. */
const MAX_FRAME = 2 * (MAX_CONTENT + 64) + 4096;

describe('limits of a connection', () => {
  let server: TestServer;
  let alice: RawDevice;
  let offsetMs = 0;
  // Frozen, so that nothing is forgiven while a test runs.
  const startedAt = Date.now();
  beforeAll(async () => {
    const env = {
      VANT_RELAY_MAX_CONTENT: '4KiB',
      VANT_RELAY_DELIVERY_WINDOW_BYTES: '64KiB',
      VANT_RELAY_DELIVERY_WINDOW_ENVELOPES: '8',
      VANT_RELAY_QUEUE_MAX_ENVELOPES: '100',
      VANT_LIMITS_MAX_DEVICES_PER_ACCOUNT: '2',
      VANT_LIMITS_SEND_PER_DEVICE: 'off',
      VANT_LIMITS_SEND_PER_ACCOUNT: 'off',
      VANT_LIMITS_CONNECTS_PER_ADDRESS: 'off',
    };
    server = await startTestServer({ ...OPEN_LIMITS, ...env }, { now: () => startedAt + offsetMs });
    alice = server.owner;
  });
  afterAll(() => server.stop());

  test('content: as large as allowed, and one byte more', async () => {
    const bob = await alice.inviteAndJoin();
    const [a, b] = [await alice.connect(), await bob.connect()];
    expect((await a.send(bob, randomBytes(MAX_CONTENT))).$case).toBe('accepted');
    expect(await a.send(bob, randomBytes(MAX_CONTENT + 1))).toMatchObject({
      $case: 'error',
      value: { code: 'PAYLOAD_TOO_LARGE', retryAfterMs: 0 },
    });
    expect(await a.send(bob, '')).toMatchObject({ value: { code: 'MALFORMED_FRAME' } });
    await b.untilReceived(1);
    for (const connection of [a, b]) await connection.close();
  });

  test('frame: as large as allowed, and one byte more', async () => {
    const fits = await alice.connect();
    // Parses as a frame without a body: too large is one thing, malformed another.
    fits.socket.send(unknownField(MAX_FRAME));
    expect((await fits.closed).code).toBe(4400);
    const tooLarge = await alice.connect();
    tooLarge.socket.send(unknownField(MAX_FRAME + 1));
    expect((await tooLarge.closed).code).toBe(1009);
  });

  test('queue: a hundred envelopes wait, one more is refused, and accepted when there is room', async () => {
    const bob = await alice.inviteAndJoin();
    const a = await alice.connect();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => a.send(bob, `${index}`)));
    expect(new Set(answers.map(({ $case }) => $case))).toEqual(new Set(['accepted']));
    const messageId = randomBytes(16);
    const refused = { $case: 'error', value: { code: 'QUEUE_FULL' } };
    expect(await a.send(bob, 'one too many', { messageId })).toMatchObject(refused);
    expect(await a.send(bob, 'one too many', { messageId, resend: true })).toMatchObject(refused);
    const b = await bob.connect();
    await b.untilFrame('queueDrained');
    expect((await a.send(bob, 'one too many', { messageId, resend: true })).$case).toBe('accepted');
    const expected = [...Array.from({ length: 100 }, (_, index) => `${index}`), 'one too many'];
    expect(await b.untilReceived(101)).toEqual(expected);
    for (const connection of [a, b]) await connection.close();
  });

  test('noise: what no client sends is borne two hundred times', async () => {
    const kinds: [string, (connection: Awaited<ReturnType<RawDevice['connect']>>) => void][] = [
      ['keepalives', (connection) => connection.write({ $case: 'keepalive', value: {} })],
      ['unknown acknowledgements', (connection) => connection.ack(999)],
      ['acknowledgements of nothing', (connection) => connection.ack()],
      ['refused requests', (connection) => void connection.request({ messageId: randomBytes(3) }).catch(() => 0)],
    ];
    for (const [what, send] of kinds) {
      const connection = await (await alice.inviteAndJoin()).connect();
      for (let i = 0; i < 199; i++) send(connection);
      connection.write({ $case: 'keepalive', value: {} });
      await connection.until(() => connection.frames.some(({ $case }) => $case === 'keepalive'), `${what}: the edge`);
      send(connection);
      const { code, reason } = await connection.closed;
      expect([what, code, reason]).toEqual([what, 4429, 'RATE_LIMITED']);
    }
    const connection = await (await alice.inviteAndJoin()).connect();
    connection.ack(...Array.from({ length: 201 }, (_, index) => index + 1));
    expect((await connection.closed).code).toBe(4429);
  });

  test('a device that reads nothing is cut off before it fills the memory; what is stored for it waits', async () => {
    const bob = await alice.inviteAndJoin();
    const [a, b] = [await alice.connect({ query: '?deliver=false' }), await bob.connect()];
    await b.untilFrame('queueDrained');
    b.autoAck = false;
    b.socket.pause();
    await a.send(bob, 'stored');
    // More than the socket's own buffers and the server's for it: 20 MiB.
    for (let batch = 0; batch < 50; batch++) {
      await Promise.all(Array.from({ length: 100 }, () => a.send(bob, randomBytes(MAX_CONTENT), { ephemeral: true })));
    }
    b.socket.resume();
    expect((await b.closed).code).toBe(1006);
    expect(b.received.length).toBeLessThan(5_000);
    const again = await bob.connect();
    expect(await again.untilReceived(1)).toEqual(['stored']);
    for (const connection of [a, again]) await connection.close();
  });

  test('silence, slow readers and half-open connections', async () => {
    const [silent, alive, slow, half] = await Promise.all([1, 2, 3, 4].map(() => alice.inviteAndJoin()));
    const silentConnection = await silent!.connect();
    const aliveConnection = await alive!.connect();
    const slowConnection = await slow!.connect();
    slowConnection.autoAck = false;
    const halfOpen = await openAndFallSilent(half!);
    const a = await alice.connect();
    for (let i = 0; i < 9; i++) await a.send(slow!, `message ${i}`);
    await slowConnection.untilReceived(8);
    const isOpen = (device: { socket: { readyState: number; OPEN: number } }) =>
      device.socket.readyState === device.socket.OPEN;

    // A window that has been full for as long as allowed, and not a moment longer.
    offsetMs += SLOW_READER_MS;
    for (const connection of [aliveConnection, slowConnection, a]) connection.write({ $case: 'keepalive', value: {} });
    await untilSwept(server);
    expect(isOpen(slowConnection)).toBe(true);
    offsetMs += 1;
    expect(await slowConnection.closed).toEqual({ code: 4410, reason: 'SLOW_READER' });
    const again = await slow!.connect();
    expect(await again.untilReceived(9)).toEqual(Array.from({ length: 9 }, (_, index) => `message ${index}`));

    offsetMs += 2 * KEEPALIVE_MS - SLOW_READER_MS - 1;
    aliveConnection.write({ $case: 'keepalive', value: {} });
    a.write({ $case: 'keepalive', value: {} });
    await untilSwept(server);
    expect([isOpen(silentConnection), isOpen(aliveConnection)]).toEqual([true, true]);
    offsetMs += 1;
    expect(await silentConnection.closed).toEqual({ code: 4408, reason: 'KEEPALIVE_TIMEOUT' });
    // It answers nothing, not even the close frame.
    await halfOpen.closed;
    expect(isOpen(aliveConnection)).toBe(true);
    for (const connection of [aliveConnection, again, a]) await connection.close();
  });

  /** A connection that is past its time is closed by the next sweep: when it goes, all have been looked at. */
  async function untilSwept({ owner }: TestServer): Promise<void> {
    const canary = await (await owner.inviteAndJoin()).connect();
    const present = offsetMs;
    offsetMs = present - 2 * KEEPALIVE_MS - 1;
    canary.write({ $case: 'keepalive', value: {} });
    await canary.untilFrame('keepalive');
    offsetMs = present;
    expect((await canary.closed).code).toBe(4408);
  }
});

/** A frame of `length` bytes that holds one unknown field. */
function unknownField(length: number): Uint8Array {
  const header = Buffer.from([(15 << 3) | 2, 0x80, 0x80, 0x00]);
  const content = length - header.length;
  header[1] = (content & 0x7f) | 0x80;
  header[2] = ((content >> 7) & 0x7f) | 0x80;
  header[3] = content >> 14;
  const frame = Buffer.concat([header, Buffer.alloc(content)]);
  expect(ClientFrame.decode(frame).body).toBeUndefined();
  return frame;
}

/** Upgrades by hand and then answers nothing. `closed` is when the server has given it up. */
async function openAndFallSilent(device: RawDevice): Promise<{ closed: Promise<unknown> }> {
  const { port } = new URL(device.url);
  const socket: Socket = connectSocket(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    `GET /v1/connect HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
      `Sec-WebSocket-Protocol: vant.v1, bearer.${device.credentials}\r\n\r\n`,
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(head.toString()).toContain('101 Switching Protocols');
  socket.resume();
  return { closed: once(socket, 'close') };
}
