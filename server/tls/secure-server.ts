/** The one port: HTTPS, TURN over TLS, challenges of the authority, and a word for whoever speaks plain HTTP here. */
import { EventEmitter, once } from 'node:events';
import type { RequestListener, Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { readUntilKnown, sniffStream } from '../turn/net/sniff-stream.ts';
import type { Certificate } from '../turn/net/stream-listener.ts';
import type { ChallengeAnswers } from './challenge-answers.ts';

/** As http/node-http.ts does. */
const nodeHttps = () => process.getBuiltinModule('node:https');

/** RFC 8737. */
const ACME_PROTOCOL = 'acme-tls/1';
const HTTP_PROTOCOL = 'http/1.1';

/** TLS 1.3, and of 1.2 only what has forward secrecy and authenticated encryption (RFC 9325, 4.2). */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Browsers open connections ahead of need and say nothing on them for a while. */
const SILENCE_TIMEOUT_MS = 60_000;
/** Whoever came this short a time ago is let through when the server ends: a handshake and a request are under way. */
const ARRIVAL_MS = 1_000;
/** The first byte of TLS: a handshake record. */
const TLS_HANDSHAKE = 0x16;

interface Options {
  readonly certificate: () => Certificate;
  readonly answers: ChallengeAnswers;
  /** Who asks in plain HTTP. */
  readonly plainHttp: HttpServer;
  /** Takes a decrypted stream that is TURN. @returns false when nobody does. */
  readonly serveTurn: (socket: Socket) => boolean;
}

export interface SecureServer {
  readonly server: HttpsServer;
  /** Takes no more connections, lets those come through that are just arriving, and ends what is neither HTTP nor waited for by it, so
   * that the server can close. */
  endStreams(): Promise<void>;
}

export function createSecureServer(handler: RequestListener, options: Options): SecureServer {
  const { certificate, answers, plainHttp, serveTurn } = options;
  const streams = new StreamSet();
  const server = nodeHttps().createServer(
    {
      ...certificate(),
      minVersion: 'TLSv1.2',
      ciphers: CIPHERS,
      honorCipherOrder: true,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      ALPNCallback: chooseProtocol(answers),
    },
    handler,
  );
  interpose(server, 'connection', (socket, serveTls) => {
    streams.add(socket);
    void readUntilKnown(socket, HANDSHAKE_TIMEOUT_MS, ([first]) => first).then((first) => {
      if (first === TLS_HANDSHAKE) serveTls();
      else if (first !== undefined) plainHttp.emit('connection', socket);
    });
  });
  interpose(server, 'secureConnection', (socket, serveHttp) => {
    streams.add(socket);
    // The authority has seen what it wanted to see: the certificate.
    if ('alpnProtocol' in socket && socket.alpnProtocol === ACME_PROTOCOL) return void socket.end();
    void sniffStream(socket, SILENCE_TIMEOUT_MS).then((kind) => {
      if (kind === 'http') {
        // From here on the web server closes what is idle, and lets the rest come to its end.
        streams.release(socket);
        serveHttp();
      } else if (kind === 'turn' && !serveTurn(socket)) socket.destroy();
    });
  });
  const stopTaking = closeInTwoSteps(server);
  return {
    server,
    async endStreams() {
      stopTaking();
      await streams.untilArrived();
      streams.destroyAll();
    },
  };
}

/** Closing a web server cuts off connections on which nothing was asked yet. With a socket of systemd's nobody need notice a restart: who
 * comes later waits for the next server, and who came a moment ago gets an answer of this one.
 * @returns the first step; the second one is `server.close`. */
function closeInTwoSteps(server: HttpsServer): () => void {
  const closed = Promise.withResolvers<undefined>();
  let isTaking = true;
  const stopTaking = (): void => {
    if (!isTaking) return;
    isTaking = false;
    NetServer.prototype.close.call(server, () => closed.resolve(undefined));
  };
  const closeAll = server.close.bind(server);
  server.close = (callback) => {
    stopTaking();
    // Closes what is idle. That it takes no connections any more is known.
    closeAll(() => undefined);
    void closed.promise.then(() => callback?.());
    return server;
  };
  return stopTaking;
}

interface Stream {
  readonly socket: Socket;
  readonly cameAtMs: number;
}

/** Sockets that the web server does not know of: they would keep it from closing. */
class StreamSet {
  /** By the other end: the decrypted socket takes the place of the one below it. */
  readonly #streams = new Map<string, Stream>();
  readonly #events = new EventEmitter();

  add(socket: Socket): void {
    const key = toKey(socket);
    const cameAtMs = this.#streams.get(key)?.cameAtMs ?? performance.now();
    this.#streams.set(key, { socket, cameAtMs });
    socket.once('close', () => this.release(socket));
    // The peer may go at any moment; there is nobody to tell.
    socket.on('error', () => undefined);
  }

  release(socket: Socket): void {
    this.#streams.delete(toKey(socket));
    this.#events.emit('left');
  }

  async untilArrived(): Promise<void> {
    const signal = AbortSignal.timeout(ARRIVAL_MS);
    while (this.#hasArriving() && !signal.aborted) {
      await once(this.#events, 'left', { signal }).catch(() => undefined);
    }
    // The web server has yet to see what was asked, or it would be idle.
    await nextTurn();
  }

  destroyAll(): void {
    for (const { socket } of this.#streams.values()) socket.destroy();
  }

  #hasArriving(): boolean {
    const sinceMs = performance.now() - ARRIVAL_MS;
    return [...this.#streams.values()].some(({ cameAtMs }) => cameAtMs > sinceMs);
  }
}

const toKey = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress ?? ''} ${remotePort ?? ''}`;

/** Puts `take` before those who listen to the event already; it calls them, or does not. */
function interpose(
  server: HttpsServer,
  event: 'connection' | 'secureConnection',
  take: (socket: Socket, pass: () => void) => void,
): void {
  const listeners = server.listeners(event) as ((socket: Socket) => void)[];
  server.removeAllListeners(event);
  server.on(event, (socket: Socket) =>
    take(socket, () => {
      for (const listener of listeners) listener.call(server, socket);
    }),
  );
}

/** Node calls it on the socket. Clients that name no protocol at all (TURN) are not asked for one. */
function chooseProtocol(answers: ChallengeAnswers) {
  return function (
    this: TLSSocket,
    { servername, protocols }: { readonly servername: string; readonly protocols: readonly string[] },
  ): string | undefined {
    if (!protocols.includes(ACME_PROTOCOL)) return protocols.includes(HTTP_PROTOCOL) ? HTTP_PROTOCOL : undefined;
    const context = answers.findContext(servername);
    if (context === undefined) return undefined;
    this.setKeyCert(context);
    return ACME_PROTOCOL;
  };
}
