/** All allocations, by what they are looked up with: relayed port, user, source. */
import type { AddressFamily } from '../stun/stun-constants.ts';
import type { Allocation, Relay } from './allocation.ts';
import { COUNTER, type Counters } from './counters.ts';
import type { EndReason, OnEvent, RelaySocket } from './ports.ts';

/** RFC 8656, section 12: a channel is not given another peer for five minutes after it has expired. */
const CHANNEL_QUARANTINE_MS = 300_000;

export class Allocations {
  readonly #counters: Counters;
  readonly #onEvent: OnEvent;
  readonly #all = new Set<Allocation>();
  readonly #byPort = { 4: new Map<number, Relay>(), 6: new Map<number, Relay>() };
  readonly #perUser = new Map<string, number>();
  readonly #perSource = new Map<string, number>();
  #slots = 0;

  constructor(counters: Counters, onEvent: OnEvent) {
    this.#counters = counters;
    this.#onEvent = onEvent;
  }

  get all(): ReadonlySet<Allocation> {
    return this.#all;
  }

  count(userId: string, source: string): { ofUser: number; ofSource: number; all: number } {
    return { ofUser: this.#perUser.get(userId) ?? 0, ofSource: this.#perSource.get(source) ?? 0, all: this.#slots };
  }

  /** Counts an allocation from its request on, so that many requests at once do not exceed a quota. */
  takeSlot(userId: string, source: string): void {
    this.#slots++;
    change(this.#perUser, userId, 1);
    change(this.#perSource, source, 1);
  }

  releaseSlot(userId: string, source: string): void {
    this.#slots--;
    change(this.#perUser, userId, -1);
    change(this.#perSource, source, -1);
  }

  /** @param isNew and not one that another thread has begun */
  add(allocation: Allocation, isNew = true): void {
    this.#all.add(allocation);
    allocation.client.allocation = allocation;
    if (isNew) this.#counters.add(COUNTER.allocationsTotal);
    this.#counters.add(COUNTER.allocations);
  }

  /** @param address as peers see it */
  addRelay(allocation: Allocation, socket: RelaySocket, address: string): Relay {
    const relay: Relay = { allocation, family: socket.family, address, port: socket.port, socket };
    allocation.relays.push(relay);
    this.#byPort[relay.family].set(relay.port, relay);
    return relay;
  }

  findByPort(family: AddressFamily, port: number): Relay | undefined {
    return this.#byPort[family].get(port);
  }

  /** Of the two of a dual allocation, one. */
  endRelay(relay: Relay): void {
    const { allocation, family, port } = relay;
    allocation.relays.splice(allocation.relays.indexOf(relay), 1);
    this.#byPort[family].delete(port);
    relay.socket.close();
    for (const [address, permission] of allocation.permissions) {
      if (permission.relay === relay) allocation.permissions.delete(address);
    }
    for (const [number, { permission }] of allocation.channels) {
      if (permission.relay === relay) allocation.channels.delete(number);
    }
  }

  end(allocation: Allocation, reason: EndReason, nowMs: number): void {
    if (!this.#all.delete(allocation)) return;
    for (const relay of [...allocation.relays]) this.endRelay(relay);
    allocation.client.allocation = undefined;
    allocation.client.hold(false);
    this.releaseSlot(allocation.proof.userId, allocation.source);
    this.#counters.add(COUNTER.allocations, -1);
    const seconds = Math.round((nowMs - allocation.startedAtMs) / 1000);
    const { transport } = allocation.client;
    this.#onEvent({ type: 'ended', reason, transport, seconds, bytes: allocation.bytes });
  }

  /** Ends what has expired. */
  sweep(nowMs: number): void {
    for (const allocation of this.#all) {
      if (allocation.expiresAtMs <= nowMs) this.end(allocation, 'expired', nowMs);
      else forgetExpired(allocation, nowMs);
    }
  }
}

function forgetExpired(allocation: Allocation, nowMs: number): void {
  for (const [number, { expiresAtMs, permission, port }] of allocation.channels) {
    if (expiresAtMs + CHANNEL_QUARANTINE_MS > nowMs) continue;
    allocation.channels.delete(number);
    permission.channels?.delete(port);
  }
  for (const [address, { expiresAtMs, channels }] of allocation.permissions) {
    if (expiresAtMs <= nowMs && (channels?.size ?? 0) === 0) allocation.permissions.delete(address);
  }
}

function change(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
