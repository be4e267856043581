import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERRORS } from '../../../wire/errors.ts';
import type { RawConnection, RawDevice } from '../../support/raw-device.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { OPEN_LIMITS, startTwoNodes } from '../../support/two-nodes.ts';

const refused = (work: Promise<RawConnection>) =>
  work.then(
    (connection) => connection,
    (error: unknown) => (error as Error).message,
  );

describe('how many connections', () => {
  let server: TestServer;
  let alice: RawDevice;
  beforeAll(async () => {
    server = await startTestServer({
      ...OPEN_LIMITS,
      VANT_RELAY_MAX_CONNECTIONS: '6',
      VANT_RELAY_MAX_CONNECTIONS_PER_ADDRESS: '4',
      VANT_SERVER_TRUSTED_PROXIES: '[127.0.0.1]',
    });
    alice = server.owner;
  });
  afterAll(() => server.stop());

  test('as many as allowed from one address and in all, also when they come at once; a closed one makes room', async () => {
    const fromHere = await Promise.all(
      Array.from({ length: 20 }, () => refused(alice.connect({ query: '?deliver=false' }))),
    );
    const open = fromHere.filter((result) => typeof result !== 'string');
    expect(open).toHaveLength(4);
    expect(new Set(fromHere.filter((result) => typeof result === 'string'))).toEqual(new Set(['refused with 503']));
    await open[0]!.close();
    open[0] = await alice.connect({ query: '?deliver=false' });
    await expect(alice.connect({ query: '?deliver=false' })).rejects.toThrow('refused with 503');
    for (const connection of open) await connection.close();
  });
});

describe('draining', () => {
  test('devices are told when to come back, requests under way are answered, and nothing keeps the server waiting', async () => {
    const server = await startTestServer({ ...OPEN_LIMITS, VANT_SERVER_DRAIN_TIMEOUT: '5s' });
    const alice = server.owner;
    const bob = await alice.inviteAndJoin();
    const [a, b] = [await alice.connect(), await bob.connect()];
    const sends = Array.from({ length: 50 }, (_, index) => a.send(bob, `${index}`));
    // The last one is at the server when it begins to stop.
    await b.untilReceived(1);
    const late = Array.from({ length: 20 }, () => refused(alice.connect({ query: '?deliver=false' })));
    const stopping = server.stop();
    const codes = (await Promise.all(sends)).map(({ $case }) => $case);
    expect(new Set(codes)).toEqual(new Set(['accepted']));
    for (const connection of [a, b]) {
      expect((await connection.closed).code).toBe(ERRORS.DRAINING.closeCode);
      const draining = connection.frames.find(({ $case }) => $case === 'draining');
      expect(draining).toMatchObject({ value: { reconnectAfterMs: expect.any(Number) as number } });
    }
    for (const connection of await Promise.all(late)) {
      if (typeof connection !== 'string') expect([1012, 1006]).toContain((await connection.closed).code);
    }
    await stopping;
  });

  test('whoever is being looked up when it begins is refused, and is not waited for', async () => {
    const nodes = await startTwoNodes({ VANT_LIMITS_CONNECTS_PER_ADDRESS: 'off' });
    const bob = await nodes.owner.inviteAndJoin();
    // Reads nothing, so that draining lasts for its timeout of a second.
    const stubborn = await bob.connect();
    stubborn.socket.pause();
    // Redis answers again in a moment; until then nobody is authenticated.
    await nodes.redis.run('CLIENT', 'PAUSE', '300', 'ALL');
    const late = refused(bob.connect({ query: '?deliver=false' }));
    // By now the upgrade has most likely come, too; the outcome is the same if it has not.
    await fetch(`${nodes.one.url}/health/live`);
    const stopping = nodes.one.app.stop();
    expect(await late).toBe('refused with 503');
    await stopping;
    stubborn.socket.terminate();
    await nodes.two.app.stop();
    await nodes.redis.stop();
  });

  test('whoever does not leave is cut off after the timeout', async () => {
    const server = await startTestServer({ VANT_SERVER_DRAIN_TIMEOUT: '300ms' });
    const connection = await server.owner.connect();
    // Reads nothing any more, so it never sees the close frame.
    connection.socket.pause();
    const startedAt = performance.now();
    await server.stop();
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    connection.socket.terminate();
  });
});
