/** HTTPS to endpoints that members have chosen. The address that is connected to is the one that was checked: the check sits in
 * the resolving that the socket itself does, so a name that changes its mind in between (DNS rebinding) gains nothing. Redirects
 * are not followed. */
import type { LookupAddress } from 'node:dns';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Agent } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { AddressCheck } from './public-address.ts';
import type { Trace } from './push-provider.ts';

/** As http/node-http.ts does, and only when the first push is sent: an idle server needs none of it. */
const nodeHttps = () => process.getBuiltinModule('node:https');
const { lookup: resolveName } = process.getBuiltinModule('node:dns');

const TIMEOUT_MS = 20_000;
/** More of an answer is of no interest, and is not read. */
const MAX_ANSWER_BYTES = 4096;
/** Connections to one push service. */
const MAX_SOCKETS = 32;

export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export type ResolveAll = (hostname: string) => Promise<LookupAddress[]>;

const resolveAll: ResolveAll = (hostname) =>
  new Promise((resolve, reject) => {
    resolveName(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });

interface Options {
  readonly isAllowed: AddressCheck;
  /** Trusted besides the public authorities. */
  readonly ca: string[] | undefined;
  readonly resolve?: ResolveAll;
  readonly timeoutMs?: number;
}

export class GuardedHttps {
  readonly #isAllowed: AddressCheck;
  readonly #resolve: ResolveAll;
  readonly #agent: Agent;
  readonly #timeoutMs: number;

  constructor({ isAllowed, ca, resolve = resolveAll, timeoutMs = TIMEOUT_MS }: Options) {
    this.#timeoutMs = timeoutMs;
    this.#isAllowed = isAllowed;
    this.#resolve = resolve;
    const { Agent: HttpsAgent } = nodeHttps();
    this.#agent = new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS, timeout: TIMEOUT_MS, ...(ca && { ca }) });
  }

  /** @throws ForbiddenAddressError when all addresses of the host are private; other errors when it cannot be resolved. */
  async resolveAllowed(hostname: string): Promise<LookupAddress[]> {
    const literal = hostname.replace(/^\[(.*)\]$/, '$1');
    const family = isIP(literal);
    const found = family === 0 ? await this.#resolve(hostname) : [{ address: literal, family }];
    const allowed = found.filter(({ address }) => this.#isAllowed(address));
    if (allowed.length === 0) throw new ForbiddenAddressError('the endpoint leads to a private address');
    return allowed;
  }

  /** @throws Error when there is no answer. */
  async post(url: URL, headers: Record<string, string | number>, body: Uint8Array, trace: Trace): Promise<Answer> {
    // Node asks no lookup function about an address that is written in the URL.
    if (isIP(url.hostname.replace(/^\[(.*)\]$/, '$1')) !== 0) await this.resolveAllowed(url.hostname);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const request = nodeHttps().request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': body.length },
      agent: this.#agent,
      lookup: (hostname, options, done) => this.#lookUp(hostname, options.all === true, trace, done),
    });
    const late = () => request.destroy(new Error(`no answer within ${this.#timeoutMs / 1000} s`));
    const deadline = setTimeout(late, this.#timeoutMs);
    deadline.unref();
    request.once('close', () => clearTimeout(deadline));
    request.once('error', reject);
    request.once('response', (response) => void readAnswer(response).then(resolve, reject));
    request.once('socket', (socket) => this.#watch(request, socket, trace));
    request.end(body);
    return await promise;
  }

  #lookUp(
    hostname: string,
    wantsAll: boolean,
    trace: Trace,
    done: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
  ): void {
    this.resolveAllowed(hostname).then(
      (addresses) => {
        trace('resolve');
        const [first] = addresses;
        if (wantsAll) done(null, addresses);
        else done(null, first?.address ?? '', first?.family);
      },
      (error: unknown) => done(error as NodeJS.ErrnoException, ''),
    );
  }

  /** A second look at where the connection has gone to. */
  #watch(request: ClientRequest, socket: Socket, trace: Trace): void {
    const look = () => {
      if (this.#isAllowed(socket.remoteAddress ?? '')) trace('connect');
      else request.destroy(new ForbiddenAddressError('the connection went to a private address'));
    };
    if (socket.connecting) socket.once('secureConnect', look);
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      response.destroy();
      break;
    }
  }
  const text = Buffer.concat(chunks).toString('utf8').slice(0, MAX_ANSWER_BYTES);
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}
