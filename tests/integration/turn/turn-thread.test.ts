/** The TURN thread with real sockets: every transport, and what happens when things go wrong around it. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Received, TurnClient } from '../../../server/turn/client/turn-client.ts';
import { ERROR } from '../../../server/turn/stun/stun-constants.ts';
import { createCertificate } from '../../support/turn/certificate.ts';
import { SECRET, SETTINGS, startTurnHost, type TurnHost } from '../../support/turn/turn-host.ts';
import { until } from '../../support/until.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

async function start(...options: Parameters<typeof startTurnHost>): Promise<TurnHost> {
  const host = await startTurnHost(...options);
  cleanups.push(() => host.stop());
  return host;
}

async function open(host: TurnHost, ...options: Parameters<TurnHost['client']>): Promise<TurnClient> {
  const client = await host.client(...options);
  cleanups.push(() => client.close());
  return client;
}

const nextData = (client: TurnClient): Promise<Received> =>
  new Promise((resolve) => {
    client.onData = resolve;
  });

/** Data from one to the other and back. */
async function exchange(a: TurnClient, b: TurnClient): Promise<string[]> {
  const [relayedA, relayedB] = [await a.allocate(), await b.allocate()];
  await a.bindChannel(0x4000, relayedB);
  await b.bindChannel(0x4001, relayedA);
  const there = nextData(b);
  a.sendChannelData(0x4000, Buffer.from('there'));
  const received = [await there];
  const back = nextData(a);
  b.sendChannelData(0x4001, Buffer.from('back'));
  received.push(await back);
  return received.map(({ data }) => Buffer.from(data).toString());
}

describe('transports', () => {
  const transports = ['udp', 'tcp', 'tls'] as const;
  const listen = ['127.0.0.1', '::1'].flatMap((address) =>
    transports.map((transport) => ({ transport, address, port: 0 })),
  );

  test('each speaks with each, over IPv4 and IPv6', async () => {
    const host = await start({ listen }, { certificate: await createCertificate() });
    for (const from of transports) {
      for (const to of transports) {
        const a = await open(host, from);
        const b = await open(host, to, 'other', { address: '::1' });
        expect(await exchange(a, b), `${from} to ${to}`).toEqual(['there', 'back']);
        await Promise.all([a.refresh(0), b.refresh(0)]);
      }
    }
    expect(host.supervisor.counters).toMatchObject({ allocations: 0, internalPacketsTotal: 18 });
  });

  test('a peer outside is reached from the relayed address, and answers to it', async () => {
    const host = await start({ allowPeers: ['127.0.0.1'], externalAddresses: ['127.0.0.2'] });
    const peer = createSocket('udp4');
    cleanups.push(() => peer.close());
    peer.bind(0, '127.0.0.1');
    await once(peer, 'listening');
    const senders: number[] = [];
    peer.on('message', (bytes, { port, address }) => {
      senders.push(port);
      peer.send(bytes, port, address);
    });
    const client = await open(host);
    const relayed = await client.allocate();
    await client.createPermission('127.0.0.1');
    const echo = nextData(client);
    client.send({ address: '127.0.0.1', port: peer.address().port }, Buffer.from('hello'));
    expect(Buffer.from((await echo).data).toString()).toBe('hello');
    expect(senders).toEqual([relayed.port]);
    // Nobody without permission gets in.
    const stranger = createSocket('udp4');
    cleanups.push(() => stranger.close());
    stranger.bind(0, '127.0.0.3');
    await once(stranger, 'listening');
    stranger.send('let me in', relayed.port, '127.0.0.1');
    await until('the drop', () => host.supervisor.counters.droppedPacketsTotal === 1);
  });

  test('the end of a stream ends its allocation', async () => {
    const host = await start();
    const client = await host.client('tcp');
    await client.allocate();
    expect(host.supervisor.counters.allocations).toBe(1);
    client.close();
    // The counters are shared memory, and may be ahead of the event.
    await until('the end', () => host.events.some(({ type }) => type === 'ended'));
    expect(host.events.at(-1)).toMatchObject({ type: 'ended', reason: 'disconnected', transport: 'tcp' });
    expect(host.supervisor.counters.allocations).toBe(0);
  });

  test('a stream that carries something else is ended', async () => {
    const host = await start();
    const socket = connectTcp(host.port('tcp'), '127.0.0.1');
    socket.write('\x00\x01\x00\x00this is not STUN at all');
    await once(socket, 'close');
  });

  test('a certificate can be replaced under a running server', async () => {
    const [first, second] = [await createCertificate(), await createCertificate()];
    const host = await start({ listen: [{ transport: 'tls', address: '127.0.0.1', port: 0 }] }, { certificate: first });
    await (await open(host, 'tls')).bind();
    const state = { secrets: ['x'], certificate: second, revoked: [] };
    host.supervisor.setState(state);
    await until('the new certificate', async () => {
      const refused = await host.client('tls').then(
        (client) => client.close(),
        (error: unknown) => (error as Error).message,
      );
      return typeof refused === 'string';
    });
  });
});

describe('limits', () => {
  test('connections of one source, before they have said anything', async () => {
    const host = await start({ streamLimits: { ...SETTINGS.streamLimits, maxConnectionsPerSource: 3 } });
    const sockets: Socket[] = [];
    const dial = () => {
      const socket = connectTcp(host.port('tcp'), '127.0.0.1').on('error', () => undefined);
      cleanups.push(() => socket.destroy());
      sockets.push(socket);
      return socket;
    };
    for (let count = 0; count < 3; count++) await once(dial(), 'connect');
    const fourth = dial();
    await once(fourth, 'close');
    sockets[0]!.destroy();
    await until('room again', async () => {
      const client = await host.client('tcp');
      try {
        await client.bind();
        return true;
      } catch {
        return false;
      } finally {
        client.close();
      }
    });
  });

  test('a stream that says nothing whole is ended, one with an allocation stays', async () => {
    const host = await start({ streamLimits: { ...SETTINGS.streamLimits, idleMs: 300 } });
    const client = await open(host, 'tcp');
    await client.allocate();
    const quiet = connectTcp(host.port('tcp'), '127.0.0.1');
    const trickle = setInterval(() => quiet.write('\x00'), 50);
    cleanups.push(() => clearInterval(trickle));
    quiet.on('error', () => undefined);
    await once(quiet, 'close');
    expect(await client.refresh(600)).toBe(600);
  });

  test('ports: 508 when all are in use, and none is lost', async () => {
    const host = await start({ relayPorts: { min: 25_000, max: 25_003 } });
    for (let round = 0; round < 3; round++) {
      const clients: TurnClient[] = [];
      for (let count = 0; count < 4; count++) {
        clients.push(await open(host));
        await clients.at(-1)!.allocate();
      }
      await expect((await open(host)).allocate()).rejects.toMatchObject({ code: ERROR.INSUFFICIENT_CAPACITY });
      await Promise.all(clients.map((client) => client.refresh(0)));
    }
  });

  test('ports that other programs have are passed over', async () => {
    const other = createSocket('udp4');
    cleanups.push(() => other.close());
    other.bind(25_010, '127.0.0.1');
    await once(other, 'listening');
    const host = await start({ relayPorts: { min: 25_010, max: 25_012 } });
    const ports = [await (await open(host)).allocate(), await (await open(host)).allocate()].map(({ port }) => port);
    expect(ports.toSorted()).toEqual([25_011, 25_012]);
  });
});

describe('when something is wrong', () => {
  test('a port that is taken is told, the others are served', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    cleanups.push(() => other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const listen = (['udp', 'tcp'] as const).map((transport) => ({ transport, address: '127.0.0.1', port }));
    const host = await start({ listen });
    expect(host.status.failures).toEqual([{ transport: 'tcp', address: '127.0.0.1', port, code: 'EADDRINUSE' }]);
    await (await open(host, 'udp')).bind();
  });

  test('a thread that dies is started again, and calls go on', async () => {
    const crashed = Promise.withResolvers<Error>();
    const probe = createSocket('udp4').bind(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address();
    probe.close();
    const listen = [{ transport: 'udp' as const, address: '127.0.0.1', port }];
    const host = await start({ listen }, { onCrash: crashed.resolve });
    const [a, b] = [await open(host), await open(host, 'udp', 'other')];
    expect(await exchange(a, b)).toEqual(['there', 'back']);
    // Something that no message should be: an error inside the thread that nobody catches.
    host.supervisor.setState(undefined as never);
    expect((await crashed.promise).message).toMatch(/undefined/);
    host.supervisor.setState({ secrets: [SECRET], certificate: undefined, revoked: [] });
    await until('the allocations in the next thread', () => host.supervisor.counters.allocations === 2);
    // The same ports, permissions and channels; nobody has asked for anything again.
    const again = nextData(b);
    a.sendChannelData(0x4000, Buffer.from('still there'));
    expect(Buffer.from((await again).data).toString()).toBe('still there');
    expect(await a.refresh(600)).toBe(600);
    await (await open(host)).allocate();
    expect(host.supervisor.counters).toMatchObject({ allocations: 3, allocationsTotal: 3 });
  });

  test('allocations of a stopped server live on in the next one, as far as their ports are there', async () => {
    const first = await startTurnHost();
    const [a, b] = [await open(first), await open(first, 'udp', 'other')];
    expect(await exchange(a, b)).toEqual(['there', 'back']);
    const stream = await open(first, 'tcp');
    await stream.allocate();
    const taken = await open(first, 'udp', 'taken');
    const lost = await taken.allocate();
    const listen = (['udp', 'tcp'] as const).map((transport) => {
      return { transport, address: '127.0.0.1', port: first.port(transport) };
    });
    const handedOver = await first.supervisor.stop();
    const other = createSocket('udp4').bind(lost.port, '127.0.0.1');
    await once(other, 'listening');
    cleanups.push(() => other.close());
    const second = await start({ listen }, { handedOver });
    expect(second.supervisor.counters).toMatchObject({ allocations: 2, allocationsTotal: 0 });
    const again = nextData(b);
    a.sendChannelData(0x4000, Buffer.from('still there'));
    expect(Buffer.from((await again).data).toString()).toBe('still there');
    expect(await a.refresh(0)).toBe(0);
    await expect(taken.refresh(600)).rejects.toMatchObject({ code: ERROR.ALLOCATION_MISMATCH });
  });

  test('a user who is revoked loses what there is, and gets nothing new', async () => {
    const host = await start();
    const [client, other] = [await open(host, 'udp', 'gone'), await open(host, 'udp', 'stays')];
    await Promise.all([client.allocate(), other.allocate()]);
    host.supervisor.setState({ secrets: [SECRET], certificate: undefined, revoked: ['gone'] });
    await until('the end', () => host.supervisor.counters.allocations === 1);
    await expect((await open(host, 'udp', 'gone')).allocate()).rejects.toMatchObject({ code: ERROR.UNAUTHENTICATED });
    expect(await other.refresh(600)).toBe(600);
  });

  test('after a rotation both secrets hold, after the next only the newer ones', async () => {
    const host = await start();
    const allocate = async () => (await open(host)).allocate();
    host.supervisor.setState({ secrets: ['new', SECRET], certificate: undefined, revoked: [] });
    await allocate();
    host.supervisor.setState({ secrets: ['newest', 'new'], certificate: undefined, revoked: [] });
    // The thread hears of it in its own time.
    const refusal = async (): Promise<unknown> =>
      allocate().then(
        () => 'allocated',
        (error: unknown) => error,
      );
    await expect.poll(refusal).toMatchObject({ code: ERROR.UNAUTHENTICATED });
  });
});
