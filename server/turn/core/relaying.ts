/** The way of data (RFC 8656, sections 11 and 12): between a client and its peers. It runs a hundred thousand times a second:
 * no HMAC, no promise, no text made for a packet that has a channel. */
import { randomBytes } from 'node:crypto';
import { encodeChannelData, readChannelDataLength, CHANNEL_DATA_HEADER_BYTES } from '../stun/channel-data.ts';
import { MessageBuilder } from '../stun/message-builder.ts';
import { ATTRIBUTE, MESSAGE_CLASS, METHOD } from '../stun/stun-constants.ts';
import { padding, readUint16, type StunMessage } from '../stun/stun-message.ts';
import type { Allocation, Permission, Relay } from './allocation.ts';
import type { Allocations } from './allocations.ts';
import { COUNTER, type Counters } from './counters.ts';
import type { Client } from './ports.ts';

export interface Bandwidth {
  /** Of one allocation, both directions together; 0 is no limit. */
  readonly maxBytesPerSecond: number;
  /** Of all of them. */
  readonly maxTotalBytesPerSecond: number;
}

const TRANSACTION_ID_BYTES = 12;

export class Relaying {
  readonly #allocations: Allocations;
  readonly #bandwidth: Bandwidth;
  readonly #counters: Counters;
  /** Ids of indications need only differ (nobody answers them): a random start that counts up. */
  readonly #transactionId = randomBytes(TRANSACTION_ID_BYTES);
  #second = 1;
  #totalBytes = 0;
  #nowMs: number;

  constructor(allocations: Allocations, bandwidth: Bandwidth, counters: Counters, nowMs: number) {
    this.#allocations = allocations;
    this.#bandwidth = bandwidth;
    this.#counters = counters;
    this.#nowMs = nowMs;
  }

  /** Once a second: time for expiry, and a new second of bandwidth. Data has no clock of its own. */
  tick(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#second++;
    this.#totalBytes = 0;
  }

  /** A ChannelData message of a client. Its bytes may be changed. */
  fromChannel(client: Client, bytes: Uint8Array): void {
    const { allocation } = client;
    const length = readChannelDataLength(bytes);
    const channel = length < 0 ? undefined : allocation?.channels.get(readUint16(bytes, 0));
    if (allocation === undefined || channel === undefined || channel.expiresAtMs <= this.#nowMs) {
      this.#drop();
      return;
    }
    const { permission, port } = channel;
    if (permission.isOwn) this.#deliverInside(permission, port, bytes, length);
    else this.#sendOut(allocation, permission, port, bytes, CHANNEL_DATA_HEADER_BYTES, length);
  }

  /** A Send indication of a client. */
  fromSend(client: Client, message: StunMessage): void {
    const { allocation } = client;
    const peer = message.findAddress(ATTRIBUTE.XOR_PEER_ADDRESS);
    const data = message.find(ATTRIBUTE.DATA);
    if (allocation === undefined || peer === undefined || data === undefined || peer.port === 0) {
      this.#drop();
      return;
    }
    // There is no permission for an address that the client may not reach.
    const permission = this.#findPermission(allocation, peer.address);
    if (permission === undefined) this.#drop();
    else if (permission.isOwn)
      this.#deliverInside(permission, peer.port, encodeChannelData(0, data, false), data.length);
    else this.#sendOut(allocation, permission, peer.port, data, 0, data.length);
  }

  /** A datagram that came to a relayed address. */
  fromPeer(relay: Relay, data: Uint8Array, address: string, port: number): void {
    const { allocation } = relay;
    const permission = this.#findPermission(allocation, address);
    // Our own addresses speak from inside only: what comes from outside under such a name is somebody else's.
    if (permission === undefined || permission.isOwn || !this.#charge(allocation, data.length)) {
      this.#drop();
      return;
    }
    this.#count(data.length);
    this.#toClient(permission, port, data);
  }

  #sendOut(
    allocation: Allocation,
    { relay, address }: Permission,
    port: number,
    bytes: Uint8Array,
    start: number,
    length: number,
  ): void {
    if (!this.#charge(allocation, length)) {
      this.#drop();
      return;
    }
    this.#count(length);
    relay.socket.send(bytes, start, length, port, address);
  }

  /** From allocation to allocation: the packet of one client becomes the packet of the other, and costs one system call instead of
   * three. It is also what keeps relayed addresses from being a way to this host's own services.
   * @param frame ChannelData, or data with four bytes to spare before it */
  #deliverInside({ relay: from }: Permission, port: number, frame: Uint8Array, length: number): void {
    const to = this.#allocations.findByPort(from.family, port);
    const permission = to && this.#findPermission(to.allocation, from.address);
    if (permission === undefined || !permission.isOwn) {
      this.#drop();
      return;
    }
    if (!this.#charge(from.allocation, length) || !this.#charge(permission.relay.allocation, length)) {
      this.#drop();
      return;
    }
    this.#count(length);
    this.#counters.add(COUNTER.internalPacketsTotal);
    const { client } = permission.relay.allocation;
    const channel = permission.channels?.get(from.port);
    const end = CHANNEL_DATA_HEADER_BYTES + length + (client.transport === 'udp' ? 0 : padding(length));
    if (channel === undefined || channel.expiresAtMs <= this.#nowMs || frame.length < end) {
      this.#toClient(
        permission,
        from.port,
        frame.subarray(CHANNEL_DATA_HEADER_BYTES, CHANNEL_DATA_HEADER_BYTES + length),
      );
      return;
    }
    frame[0] = channel.number >>> 8;
    frame[1] = channel.number & 0xff;
    client.send(frame.length === end ? frame : frame.subarray(0, end));
  }

  #toClient({ relay, address, channels }: Permission, port: number, data: Uint8Array): void {
    const { client } = relay.allocation;
    const channel = channels?.get(port);
    if (channel !== undefined && channel.expiresAtMs > this.#nowMs) {
      client.send(encodeChannelData(channel.number, data, client.transport !== 'udp'));
    } else client.send(this.#buildData(address, port, data));
  }

  #buildData(address: string, port: number, data: Uint8Array): Uint8Array {
    this.#transactionId.writeUInt32BE((this.#transactionId.readUInt32BE() + 1) >>> 0);
    return new MessageBuilder(METHOD.DATA, MESSAGE_CLASS.INDICATION, this.#transactionId)
      .address(ATTRIBUTE.XOR_PEER_ADDRESS, address, port)
      .bytes(ATTRIBUTE.DATA, data)
      .build();
  }

  #findPermission(allocation: Allocation, address: string): Permission | undefined {
    const permission = allocation.permissions.get(address);
    return permission !== undefined && permission.expiresAtMs > this.#nowMs ? permission : undefined;
  }

  /** @returns false when the allocation, or all together, have used up this second. */
  #charge(allocation: Allocation, bytes: number): boolean {
    const { maxBytesPerSecond, maxTotalBytesPerSecond } = this.#bandwidth;
    if (allocation.second !== this.#second) {
      allocation.second = this.#second;
      allocation.bytesThisSecond = 0;
    }
    const own = allocation.bytesThisSecond + bytes;
    const total = this.#totalBytes + bytes;
    if (maxBytesPerSecond !== 0 && own > maxBytesPerSecond) return false;
    if (maxTotalBytesPerSecond !== 0 && total > maxTotalBytesPerSecond) return false;
    allocation.bytesThisSecond = own;
    allocation.bytes += bytes;
    this.#totalBytes = total;
    return true;
  }

  #count(bytes: number): void {
    this.#counters.add(COUNTER.relayedPacketsTotal);
    this.#counters.add(COUNTER.relayedBytesTotal, bytes);
  }

  #drop(): void {
    this.#counters.add(COUNTER.droppedPacketsTotal);
  }
}
