import type { IncomingMessage } from 'node:http';
import { AcmeError, toNetworkProblem } from './acme-error.ts';

const nodeHttps = () => process.getBuiltinModule('node:https');

const TIMEOUT_MS = 30_000;
/** Chains are a few KiB; more is no answer of an authority. */
const MAX_ANSWER_BYTES = 256 * 1024;
const USER_AGENT = 'vant (https, node)';

export interface AcmeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export type AcmeRequest = (
  url: string,
  options?: { readonly method?: 'GET' | 'HEAD' | 'POST'; readonly body?: string },
) => Promise<AcmeAnswer>;

/** @param ca PEM, trusted besides the public authorities. @param signal ends what is under way */
export function createAcmeHttp(ca: string | undefined, signal: AbortSignal): AcmeRequest {
  return async (url, { method = 'GET', body } = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<AcmeAnswer>();
    const headers = {
      'user-agent': USER_AGENT,
      ...(body !== undefined && { 'content-type': 'application/jose+json' }),
    };
    const trusted = ca === undefined ? {} : { ca: [...process.getBuiltinModule('node:tls').getCACertificates(), ca] };
    const request = nodeHttps().request(url, { method, headers, signal, agent: false, ...trusted });
    request.setTimeout(TIMEOUT_MS, () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    request.once('error', reject).once('response', (response) => void readAnswer(response).then(resolve, reject));
    request.end(body);
    return await promise.catch((error: unknown) => {
      throw new AcmeError(toNetworkProblem(error), error);
    });
  };
}

async function readAnswer(response: IncomingMessage): Promise<AcmeAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
  }
  return { status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') };
}

/** RFC 9110, 10.2.3: seconds or a date. */
export function parseRetryAfter(value: string | string[] | undefined, now: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
