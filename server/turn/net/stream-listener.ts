import { createServer, isIPv6, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import type { StreamClients } from './stream-clients.ts';

export interface Certificate {
  /** PEM, the server's own first. */
  readonly cert: string;
  readonly key: string;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
const KEEPALIVE_MS = 60_000;
const BACKLOG = 511;

/** A listener for TCP, or for TLS when there is a certificate. */
export class StreamListener {
  readonly transport: 'tcp' | 'tls';
  readonly address: string;
  readonly port: number;
  readonly #server: Server | TlsServer;

  private constructor(server: Server | TlsServer, transport: 'tcp' | 'tls') {
    const { address, port } = server.address() as AddressInfo;
    this.#server = server;
    this.transport = transport;
    this.address = address;
    this.port = port;
    // Such as too many open files: the next connection may work again.
    server.on('error', () => undefined);
  }

  /** @throws Error of the bind, or of a certificate that cannot be used. */
  static async open(
    address: string,
    port: number,
    clients: StreamClients,
    certificate: Certificate | undefined,
  ): Promise<StreamListener> {
    const server = certificate === undefined ? createTcpServer(clients) : await createTlsServer(clients, certificate);
    const bound = Promise.withResolvers<undefined>();
    server.once('error', bound.reject);
    server.listen({ host: address, port, backlog: BACKLOG, ipv6Only: isIPv6(address) }, () => bound.resolve(undefined));
    await bound.promise;
    server.off('error', bound.reject);
    return new StreamListener(server, certificate === undefined ? 'tcp' : 'tls');
  }

  /** For connections from now on. */
  setCertificate(certificate: Certificate): void {
    if ('setSecureContext' in this.#server) this.#server.setSecureContext(certificate);
  }

  close(): void {
    this.#server.close();
  }
}

function createTcpServer(clients: StreamClients): Server {
  return createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS }, (socket) => {
    const remote = admit(socket, clients);
    if (remote !== undefined) clients.serve(socket, remote, 'tcp');
  });
}

async function createTlsServer(clients: StreamClients, certificate: Certificate): Promise<TlsServer> {
  const { createServer: createSecureServer } = await import('node:tls');
  const server = createSecureServer({
    ...certificate,
    minVersion: 'TLSv1.2',
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    noDelay: true,
  });
  // Counted before the handshake: half-open ones are what an attacker would make.
  server.on('connection', (socket: Socket) => void admit(socket, clients));
  server.on('secureConnection', (socket) => {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined) socket.destroy();
    else clients.serve(socket, { address: remoteAddress, port: remotePort }, 'tls');
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

function admit(socket: Socket, clients: StreamClients): { address: string; port: number } | undefined {
  const { remoteAddress: address, remotePort: port } = socket;
  const release = address === undefined ? undefined : clients.admit(address);
  if (address === undefined || port === undefined || release === undefined) {
    socket.destroy();
    return undefined;
  }
  socket.once('close', release);
  return { address, port };
}
