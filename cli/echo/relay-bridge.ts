/** The relayed address of a test call. libjuice speaks TURN, but has one channel for all ports of an address, and all whom one
 * relay serves have its address (libjuice, turn.c, find_entry). So the relay is spoken to here, and libjuice meets each peer
 * that comes through it as a port of this machine. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TurnCredentials } from '../../wire/schemas.ts';
import { TurnClient } from '../../server/turn/client/turn-client.ts';
import type { TransportAddress } from '../../server/turn/stun/transport-address.ts';
import { findRelayServers } from './relay-servers.ts';

const LOOPBACK = '127.0.0.1';
/** For one server; there may be another one. */
const ANSWER_MS = 1000;
const LIFETIME_SECONDS = 600;
/** Permissions hold for five minutes (RFC 8656, 9). */
const REFRESH_MS = 240_000;
/** Browsers open a few for each network that they are in. */
const MAX_PEERS = 32;

type Peer = Pick<TransportAddress, 'address' | 'port'>;

export class RelayBridge {
  /** What the other side is told: of the relays there, the last to be tried (RFC 8445, 5.1.2). */
  readonly candidate: string;
  readonly #client: TurnClient;
  readonly #doors = new Map<string, Promise<Socket>>();
  readonly #allowed = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  /** Of libjuice on this machine. */
  #localPort: number | undefined;

  private constructor(client: TurnClient, relayed: TransportAddress) {
    this.#client = client;
    this.candidate = `candidate:9 1 UDP 16777215 ${relayed.address} ${relayed.port} typ relay raddr 0.0.0.0 rport 0`;
    this.#timer = setInterval(() => void this.#refresh().catch(() => undefined), REFRESH_MS);
    client.onData = ({ data, peer }) => {
      // Buffers are used again: it is copied before somebody waits.
      if (peer !== undefined) void this.#bringIn(peer, Uint8Array.from(data)).catch(() => undefined);
    };
  }

  /** Undefined when there is no relay, or none that answers: then calls go directly or not at all. */
  static async open({ urls, username, password }: TurnCredentials): Promise<RelayBridge | undefined> {
    for (const server of await findRelayServers(urls)) {
      const options = { username, password, timeoutMs: ANSWER_MS };
      const client = await TurnClient.connect(server, options).catch(() => undefined);
      const relayed = await client?.allocate().catch(() => undefined);
      if (client !== undefined && relayed !== undefined) return new RelayBridge(client, relayed);
      client?.close();
    }
    return undefined;
  }

  setLocalPort(port: number): void {
    this.#localPort = port;
  }

  /** Lets packets from this address come in. What the relay does not lead to, it refuses. */
  async allow(address: string): Promise<void> {
    if (this.#allowed.has(address) || this.#allowed.size >= MAX_PEERS) return;
    this.#allowed.add(address);
    await this.#client.createPermission(address);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const door of this.#doors.values()) void door.then((socket) => socket.close());
    // Gives the address back; the server would keep it for ten minutes.
    void this.#client
      .refresh(0)
      .catch(() => undefined)
      .finally(() => this.#client.close());
  }

  async #bringIn(peer: Peer, data: Uint8Array): Promise<void> {
    const key = `${peer.address} ${peer.port}`;
    if (!this.#doors.has(key) && this.#doors.size >= MAX_PEERS) return;
    const opening = this.#doors.get(key) ?? this.#openDoor(peer);
    this.#doors.set(key, opening);
    const door = await opening;
    if (this.#localPort !== undefined) door.send(data, this.#localPort, LOOPBACK);
  }

  async #openDoor(peer: Peer): Promise<Socket> {
    const door = createSocket('udp4');
    door.on('error', () => undefined);
    door.on('message', (data, { port }) => {
      if (port === this.#localPort) this.#client.send(peer, data);
    });
    door.bind(0, LOOPBACK);
    await once(door, 'listening');
    return door;
  }

  async #refresh(): Promise<void> {
    await this.#client.refresh(LIFETIME_SECONDS);
    for (const address of this.#allowed) await this.#client.createPermission(address).catch(() => undefined);
  }
}
