import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Allocation } from '../core/allocation.ts';
import { exportAllocation, type AllocationState } from '../core/handover.ts';
import type { Client } from '../core/ports.ts';
import type { TurnCore } from '../core/turn-core.ts';
import type { AddressFamily } from '../stun/stun-constants.ts';
import { bindDatagramSocket } from './datagram-socket.ts';

/** What arrives while this thread is busy waits here. The system may give less (net.core.rmem_max); `vant doctor turn` says so. */
const BUFFER_BYTES = 4 * 1024 * 1024;

export class UdpListener {
  readonly transport = 'udp';
  readonly address: string;
  readonly port: number;
  readonly family: AddressFamily;
  readonly #socket: Socket;
  /** Those with an allocation, or waiting for one. All others are forgotten with their datagram. */
  readonly #clients = new Map<string, UdpClient>();

  private constructor(socket: Socket, core: TurnCore, onFault: (error: Error) => void) {
    const { address, port } = socket.address();
    this.address = address;
    this.port = port;
    this.family = isIPv6(address) ? 6 : 4;
    this.#socket = socket;
    socket.on('message', (bytes, sender) => {
      try {
        const key = `${sender.address} ${sender.port}`;
        core.receive(this.#clients.get(key) ?? new UdpClient(this, key, sender.address, sender.port), bytes);
      } catch (error) {
        onFault(error as Error);
      }
    });
    // A client that has gone is no fault of ours.
    socket.on('error', () => undefined);
  }

  /** @throws Error of the bind. */
  static async open(
    address: string,
    port: number,
    core: TurnCore,
    onFault: (error: Error) => void,
  ): Promise<UdpListener> {
    const socket = await bindDatagramSocket(isIPv6(address) ? 6 : 4, address, port);
    for (const setSize of ['setRecvBufferSize', 'setSendBufferSize'] as const) {
      try {
        socket[setSize](BUFFER_BYTES);
      } catch {
        // The default will have to do.
      }
    }
    return new UdpListener(socket, core, onFault);
  }

  send(bytes: Uint8Array, port: number, address: string): void {
    this.#socket.send(bytes, 0, bytes.length, port, address);
  }

  hold(client: UdpClient, isHeld: boolean): void {
    if (isHeld) this.#clients.set(client.key, client);
    else this.#clients.delete(client.key);
  }

  /** For `TurnServer.export`. */
  exportAllocations(): AllocationState[] {
    return [...this.#clients.values()].flatMap(({ allocation }) => (allocation ? [exportAllocation(allocation)] : []));
  }

  /** A client of a former thread. */
  createClient({ address, port }: AllocationState['client']): Client {
    return new UdpClient(this, `${address} ${port}`, address, port);
  }

  /** Ends the allocations that came through it: their clients cannot be reached from anywhere else. */
  close(core: TurnCore): void {
    for (const client of this.#clients.values()) core.disconnect(client);
    this.#socket.close();
  }
}

class UdpClient implements Client {
  readonly transport = 'udp';
  readonly key: string;
  readonly address: string;
  readonly port: number;
  allocation: Allocation | undefined = undefined;
  pendingTransaction: string | undefined = undefined;
  readonly #listener: UdpListener;

  constructor(listener: UdpListener, key: string, address: string, port: number) {
    this.#listener = listener;
    this.key = key;
    this.address = address;
    this.port = port;
  }

  get family(): AddressFamily {
    return this.#listener.family;
  }

  send(bytes: Uint8Array): void {
    this.#listener.send(bytes, this.port, this.address);
  }

  hold(isHeld: boolean): void {
    this.#listener.hold(this, isHeld);
  }
}
