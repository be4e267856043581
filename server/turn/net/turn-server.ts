/** A STUN and TURN server: the core with its sockets. */
import type { Duplex } from 'node:stream';
import type { RelayAddresses } from '../core/allocate-request.ts';
import type { AllocationState } from '../core/handover.ts';
import { TurnCore, type TurnCoreOptions } from '../core/turn-core.ts';
import { RelayPorts, type PortRange } from './relay-ports.ts';
import { StreamClients, type RemoteEnd, type StreamLimits } from './stream-clients.ts';
import { StreamListener, type Certificate } from './stream-listener.ts';
import { UdpListener } from './udp-listener.ts';

export interface ListenAddress {
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly address: string;
  /** 0 takes any free one. */
  readonly port: number;
}

export interface ListenFailure extends ListenAddress {
  /** Such as EADDRINUSE. */
  readonly code: string;
}

export interface TurnServerOptions extends Omit<TurnCoreOptions, 'relaySockets'> {
  readonly relayPorts: PortRange;
  readonly streamLimits: StreamLimits;
}

/** What one listener had. */
export interface HandedOver {
  readonly address: string;
  readonly port: number;
  readonly allocations: readonly AllocationState[];
}

/** A relayed address of one family: where its sockets are bound, and what peers know it by. */
export interface RelayAddress {
  readonly local: string;
  readonly external: string;
}

const TICK_MS = 1000;

export class TurnServer {
  readonly core: TurnCore;
  readonly #clients: StreamClients;
  readonly #relayPorts: RelayPorts;
  readonly #onFault: (error: Error) => void;
  readonly #streams: StreamListener[] = [];
  readonly #datagrams = new Map<string, UdpListener>();
  readonly #timers: NodeJS.Timeout[];
  #certificate: Certificate | undefined;

  constructor(options: TurnServerOptions) {
    this.#onFault = (error) => options.onEvent({ type: 'fault', where: 'socket', error });
    this.#relayPorts = new RelayPorts(options.relayPorts, this.#onFault);
    this.core = new TurnCore({ ...options, relaySockets: this.#relayPorts });
    this.#clients = new StreamClients(this.core, options.streamLimits, this.#onFault);
    this.#timers = [
      setInterval(() => this.core.tick(), TICK_MS),
      setInterval(() => this.#clients.endQuiet(), options.streamLimits.idleMs),
    ];
  }

  get addresses(): ListenAddress[] {
    return [...this.#datagrams.values(), ...this.#streams].map(({ transport, address, port }) => ({
      transport,
      address,
      port,
    }));
  }

  /** @param addresses for TLS after `setCertificate`. @returns those that could not be had. */
  async listen(addresses: readonly ListenAddress[]): Promise<ListenFailure[]> {
    const failures: ListenFailure[] = [];
    for (const wish of addresses) {
      try {
        await this.#open(wish);
      } catch (error) {
        failures.push({ ...wish, code: (error as NodeJS.ErrnoException).code ?? 'UNKNOWN' });
      }
    }
    return failures;
  }

  async #open({ transport, address, port }: ListenAddress): Promise<void> {
    if (transport === 'udp') {
      this.#datagrams.set(`${address} ${port}`, await UdpListener.open(address, port, this.core, this.#onFault));
      return;
    }
    const certificate = transport === 'tls' ? this.#certificate : undefined;
    if (transport === 'tls' && certificate === undefined) throw Object.assign(new Error(), { code: 'NO_CERTIFICATE' });
    this.#streams.push(await StreamListener.open(address, port, this.#clients, certificate));
  }

  /** For an address that this machine no longer has. */
  closeDatagrams({ address, port }: Pick<ListenAddress, 'address' | 'port'>): void {
    const key = `${address} ${port}`;
    this.#datagrams.get(key)?.close(this.core);
    this.#datagrams.delete(key);
  }

  setCertificate(certificate: Certificate): void {
    this.#certificate = certificate;
    for (const stream of this.#streams) stream.setCertificate(certificate);
  }

  /** For new allocations. */
  setRelayAddresses(addresses: { readonly [F in keyof RelayAddresses]?: RelayAddress | undefined }): void {
    this.#relayPorts.setBindAddresses({ 4: addresses[4]?.local, 6: addresses[6]?.local });
    this.core.setRelayAddresses({ 4: addresses[4]?.external, 6: addresses[6]?.external });
  }

  /** Serves a stream that somebody else has accepted and decrypted. */
  serve(stream: Duplex, remote: RemoteEnd, isSecure: boolean): void {
    const release = this.#clients.admit(remote.address);
    if (release === undefined) {
      stream.destroy();
      return;
    }
    stream.once('close', release);
    this.#clients.serve(stream, remote, isSecure ? 'tls' : 'tcp');
  }

  /** Allocations of clients over UDP; streams end with the process that has them. */
  export(): HandedOver[] {
    return [...this.#datagrams.values()].map((listener) => ({
      address: listener.address,
      port: listener.port,
      allocations: listener.exportAllocations(),
    }));
  }

  /** Goes on with what a former server has exported, as far as its addresses and ports are to be had. To be called after `listen`. */
  async import(handedOver: readonly HandedOver[]): Promise<void> {
    for (const { address, port, allocations } of handedOver) {
      const listener = [...this.#datagrams.values()].find((one) => one.address === address && one.port === port);
      if (listener !== undefined) for (const state of allocations) await this.#restore(listener, state);
    }
  }

  async #restore(listener: UdpListener, state: AllocationState): Promise<void> {
    const opened = await Promise.all(state.relays.map(({ family, port }) => this.#relayPorts.reopen(family, port)));
    const sockets = opened.filter((socket) => socket !== undefined);
    if (sockets.length === state.relays.length) this.core.restore(state, listener.createClient(state.client), sockets);
    else for (const socket of sockets) socket.close();
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.core.stop();
    this.#clients.close();
    for (const stream of this.#streams) stream.close();
    for (const datagrams of this.#datagrams.values()) datagrams.close(this.core);
  }
}
