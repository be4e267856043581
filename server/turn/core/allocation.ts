/** An allocation and what hangs on it (RFC 8656, sections 2.2 to 2.4). */
import type { AddressFamily } from '../stun/stun-constants.ts';
import type { Client, RelaySocket } from './ports.ts';

/** A relayed transport address. */
export interface Relay {
  readonly allocation: Allocation;
  readonly family: AddressFamily;
  /** As peers see it. */
  readonly address: string;
  readonly port: number;
  readonly socket: RelaySocket;
}

/** Of one peer address, whatever its port. */
export interface Permission {
  readonly address: string;
  readonly relay: Relay;
  /** The peer is one of our own relayed addresses: data goes to its allocation, and never to the operating system. */
  readonly isOwn: boolean;
  expiresAtMs: number;
  /** By port. Made with the first channel. */
  channels: Map<number, Channel> | undefined;
}

export interface Channel {
  readonly number: number;
  readonly permission: Permission;
  readonly port: number;
  expiresAtMs: number;
}

export interface Proof {
  readonly username: string;
  readonly userId: string;
  readonly integrityKey: Uint8Array;
}

export class Allocation {
  readonly client: Client;
  readonly proof: Proof;
  readonly source: string;
  readonly startedAtMs: number;
  expiresAtMs: number;
  readonly relays: Relay[] = [];
  readonly permissions = new Map<string, Permission>();
  readonly channels = new Map<number, Channel>();
  /** Bytes in both directions, in the second `second`. */
  second = 0;
  bytesThisSecond = 0;
  bytes = 0;

  constructor(client: Client, proof: Proof, source: string, startedAtMs: number, expiresAtMs: number) {
    this.client = client;
    this.proof = proof;
    this.source = source;
    this.startedAtMs = startedAtMs;
    this.expiresAtMs = expiresAtMs;
  }

  findRelay(family: AddressFamily): Relay | undefined {
    return this.relays.find((relay) => relay.family === family);
  }
}
