/** One HTTP/2 connection to one provider, kept open and made anew when it ends. Requests that the provider certainly has not
 * looked at (after GOAWAY, or refused) are sent again on the next connection; of all others the caller decides. */
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import type { Trace } from './push-provider.ts';

const nodeHttp2 = () => process.getBuiltinModule('node:http2');

const TIMEOUT_MS = 20_000;
/** Apple may go silent on a connection that idles; a ping that is not answered ends it. */
const PING_INTERVAL_MS = 60_000;
const PING_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS_TRIED = 3;
const MAX_ANSWER_CHARS = 16_384;

export interface Http2Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The provider has not processed the request. */
class NotProcessedError extends Error {
  override readonly name = 'NotProcessedError';
}

interface Options {
  readonly origin: string;
  /** Trusted besides the public authorities. */
  readonly ca: string[] | undefined;
  readonly timeoutMs?: number;
}

export class Http2Client {
  readonly origin: string;
  readonly #ca: string[] | undefined;
  readonly #timeoutMs: number;
  #session: Session | undefined;

  constructor({ origin, ca, timeoutMs = TIMEOUT_MS }: Options) {
    this.origin = origin;
    this.#timeoutMs = timeoutMs;
    this.#ca = ca;
  }

  /** @throws Error when there is no answer. */
  async post(path: string, headers: OutgoingHttpHeaders, body: string, trace: Trace): Promise<Http2Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#open(trace).post(path, headers, body, this.#timeoutMs);
      } catch (error) {
        if (!(error instanceof NotProcessedError) || attempt === MAX_CONNECTIONS_TRIED) throw error;
      }
    }
  }

  #open(trace: Trace): Session {
    if (this.#session?.isUsable === true) return this.#session;
    const session = new Session(nodeHttp2().connect(this.origin, this.#ca && { ca: this.#ca }));
    session.onConnect(() => trace('connect'));
    this.#session = session;
    return session;
  }

  close(): void {
    this.#session?.close();
  }
}

class Session {
  readonly #session: ClientHttp2Session;
  readonly #pings: NodeJS.Timeout;
  #lastStreamId: number | undefined;

  constructor(session: ClientHttp2Session) {
    this.#session = session;
    // Each stream is told as well.
    session.on('error', () => undefined);
    session.on('goaway', (_code: number, lastStreamId: number) => (this.#lastStreamId = lastStreamId));
    session.once('close', () => clearInterval(this.#pings));
    // A connection that idles keeps no process alive.
    session.unref();
    this.#pings = setInterval(() => this.#ping(), PING_INTERVAL_MS).unref();
  }

  get isUsable(): boolean {
    return this.#lastStreamId === undefined && !this.#session.closed && !this.#session.destroyed;
  }

  onConnect(listener: () => void): void {
    this.#session.once('connect', listener);
  }

  close(): void {
    this.#session.destroy();
  }

  #ping(): void {
    if (this.#session.connecting) return;
    const deadline = setTimeout(() => this.#session.destroy(), PING_TIMEOUT_MS).unref();
    this.#session.ping(() => clearTimeout(deadline));
  }

  async post(path: string, headers: OutgoingHttpHeaders, body: string, timeoutMs: number): Promise<Http2Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Http2Answer>();
    let stream: ClientHttp2Stream;
    try {
      stream = this.#session.request({ ':method': 'POST', ':path': path, ...headers });
    } catch (error) {
      throw new NotProcessedError('the connection has ended', { cause: error });
    }
    let answer: IncomingHttpHeaders = {};
    let text = '';
    const deadline = setTimeout(() => {
      stream.destroy(new Error(`no answer within ${timeoutMs / 1000} s`));
      // Whatever else waits on this connection waits in vain, too.
      this.#session.destroy();
    }, timeoutMs);
    stream.setEncoding('utf8');
    stream.once('response', (received) => (answer = received));
    stream.on('data', (chunk: string) => (text = (text + chunk).slice(0, MAX_ANSWER_CHARS)));
    stream.once('error', (error: Error) => reject(this.#toError(stream, error)));
    stream.once('close', () => {
      clearTimeout(deadline);
      const status = Number(answer[':status'] ?? 0);
      if (status === 0) reject(this.#toError(stream, new Error('the connection ended without an answer')));
      else resolve({ status, headers: answer, text });
    });
    stream.end(body);
    return await promise;
  }

  /** RFC 9113, 6.8 and 8.7: what is above the last stream, or refused, has not been processed. */
  #toError(stream: ClientHttp2Stream, error: Error): Error {
    const { NGHTTP2_REFUSED_STREAM } = nodeHttp2().constants;
    const isBeyond = this.#lastStreamId !== undefined && (stream.id ?? Infinity) > this.#lastStreamId;
    const isRefused = stream.rstCode === NGHTTP2_REFUSED_STREAM;
    return isBeyond || isRefused ? new NotProcessedError('the connection was closed', { cause: error }) : error;
  }
}
