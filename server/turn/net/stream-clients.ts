/** Clients over TCP and TLS: one stream each. */
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Allocation } from '../core/allocation.ts';
import type { Client, ClientTransport } from '../core/ports.ts';
import { toSource } from '../core/source.ts';
import type { TurnCore } from '../core/turn-core.ts';
import type { AddressFamily } from '../stun/stun-constants.ts';
import { FramingError, StreamFramer } from '../stun/stream-framer.ts';

export interface StreamLimits {
  readonly maxConnections: number;
  /** From one source. */
  readonly maxConnectionsPerSource: number;
  /** Without an allocation, a stream that says nothing for this long is ended. */
  readonly idleMs: number;
  /** What waits for a client that does not read; what comes then is dropped, as it would be over UDP. */
  readonly maxBufferedBytes: number;
}

/** More than any datagram that passes a usual network, and less than what makes many half-read messages costly. */
const MAX_MESSAGE_BYTES = 16 * 1024;

export interface RemoteEnd {
  readonly address: string;
  readonly port: number;
}

export class StreamClients {
  readonly #core: TurnCore;
  readonly #limits: StreamLimits;
  readonly #onFault: (error: Error) => void;
  readonly #clients = new Set<StreamClient>();
  readonly #perSource = new Map<string, number>();
  #connections = 0;

  constructor(core: TurnCore, limits: StreamLimits, onFault: (error: Error) => void) {
    this.#core = core;
    this.#limits = limits;
    this.#onFault = onFault;
  }

  /** Counts a connection, from before its TLS handshake on. @returns what gives it free; undefined when there are too many. */
  admit(address: string): (() => void) | undefined {
    const source = toSource(toPlainAddress(address));
    const ofSource = this.#perSource.get(source) ?? 0;
    const { maxConnections, maxConnectionsPerSource } = this.#limits;
    if (this.#connections >= maxConnections || ofSource >= maxConnectionsPerSource) return undefined;
    this.#connections++;
    this.#perSource.set(source, ofSource + 1);
    return () => {
      this.#connections--;
      const rest = (this.#perSource.get(source) ?? 1) - 1;
      if (rest === 0) this.#perSource.delete(source);
      else this.#perSource.set(source, rest);
    };
  }

  /** Serves a stream that has been admitted. @param stream decrypted */
  serve(stream: Duplex, remote: RemoteEnd, transport: Exclude<ClientTransport, 'udp'>): void {
    const client = new StreamClient(stream, remote, transport, this.#limits.maxBufferedBytes);
    const framer = new StreamFramer(MAX_MESSAGE_BYTES, (message) => {
      // Whole messages count, and not the bytes that somebody sends one by one.
      client.isQuiet = false;
      this.#core.receive(client, message);
    });
    this.#clients.add(client);
    stream.on('data', (chunk: Uint8Array) => {
      try {
        framer.push(chunk);
      } catch (error) {
        if (!(error instanceof FramingError)) this.#onFault(error as Error);
        stream.destroy();
      }
    });
    stream.on('error', () => stream.destroy());
    stream.once('end', () => stream.destroy());
    stream.once('close', () => {
      this.#clients.delete(client);
      this.#core.disconnect(client);
    });
  }

  /** Ends streams without an allocation that have said nothing since the last call: to be called every `idleMs`. */
  endQuiet(): void {
    for (const client of this.#clients) {
      if (client.isQuiet && client.allocation === undefined) client.end();
      client.isQuiet = true;
    }
  }

  close(): void {
    for (const client of this.#clients) client.end();
  }
}

/** A socket that takes both families names IPv4 clients in IPv6. */
export const toPlainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

class StreamClient implements Client {
  readonly transport: Exclude<ClientTransport, 'udp'>;
  readonly address: string;
  readonly port: number;
  readonly family: AddressFamily;
  allocation: Allocation | undefined = undefined;
  pendingTransaction: string | undefined = undefined;
  isQuiet = false;
  readonly #stream: Duplex;
  readonly #maxBufferedBytes: number;

  constructor(
    stream: Duplex,
    { address, port }: RemoteEnd,
    transport: Exclude<ClientTransport, 'udp'>,
    maxBufferedBytes: number,
  ) {
    this.#stream = stream;
    this.#maxBufferedBytes = maxBufferedBytes;
    this.transport = transport;
    this.address = toPlainAddress(address);
    this.port = port;
    this.family = isIPv6(this.address) ? 6 : 4;
  }

  send(bytes: Uint8Array): void {
    if (this.#stream.writable && this.#stream.writableLength < this.#maxBufferedBytes) this.#stream.write(bytes);
  }

  /** The stream itself keeps the client. */
  hold(): void {
    this.isQuiet = false;
  }

  end(): void {
    this.#stream.destroy();
  }
}
