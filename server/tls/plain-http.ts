/** What is answered to plain HTTP where HTTPS is served: challenges of the authority, the help page of a local one, and otherwise
 * the way to HTTPS. Nothing of the product is reached here. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from '../http/node-http.ts';
import type { ChallengeAnswers } from './challenge-answers.ts';

/** Of the help page, where there is one. */
export const TRUST_PATH = '/trust';
/** Of the certificate that it offers. */
export const CERTIFICATE_PATH = '/vant-ca.crt';

export interface PlainPage {
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly fileName?: string;
}

/** @param httpsOrigin where HTTPS is */
export type FindPage = (path: string, httpsOrigin: string) => PlainPage | undefined;

interface Options {
  readonly answers: ChallengeAnswers;
  /** Where HTTPS is: an origin. */
  readonly publicUrl: () => string;
  /** Other hosts that have a certificate here. */
  readonly names: readonly string[];
  /** Pages by path, for those who cannot use HTTPS yet. */
  readonly findPage: FindPage;
}

/** RFC 8555, 8.3. */
const CHALLENGE_PATH = '/.well-known/acme-challenge/';
const TIMEOUT_MS = 10_000;

export function createPlainHttp(options: Options): Server {
  const server = createServer({ headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS }, (request, response) => {
    response.setHeader('connection', 'close');
    answer(request, response, options);
  });
  // Connections of the shared port are not the web server's to time.
  server.on('connection', (socket) => socket.setTimeout(TIMEOUT_MS, () => socket.destroy()));
  return server;
}

function answer(request: IncomingMessage, response: ServerResponse, options: Options): void {
  const { answers, findPage } = options;
  const url = URL.parse(request.url ?? '/', 'http://host');
  const path = url?.pathname ?? '/';
  if (path.startsWith(CHALLENGE_PATH)) {
    const text = answers.findKeyAuthorization(path.slice(CHALLENGE_PATH.length));
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'application/octet-stream' }).end(text);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    // What was sent has been sent in the clear: better to say so than to ask for it once more.
    response.writeHead(403, { 'content-type': 'text/plain' }).end('This server speaks HTTPS only.\n');
    return;
  }
  const origin = findOrigin(request, options);
  const page = findPage(path, origin);
  if (page !== undefined) sendPage(response, page);
  else response.writeHead(307, { location: `${origin}${path}${url?.search ?? ''}` }).end();
}

const PAGE_HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

function sendPage(response: ServerResponse, { contentType, body, fileName }: PlainPage): void {
  const disposition = fileName === undefined ? {} : { 'content-disposition': `attachment; filename="${fileName}"` };
  response.writeHead(200, { ...PAGE_HEADERS, ...disposition, 'content-type': contentType }).end(body);
}

/** The host that was asked for, if it is one of ours: never wherever a header says. */
function findOrigin({ headers }: IncomingMessage, { names, publicUrl }: Options): string {
  const url = new URL(publicUrl());
  const asked = URL.parse(`http://${headers.host ?? ''}`)?.hostname.replace(/^\[(.*)\]$/, '$1');
  if (asked !== undefined && names.includes(asked)) url.hostname = asked.includes(':') ? `[${asked}]` : asked;
  return url.origin;
}
