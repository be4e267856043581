/** The way to a server, for a client: whole messages in and out. */
import { once } from 'node:events';
import { connect, isIPv6, type Socket } from 'node:net';
import { StreamFramer } from '../stun/stream-framer.ts';
import { bindDatagramSocket } from '../net/datagram-socket.ts';

export interface ServerAddress {
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** An IP address. */
  readonly address: string;
  readonly port: number;
  /** TLS: the name that the certificate must have. */
  readonly serverName?: string | undefined;
  /** TLS: certificates (PEM) to trust beside the usual ones. */
  readonly ca?: string | undefined;
}

export interface ClientSocket {
  /** Requests over UDP are repeated until they are answered. */
  readonly isReliable: boolean;
  send(message: Uint8Array): void;
  close(): void;
}

const MAX_MESSAGE_BYTES = 70_000;

/** @throws Error when the server cannot be reached, or its certificate not be trusted. */
export async function openClientSocket(
  server: ServerAddress,
  receive: (message: Uint8Array) => void,
  timeoutMs: number,
): Promise<ClientSocket> {
  if (server.transport === 'udp') return await openDatagrams(server, receive);
  const socket = await connectStream(server, timeoutMs);
  const framer = new StreamFramer(MAX_MESSAGE_BYTES, receive);
  socket.on('data', (chunk) => {
    try {
      framer.push(chunk);
    } catch {
      socket.destroy();
    }
  });
  socket.on('error', () => socket.destroy());
  return { isReliable: true, send: (message) => void socket.write(message), close: () => socket.destroy() };
}

async function openDatagrams(server: ServerAddress, receive: (message: Uint8Array) => void): Promise<ClientSocket> {
  const family = isIPv6(server.address) ? 6 : 4;
  const socket = await bindDatagramSocket(family, family === 6 ? '::' : '0.0.0.0', 0);
  socket.on('message', receive);
  socket.on('error', () => undefined);
  return {
    isReliable: false,
    send: (message) => socket.send(message, server.port, server.address),
    close: () => void socket.close(),
  };
}

async function connectStream(
  { transport, address, port, serverName, ca }: ServerAddress,
  timeoutMs: number,
): Promise<Socket> {
  const signal = AbortSignal.timeout(timeoutMs);
  const tls = transport === 'tls' ? await import('node:tls') : undefined;
  const socket =
    tls === undefined
      ? connect({ host: address, port, noDelay: true })
      : tls.connect({
          host: address,
          port,
          ...(serverName !== undefined && { servername: serverName }),
          ...(ca !== undefined && { ca: [...tls.rootCertificates, ca] }),
        });
  try {
    await once(socket, tls === undefined ? 'connect' : 'secureConnect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? new Error(`no connection within ${timeoutMs} ms`, { cause: error }) : error;
  }
}
