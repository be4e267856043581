/** HTTPS by the server itself: what the transports and the composition know of it. */
import type { RequestListener, Server as HttpServer } from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import type { Turn } from '../calls/turn.ts';
import { toSharedPlace } from '../calls/turn-urls.ts';
import type { Log } from '../observability/log.ts';
import type { Certificate } from '../turn/net/stream-listener.ts';
import type { CertificateSource } from './certificate-source.ts';
import type { ChallengeAnswers } from './challenge-answers.ts';
import { checkCertificate, parseChain } from './check-certificate.ts';
import { TRUST_PATH, createPlainHttp, type FindPage } from './plain-http.ts';
import { createSecureServer, type SecureServer } from './secure-server.ts';

interface ListenTarget {
  readonly host: string;
  readonly port: number;
}

export interface TlsOptions {
  readonly source: CertificateSource;
  readonly answers: ChallengeAnswers;
  readonly findPage: FindPage;
  readonly names: readonly string[];
  readonly httpListen: readonly ListenTarget[];
  readonly hstsSeconds: () => number;
  readonly turn: Turn;
  readonly log: Log;
  readonly now: () => number;
}

export class Tls {
  readonly #options: TlsOptions;
  readonly #plainHttp: HttpServer;
  readonly #plainListeners: HttpServer[] = [];
  readonly #servers: SecureServer[] = [];
  #certificate: Certificate;
  #publicUrl = '';

  private constructor(options: TlsOptions, certificate: Certificate) {
    this.#options = options;
    this.#certificate = certificate;
    this.#plainHttp = this.#createPlainHttp();
    options.turn.setCertificate(certificate);
  }

  /** @throws TlsSetupError when there is nothing that could be served. */
  static async open(options: TlsOptions): Promise<Tls> {
    return new Tls(options, await options.source.open());
  }

  /** The server behind server.listen; fastify asks for one per address. */
  readonly createServer = (handler: RequestListener): HttpServer => {
    const { answers } = this.#options;
    const secure = createSecureServer(handler, {
      certificate: () => this.#certificate,
      answers,
      plainHttp: this.#plainHttp,
      serveTurn: (socket) => this.#serveTurn(socket),
    });
    this.#servers.push(secure);
    return secure.server;
  };

  /** Strict-Transport-Security, or undefined. (RFC 6797) */
  get hstsHeader(): string | undefined {
    const seconds = this.#options.hstsSeconds();
    return seconds > 0 ? `max-age=${seconds}` : undefined;
  }

  /** After the port is open: challenges come in on it. */
  async start(publicUrl: string): Promise<void> {
    this.#publicUrl = publicUrl;
    this.#options.turn.shareHttps(toSharedPlace(publicUrl));
    for (const target of this.#options.httpListen) await this.#listenPlain(target);
    this.#tellOfHelp(publicUrl);
    await this.#options.source.start((certificate) => this.#use(certificate));
  }

  async refresh(): Promise<void> {
    await this.#options.source.refresh();
  }

  async endStreams(): Promise<void> {
    await Promise.all(this.#servers.map((each) => each.endStreams()));
  }

  async stop(): Promise<void> {
    await this.#options.source.stop();
    for (const server of this.#plainListeners) {
      server.close();
      server.closeAllConnections();
    }
  }

  /** Where devices cannot know the authority by themselves. */
  #tellOfHelp(publicUrl: string): void {
    const { findPage, log } = this.#options;
    if (findPage(TRUST_PATH, publicUrl) === undefined) return;
    const page = `${publicUrl.replace(/^https:/, 'http:')}${TRUST_PATH}`;
    log.info(
      { page },
      'Devices that do not trust this server yet find help there; vant tls trust shows the fingerprint',
    );
  }

  /** From the next handshake on; connections that are there go on. */
  #use(certificate: Certificate): void {
    const { log, names, now, turn } = this.#options;
    this.#certificate = certificate;
    for (const { server } of this.#servers) server.setSecureContext(certificate);
    turn.setCertificate(certificate);
    const [own] = parseChain(certificate.cert);
    const problems = checkCertificate(certificate, { names, now: now() }).map(({ seen }) => seen);
    log.info({ until: own?.validToDate, ...(problems.length > 0 && { problems }) }, 'A new certificate is in use');
  }

  #serveTurn(socket: Socket): boolean {
    const { remoteAddress: address, remotePort: port } = socket;
    return address !== undefined && port !== undefined && this.#options.turn.serve(socket, { address, port }, true);
  }

  #createPlainHttp(): HttpServer {
    const { answers, names, findPage } = this.#options;
    return createPlainHttp({ answers, names, findPage, publicUrl: () => this.#publicUrl });
  }

  /** A port that is taken takes nothing but the convenience away. */
  async #listenPlain({ host, port }: ListenTarget): Promise<void> {
    const server = this.#createPlainHttp();
    const bound = Promise.withResolvers<undefined>();
    server.once('error', bound.reject).listen({ host, port }, () => bound.resolve(undefined));
    try {
      await bound.promise;
      server.off('error', bound.reject).on('error', () => undefined);
      this.#plainListeners.push(server);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const where = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
      this.#options.log.warn(
        { option: 'tls.http_listen', code },
        `Plain HTTP cannot be answered on ${where}. ${explain(code)}`,
      );
    }
  }
}

function explain(code: string | undefined): string {
  const rest = 'HTTPS is not affected; set tls.http_listen: [] if that is as it should be.';
  if (code === 'EADDRINUSE') return `Another program has this port: stop it, or choose another. ${rest}`;
  if (code === 'EACCES') {
    return `This user may not listen there: allow it (AmbientCapabilities=CAP_NET_BIND_SERVICE in systemd). ${rest}`;
  }
  return rest;
}
