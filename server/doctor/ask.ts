/** One HTTP request as a check makes it: to a chosen address, whatever the certificate says (that has a check of its own), and with nothing
 * secret in it. */
import { request as requestHttp, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Its beginning. */
  readonly text: string;
  /** The request asked for another protocol, and got it. */
  readonly isUpgraded: boolean;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;
const MAX_TEXT_BYTES = 16 * 1024;

/** @throws Error of the socket; ETIMEDOUT after the deadline. */
export async function ask(url: URL, { method = 'GET', headers = {}, timeoutMs = TIMEOUT_MS }: AskOptions = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, { method, headers, rejectUnauthorized: false, agent: false });
  const timer = setTimeout(() => request.destroy(createTimeout()), timeoutMs);
  request.once('error', reject);
  request.once('response', (response) => void readText(response).then((text) => resolve(toAnswer(response, text))));
  request.once('upgrade', (response, socket) => {
    socket.destroy();
    resolve({ ...toAnswer(response, ''), isUpgraded: true });
  });
  request.end();
  return await promise.finally(() => {
    clearTimeout(timer);
    request.destroy();
  });
}

function toAnswer({ statusCode = 0, headers }: IncomingMessage, text: string): Answer {
  return { status: statusCode, headers, text, isUpgraded: false };
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
      text += chunk;
      if (text.length > MAX_TEXT_BYTES) break;
    }
  } catch {
    // What was cut off is judged by what came.
  }
  return text;
}

const createTimeout = (): Error => Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });

/** `ECONNREFUSED`, or what the error says. */
export function nameError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
