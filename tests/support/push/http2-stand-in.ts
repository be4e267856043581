import { once } from 'node:events';
import {
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { testCertificate } from './test-certificate.ts';

export interface StandInAnswer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Record<string, string>;
}

/** `goaway`: the connection ends, and this request has not been looked at. */
export type Behaviour = StandInAnswer | 'hang' | 'goaway' | 'reset';

/** What the stand-ins of Apple and Google have in common: a strict HTTP/2 server whose next answers a test can choose. */
export abstract class Http2StandIn {
  readonly #server: Http2SecureServer;
  readonly #sessions = new Set<ServerHttp2Session>();
  /** Everything that ever came, as it came: for the canary. */
  readonly raw: Buffer[] = [];
  readonly complaints: string[] = [];
  /** Instead of looking at any request. */
  outage: Behaviour | undefined;
  /** For the next requests, before they are looked at. */
  readonly next: Behaviour[] = [];
  requests = 0;
  sessions = 0;
  /** Ends each connection in order after this many requests. */
  goawayAfter = Infinity;

  protected constructor() {
    const { cert, key } = testCertificate();
    this.#server = createSecureServer({ cert, key });
    this.#server.on('session', (session: ServerHttp2Session) => this.#accept(session));
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get origin(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  protected abstract answer(headers: IncomingHttpHeaders, body: string): StandInAnswer;

  #accept(session: ServerHttp2Session): void {
    this.sessions++;
    this.#sessions.add(session);
    let streams = 0;
    session.on('error', () => undefined);
    session.once('close', () => this.#sessions.delete(session));
    session.on('stream', (stream, headers) => {
      streams++;
      stream.on('error', () => undefined);
      void this.#serve(session, stream, headers, streams);
    });
  }

  async #serve(
    session: ServerHttp2Session,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    count: number,
  ): Promise<void> {
    if (count > this.goawayAfter) {
      // RFC 9113, 6.8: what comes after the announced last stream is ignored.
      stream.close(7);
      return;
    }
    let body = '';
    stream.setEncoding('utf8');
    for await (const chunk of stream as AsyncIterable<string>) body += chunk;
    this.requests++;
    this.raw.push(Buffer.from(JSON.stringify(headers)), Buffer.from(body));
    const behaviour = this.outage ?? this.next.shift();
    if (behaviour === 'hang') return;
    if (behaviour === 'reset') {
      session.destroy();
      return;
    }
    if (behaviour === 'goaway') {
      session.goaway(0, (stream.id ?? 1) - 2);
      stream.close(7);
      return;
    }
    if (count === this.goawayAfter) session.goaway(0, stream.id);
    this.#respond(stream, behaviour ?? this.#judge(headers, body));
  }

  #judge(headers: IncomingHttpHeaders, body: string): StandInAnswer {
    try {
      return this.answer(headers, body);
    } catch (error) {
      this.complaints.push((error as Error).message);
      return { status: 400, body: { reason: 'BadRequest' } };
    }
  }

  #respond(stream: ServerHttp2Stream, { status, body, headers }: StandInAnswer): void {
    if (stream.destroyed) return;
    stream.respond({ ':status': status, ...headers });
    stream.end(body === undefined ? '' : JSON.stringify(body));
  }
}
