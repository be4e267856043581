/** Clients that begin something and then neither read, write nor close: `node … JSON`, with a SilentClients. Says `open` when the server
 * has all of them. Each alone can keep a server from stopping. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WEBSOCKET_BEARER_PREFIX, WEBSOCKET_SUBPROTOCOL } from '../../wire/limits.ts';
import { CONNECT_PATH } from '../../wire/route-addresses.ts';
import { until } from './until.ts';

export interface SilentClients {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  readonly turnPort: number;
  readonly metricsPort: number;
  /** Of a device that may connect. */
  readonly credentials: string;
  /** Of a file that is larger than what sockets hold. */
  readonly attachmentId: string;
}

/** What is sent, and what comes back when the server has understood; none where it has no reason to answer. */
interface Case {
  readonly sent: string | Uint8Array;
  readonly answer?: string;
}

const { host, port, isSecure, turnPort, metricsPort, credentials, attachmentId } = JSON.parse(
  process.argv[2] ?? '',
) as SilentClients;

const request = (line: string, ...headers: string[]): string =>
  [`${line} HTTP/1.1`, `Host: ${host}:${port}`, ...headers, '', ''].join('\r\n');
const authorization = `Authorization: Bearer ${credentials}`;
const body = ['Content-Length: 100000', 'Expect: 100-continue'];
const upgrade = (protocols: string): string[] => [
  ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
  ...['Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', `Sec-WebSocket-Protocol: ${protocols}`],
];

const NOTHING: Case = { sent: '' };
const HALF_HEADER: Case = { sent: 'GET /v1/server HTTP/1.1\r\nHost: ' };
const WEB_CASES: readonly Case[] = [
  NOTHING,
  HALF_HEADER,
  { sent: request('POST /v1/accounts', 'Content-Type: application/json', ...body), answer: ' 100 ' },
  {
    sent: request('POST /v1/attachments', authorization, 'Content-Type: application/octet-stream', ...body),
    answer: ' 100 ',
  },
  { sent: request(`GET /v1/attachments/${attachmentId}`, authorization), answer: ' 200 ' },
  { sent: request('GET /v1/server'), answer: ' 200 ' },
  { sent: request(`GET ${CONNECT_PATH}`, ...upgrade(WEBSOCKET_SUBPROTOCOL)), answer: ' 401 ' },
  {
    sent: request(
      `GET ${CONNECT_PATH}`,
      ...upgrade(`${WEBSOCKET_SUBPROTOCOL}, ${WEBSOCKET_BEARER_PREFIX}${credentials}`),
    ),
    answer: ' 101 ',
  },
];
const METRICS_CASES: readonly Case[] = [NOTHING, HALF_HEADER, { sent: request('GET /metrics'), answer: ' 200 ' }];
/** A Binding request (RFC 8489), whose answer repeats its number. */
const BINDING_ID = 'from-silence';
const BINDING = Uint8Array.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, ...new TextEncoder().encode(BINDING_ID)]);
const TURN_CASES: readonly Case[] = [NOTHING, { sent: BINDING.subarray(0, 10) }, { sent: BINDING, answer: BINDING_ID }];

async function begin(socket: Socket, opened: string, { sent, answer }: Case): Promise<void> {
  await once(socket, opened);
  socket.write(sent);
  if (answer !== undefined) await read(socket, answer);
  socket.pause();
}

async function read(socket: Socket, answer: string): Promise<void> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += (chunk as Buffer).toString('latin1');
    if (text.includes(answer)) return;
  }
  throw new Error(`${answer} was expected, and this came: ${text}`);
}

const beginPlain = (port: number) => (each: Case) =>
  begin(connect({ host, port, allowHalfOpen: true }), 'connect', each);
const beginWeb = (each: Case) =>
  isSecure
    ? begin(connectTls({ host, port, rejectUnauthorized: false }), 'secureConnect', each)
    : beginPlain(port)(each);

/** The first that comes to TURN is sent away: it starts the thread that serves the others. */
await until('TURN', () =>
  beginPlain(turnPort)({ sent: BINDING, answer: BINDING_ID }).then(
    () => true,
    () => false,
  ),
);
await Promise.all([
  // Where there is TLS, they never come to it.
  ...[NOTHING, HALF_HEADER].map(beginPlain(port)),
  ...METRICS_CASES.map(beginPlain(metricsPort)),
  ...TURN_CASES.map(beginPlain(turnPort)),
]);
await Promise.all([...WEB_CASES, ...(isSecure ? TURN_CASES : [])].map(beginWeb));
process.stdout.write('open\n');
