/** One port for HTTPS and TURN: a TLS server of the test sniffs what comes, as the one of the appliance will. */
import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { request } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { TurnClient, type Received } from '../../../server/turn/client/turn-client.ts';
import { classifyStream, sniffStream } from '../../../server/turn/net/sniff-stream.ts';
import * as vectors from '../../vectors/stun.ts';
import { createCertificate } from '../../support/turn/certificate.ts';
import { startTurnHost, type TurnHost } from '../../support/turn/turn-host.ts';
import { until } from '../../support/until.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

async function listen(server: TcpServer | Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** What a server with one port does with each connection. */
function share(host: TurnHost, http: Server, isSecure: boolean) {
  return (socket: import('node:net').Socket) => {
    socket.on('error', () => undefined);
    void sniffStream(socket, 5_000).then((kind) => {
      if (kind === 'http') http.emit('connection', socket);
      const remote = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
      if (kind === 'turn') host.supervisor.serve(socket, remote, isSecure);
    });
  };
}

async function startShared(isSecure: boolean) {
  const certificate = await createCertificate();
  const host = await startTurnHost();
  cleanups.push(() => host.stop());
  const http = createHttpServer((incoming, response) => response.end(`hello ${incoming.url ?? ''}`));
  const handle = share(host, http, isSecure);
  const server = isSecure
    ? createTlsServer({ ...certificate, ALPNProtocols: ['http/1.1'] }, handle)
    : createTcpServer(handle);
  const port = await listen(server);
  const connect = async () => {
    const client = await TurnClient.connect(
      {
        transport: isSecure ? 'tls' : 'tcp',
        address: '127.0.0.1',
        port,
        serverName: 'localhost',
        ca: certificate.cert,
      },
      host.credentials(),
    );
    cleanups.push(() => client.close());
    return client;
  };
  return { host, port, certificate, connect };
}

async function relayOnce(a: TurnClient, b: TurnClient, data: Uint8Array): Promise<Uint8Array> {
  const [relayedA, relayedB] = [await a.allocate(), await b.allocate()];
  await b.createPermission(relayedA.address);
  await a.bindChannel(0x4000, relayedB);
  const received = new Promise<Received>((resolve) => (b.onData = resolve));
  a.sendChannelData(0x4000, data);
  return (await received).data;
}

describe('one port', () => {
  test('HTTPS and TURN over TLS', async () => {
    const { host, port, certificate, connect } = await startShared(true);
    const [a, b] = [await connect(), await connect()];
    expect((await a.bind()).address).toBe('127.0.0.1');
    expect(await relayOnce(a, b, Buffer.alloc(1200, 7))).toEqual(Buffer.alloc(1200, 7));
    const answer = await new Promise<string>((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/x', ca: certificate.cert, servername: 'localhost' };
      request({ ...options, agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => resolve(text));
      })
        .on('error', reject)
        .end();
    });
    expect(answer).toBe('hello /x');
    expect(host.supervisor.counters.allocations).toBe(2);
    a.close();
    b.close();
    await until('the end of both', () => host.supervisor.counters.allocations === 0);
  });

  test('HTTP and TURN over TCP', async () => {
    const { port, connect } = await startShared(false);
    expect(await relayOnce(await connect(), await connect(), Buffer.from('hi'))).toEqual(Buffer.from('hi'));
    const response = await fetch(`http://127.0.0.1:${port}/y`, { method: 'POST', body: 'x'.repeat(100_000) });
    expect(await response.text()).toBe('hello /y');
  });
});

describe('the first bytes', () => {
  test.each([
    ['a Binding request', vectors.SAMPLE_REQUEST, 'turn'],
    ['GET', Buffer.from('GET / HTTP/1.1'), 'http'],
    ['the preface of HTTP/2', Buffer.from('PRI * HTTP/2.0'), 'http'],
    ['ChannelData, which cannot come first', Buffer.from('4000000461626364', 'hex'), 'http'],
    ['zeros', Buffer.alloc(8), 'http'],
  ])('%s', (_, bytes, kind) => {
    expect(classifyStream(bytes)).toBe(kind);
  });

  test('what may become STUN is waited for, byte by byte, and then read whole', async () => {
    const stream = new PassThrough();
    const kind = sniffStream(stream, 5_000);
    for (const byte of vectors.SAMPLE_REQUEST) {
      stream.write(Uint8Array.of(byte));
      await new Promise(setImmediate);
    }
    stream.end();
    expect(await kind).toBe('turn');
    expect(Buffer.concat(await stream.toArray())).toEqual(vectors.SAMPLE_REQUEST);
  });

  test('who says nothing, or leaves, is nobody', async () => {
    const silent = new PassThrough();
    expect(await sniffStream(silent, 20)).toBeUndefined();
    expect(silent.destroyed).toBe(true);
    const gone = new PassThrough();
    const kind = sniffStream(gone, 5_000);
    gone.write(Uint8Array.of(0, 1));
    gone.destroy();
    expect(await kind).toBeUndefined();
  });
});
