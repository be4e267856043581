/** Frames that no client would send, by the thousand: the relay answers, or closes with a code of the error table, and lives on. */
import { randomBytes } from 'node:crypto';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '../../support/free-port.ts';
import { ERRORS } from '../../../wire/errors.ts';
import { ClientFrame, type SendRequest } from '../../../wire/generated/frames.ts';
import { accountIdToBytes } from '../../../wire/ids.ts';
import type { RawConnection, RawDevice } from '../../support/raw-device.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { OPEN_LIMITS } from '../../support/two-nodes.ts';
import { until } from '../../support/until.ts';

const RUNS = Number(process.env['VANT_FUZZ_RUNS'] ?? 1500);
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const closeCodes = new Set(Object.values(ERRORS).flatMap(({ closeCode }) => closeCode ?? []));

describe('frames of every kind', () => {
  let server: TestServer;
  let alice: RawDevice;
  let bob: RawDevice;
  let metricsPort: number;
  beforeAll(async () => {
    metricsPort = await findFreePort();
    const off = { VANT_LIMITS_SEND_PER_DEVICE: 'off', VANT_LIMITS_SEND_PER_ACCOUNT: 'off' };
    server = await startTestServer({
      ...OPEN_LIMITS,
      ...off,
      VANT_METRICS_LISTEN: `127.0.0.1:${metricsPort}`,
      VANT_LIMITS_CONNECTS_PER_ADDRESS: 'off',
      VANT_LIMITS_REQUESTS_PER_DEVICE: 'off',
      VANT_RELAY_QUEUE_MAX_ENVELOPES: '100',
    });
    alice = server.owner;
    bob = await alice.inviteAndJoin();
  });
  afterAll(() => server.stop());

  /** Sends, and then asks: a keepalive is answered behind everything, or the connection has ended for a reason. */
  async function survive(frames: readonly (Uint8Array | string)[]): Promise<RawConnection> {
    const connection = await alice.connect({ query: '?deliver=false' });
    for (const frame of frames) connection.socket.send(frame);
    connection.write({ $case: 'keepalive', value: {} });
    const isAnswered = () => connection.frames.some(({ $case }) => $case === 'keepalive');
    const isClosed = () => connection.socket.readyState === connection.socket.CLOSED;
    await connection.until(() => isAnswered() || isClosed(), 'an answer or an end');
    connection.socket.close();
    const { code } = await connection.closed;
    expect(isAnswered() || closeCodes.has(code), `closed with ${code}`).toBe(true);
    return connection;
  }

  const request = fc.record({
    requestId: fc.nat(),
    recipient: fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.constant(0).map(() => accountIdToBytes(bob.accountId)),
    ),
    messageId: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
    clientTimestamp: fc.maxSafeNat(),
    messages: fc.array(
      fc.record({
        deviceId: fc.oneof(fc.nat(), fc.constant(1)),
        registrationId: fc.oneof(
          fc.nat(),
          fc.constant(0).map(() => bob.registrationId),
        ),
        content: fc.uint8Array({ maxLength: 40 }),
      }),
      { maxLength: 4 },
    ),
    urgent: fc.boolean(),
    ephemeral: fc.boolean(),
    ttlSeconds: fc.nat(),
    resend: fc.boolean(),
    call: fc.boolean(),
  }) as fc.Arbitrary<SendRequest>;
  const body: fc.Arbitrary<NonNullable<ClientFrame['body']>> = fc.oneof(
    request.map((value) => ({ $case: 'send' as const, value })),
    fc
      .array(fc.maxSafeNat(), { maxLength: 30 })
      .map((deliveryIds) => ({ $case: 'ack' as const, value: { deliveryIds } })),
    fc.constant({ $case: 'keepalive' as const, value: {} }),
  );
  const valid = body.map((each) => ClientFrame.encode({ body: each }).finish());
  const mutated = fc.tuple(valid, fc.nat(), fc.nat(255), fc.nat()).map(([frame, at, value, cut]) => {
    const bytes = Uint8Array.from(frame);
    if (bytes.length > 0) bytes[at % bytes.length] = value;
    return bytes.subarray(0, cut % (bytes.length + 1) || bytes.length);
  });
  const anything = fc.oneof(valid, mutated, fc.uint8Array({ maxLength: 200 }), fc.string({ maxLength: 20 }));

  test('random, mutated, truncated and text frames end in an answer or a close code of the table', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { minLength: 1, maxLength: 6 }), async (frames) => {
        await survive(frames);
      }),
      { numRuns: RUNS },
    );
    expect(server.logText()).not.toContain('"level":"error"');
  });

  test('numbers beyond what JavaScript counts exactly are refused, not rounded', async () => {
    // Ack{delivery_ids: [2^64 - 1]}
    const huge = Buffer.from([0x12, 0x0c, 0x0a, 0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    const connection = await survive([huge]);
    expect((await connection.closed).code).toBe(4400);
  });

  test('many rounds leave no memory, no handle and no connection behind', async () => {
    const garbage = Array.from({ length: 40 }, () => randomBytes(1 + (randomBytes(1)[0]! % 120)));
    const round = async () => {
      for (const frame of garbage) await survive([frame]);
    };
    const settle = () => {
      collectGarbage();
      const handles = process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
      return { handles, heap: getHeapStatistics().used_heap_size };
    };
    for (let i = 0; i < 3; i++) await round();
    const before = settle();
    for (let i = 0; i < 15; i++) await round();
    // Sockets of the test close a moment after the connection has ended.
    await until('all sockets to be gone', () => settle().handles <= before.handles);
    const after = settle();
    // 600 connections; a leaked one would hold some ten kilobytes.
    expect(after.heap - before.heap).toBeLessThan(4 * 1024 * 1024);
    const metrics = async () => await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    await until('the server to count no connection', async () => /^vant_connections 0$/m.test(await metrics()));
  });

  test('the relay still works', async () => {
    const b = await bob.connect();
    await b.untilFrame('queueDrained');
    const a = await alice.connect();
    const before = b.received.length;
    expect((await a.send(bob, 'still here')).$case).toBe('accepted');
    await b.until(() => b.received.length > before, 'a delivery');
    expect(b.received.at(-1)!.content).toBe('still here');
    for (const connection of [a, b]) await connection.close();
  });
});
