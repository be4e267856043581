/** What clients see of the certificate that is served. */
import { once } from 'node:events';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect, getCACertificates, setDefaultCACertificates, type PeerCertificate, type TLSSocket } from 'node:tls';

/** For fetch and WebSocket, too; each test file has a process of its own. */
export const trust = (...authorities: readonly string[]): void =>
  setDefaultCACertificates([...getCACertificates('bundled'), ...authorities]);

export interface HttpsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly certificate: PeerCertificate;
}

interface HttpsRequest {
  readonly host?: string;
  readonly port: number;
  readonly path?: string;
  readonly serverName?: string;
  readonly ca?: string;
  readonly isTrusting?: boolean;
}

export async function get({
  host = '127.0.0.1',
  port,
  path = '/health/live',
  serverName,
  ca,
  isTrusting,
}: HttpsRequest): Promise<HttpsAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpsAnswer>();
  const options = { host, port, path, agent: false, rejectUnauthorized: isTrusting !== true } as const;
  request(
    { ...options, ...(ca && { ca }), ...(serverName !== undefined && { servername: serverName }) },
    (response) => {
      const certificate = (response.socket as TLSSocket).getPeerCertificate();
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (text += chunk))
        .on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text, certificate }));
    },
  )
    .on('error', reject)
    .end();
  return await promise;
}

/** A handshake, and nothing after it. */
export async function handshake(port: number, serverName: string, options: object = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, servername: serverName, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

/** What a port answers to whoever speaks plain HTTP. */
export async function speakHttp(port: number, text: string): Promise<string> {
  const socket = connectTcp(port, '127.0.0.1').setEncoding('utf8');
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}
