/** Opens sockets for relayed transport addresses, on random ports of the range (RFC 8656, section 7.2: hard to guess). */
import { randomInt } from 'node:crypto';
import type { Socket } from 'node:dgram';
import type { OpenedRelay, RelaySocket, RelaySocketRequest, RelaySockets } from '../core/ports.ts';
import type { AddressFamily } from '../stun/stun-constants.ts';
import { bindDatagramSocket } from './datagram-socket.ts';

export interface PortRange {
  readonly min: number;
  readonly max: number;
}

/** Ports that other programs have do not end the search at once; a range full of them does. */
const MAX_ATTEMPTS = 32;

export class RelayPorts implements RelaySockets {
  readonly #range: PortRange;
  readonly #onFault: (error: Error) => void;
  readonly #used = { 4: new Set<number>(), 6: new Set<number>() };
  #bindAddresses: { readonly [F in AddressFamily]?: string | undefined } = {};

  constructor(range: PortRange, onFault: (error: Error) => void) {
    this.#range = range;
    this.#onFault = onFault;
  }

  /** The addresses of this machine for new sockets. */
  setBindAddresses(addresses: { readonly [F in AddressFamily]?: string | undefined }): void {
    this.#bindAddresses = addresses;
  }

  async open({ family, isEven, reserveNext }: RelaySocketRequest): Promise<OpenedRelay | undefined> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const port = this.#choose(family, isEven, reserveNext);
      if (port === undefined) return undefined;
      const socket = await this.#bind(family, port);
      if (socket === undefined) continue;
      if (!reserveNext) return { socket, next: undefined };
      const next = await this.#bind(family, port + 1);
      if (next !== undefined) return { socket, next };
      socket.close();
    }
    return undefined;
  }

  /** A port that was ours before. @returns undefined when it is not to be had any more. */
  async reopen(family: AddressFamily, port: number): Promise<RelaySocket | undefined> {
    return this.#used[family].has(port) ? undefined : await this.#bind(family, port);
  }

  /** The first fitting port from a random place on. */
  #choose(family: AddressFamily, isEven: boolean, withNext: boolean): number | undefined {
    const { min, max } = this.#range;
    const count = max - min + 1;
    const start = randomInt(count);
    const used = this.#used[family];
    for (let step = 0; step < count; step++) {
      const port = min + ((start + step) % count);
      const fits = !used.has(port) && !(isEven && port % 2 !== 0);
      if (fits && (!withNext || (port < max && !used.has(port + 1)))) return port;
    }
    return undefined;
  }

  /** @returns undefined when another program has the port. */
  async #bind(family: AddressFamily, port: number): Promise<RelaySocket | undefined> {
    const address = this.#bindAddresses[family];
    if (address === undefined) return undefined;
    const used = this.#used[family];
    used.add(port);
    try {
      const socket = await bindDatagramSocket(family, address, port);
      return new UdpRelaySocket(socket, family, port, this.#onFault, () => used.delete(port));
    } catch (error) {
      used.delete(port);
      // In use, reserved by the system, or the address has just gone: nothing that the next attempt could not mend.
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      return undefined;
    }
  }
}

const ignore = (): void => undefined;

class UdpRelaySocket implements RelaySocket {
  readonly family: AddressFamily;
  readonly port: number;
  receive: RelaySocket['receive'] = ignore;
  readonly #socket: Socket;
  readonly #onClose: () => void;
  #isClosed = false;

  constructor(
    socket: Socket,
    family: AddressFamily,
    port: number,
    onFault: (error: Error) => void,
    onClose: () => void,
  ) {
    this.#socket = socket;
    this.family = family;
    this.port = port;
    this.#onClose = onClose;
    socket.on('message', (bytes, { address, port: peerPort }) => {
      try {
        this.receive(bytes, address, peerPort);
      } catch (error) {
        onFault(error as Error);
      }
    });
    // Unreachable peers are the clients' business.
    socket.on('error', ignore);
  }

  send(bytes: Uint8Array, start: number, length: number, port: number, address: string): void {
    if (!this.#isClosed) this.#socket.send(bytes, start, length, port, address);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
    // The descriptor is closed at once; only the event comes later.
    this.#onClose();
  }
}
