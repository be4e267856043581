/** A STUN and TURN server without its sockets (RFC 8489, RFC 8656): datagrams and messages come in, and go out through `Client` and
 * `RelaySocket`. */
import { isChannelData } from '../stun/channel-data.ts';
import { verifyFingerprint } from '../stun/integrity.ts';
import { ATTRIBUTE, ERROR, MESSAGE_CLASS, METHOD, type ErrorCode } from '../stun/stun-constants.ts';
import { parseStunMessage, type StunMessage } from '../stun/stun-message.ts';
import { handleAllocate, toFamily, type AllocateCollaborators, type RelayAddresses } from './allocate-request.ts';
import type { Allocation } from './allocation.ts';
import { Allocations } from './allocations.ts';
import { Authentication } from './authentication.ts';
import { COUNTER, Counters } from './counters.ts';
import { Exchange, Refusal } from './exchange.ts';
import { importAllocation, type AllocationState } from './handover.ts';
import { isZeroLifetime, toLifetimeSeconds } from './lifetime.ts';
import { Nonces } from './nonces.ts';
import { handleChannelBind, handleCreatePermission, type PermissionRules } from './permission-requests.ts';
import type { AllowPeer, Authenticate, Client, EndReason, OnEvent, Quota, RelaySocket, RelaySockets } from './ports.ts';
import { Relaying, type Bandwidth } from './relaying.ts';
import { ReplyBudget } from './reply-budget.ts';
import { Reservations } from './reservations.ts';
import { Retransmissions } from './retransmissions.ts';

export interface TurnLimits extends Bandwidth {
  readonly maxLifetimeSeconds: number;
  /** Of one allocation. */
  readonly maxPermissions: number;
  readonly maxChannels: number;
  /** To one source, before it has authenticated, over UDP; 0 is no limit. */
  readonly repliesPerSecond: number;
}

export interface TurnCoreOptions {
  readonly realm: string;
  readonly limits: TurnLimits;
  readonly relaySockets: RelaySockets;
  readonly authenticate: Authenticate;
  readonly allowPeer: AllowPeer;
  readonly quota: Quota;
  readonly onEvent: OnEvent;
  readonly counters?: Counters;
  readonly now?: () => number;
}

/** RFC 8489, section 9.2.4, leaves it open; coturn's is the same. Clients get a new one with the refusal of the old. */
const NONCE_LIFETIME_SECONDS = 600;

/** All that a request may hold. An attribute that must be understood and is not here is refused with 420: DONT-FRAGMENT is one
 * of these, because Node cannot set that bit. */
const KNOWN_ATTRIBUTES: ReadonlySet<number> = new Set(Object.values(ATTRIBUTE));

const AUTHENTICATED_METHODS: ReadonlySet<number> = new Set([
  METHOD.ALLOCATE,
  METHOD.REFRESH,
  METHOD.CREATE_PERMISSION,
  METHOD.CHANNEL_BIND,
]);

export class TurnCore {
  readonly counters: Counters;
  readonly #options: TurnCoreOptions;
  readonly #now: () => number;
  readonly #allocations: Allocations;
  readonly #authentication: Authentication;
  readonly #nonces: Nonces;
  readonly #relaying: Relaying;
  readonly #replies: ReplyBudget;
  readonly #reservations = new Reservations();
  readonly #retransmissions = new Retransmissions();
  readonly #allocate: AllocateCollaborators;
  readonly #rules: PermissionRules;
  readonly #ownAddresses = new Set<string>();
  #relayAddresses: RelayAddresses = {};

  constructor(options: TurnCoreOptions) {
    const { limits, now = Date.now } = options;
    this.#options = options;
    this.#now = now;
    this.counters = options.counters ?? new Counters();
    this.#allocations = new Allocations(this.counters, options.onEvent);
    this.#nonces = new Nonces(NONCE_LIFETIME_SECONDS, now);
    this.#authentication = new Authentication(options.realm, this.#nonces, options.authenticate);
    this.#relaying = new Relaying(this.#allocations, limits, this.counters, now());
    this.#replies = new ReplyBudget(limits.repliesPerSecond);
    this.#rules = {
      isOwnAddress: (address) => this.#ownAddresses.has(address),
      allowPeer: options.allowPeer,
      maxPermissions: limits.maxPermissions,
      maxChannels: limits.maxChannels,
      now,
    };
    this.#allocate = {
      allocations: this.#allocations,
      reservations: this.#reservations,
      relaySockets: options.relaySockets,
      relayAddresses: () => this.#relayAddresses,
      quota: options.quota,
      maxLifetimeSeconds: limits.maxLifetimeSeconds,
      now,
    };
  }

  /** The addresses of new allocations. Former ones stay ours: data to them never leaves the process. */
  setRelayAddresses(addresses: RelayAddresses): void {
    this.#relayAddresses = addresses;
    for (const address of [addresses[4], addresses[6]]) if (address !== undefined) this.#ownAddresses.add(address);
  }

  /** @param bytes one datagram, or one message of a stream. They may be changed. */
  receive(client: Client, bytes: Uint8Array): void {
    if (isChannelData(bytes)) {
      this.#relaying.fromChannel(client, bytes);
      return;
    }
    const message = parseStunMessage(bytes);
    if (message === undefined || verifyFingerprint(message) === false) {
      this.counters.add(COUNTER.malformedTotal);
      return;
    }
    if (message.class === MESSAGE_CLASS.REQUEST) this.#receiveRequest(client, message);
    else if (message.class === MESSAGE_CLASS.INDICATION) this.#receiveIndication(client, message);
  }

  /** Goes on with an allocation of a former thread. @param sockets on the ports that it had */
  restore(state: AllocationState, client: Client, sockets: readonly RelaySocket[]): void {
    for (const { address } of state.relays) this.#ownAddresses.add(address);
    this.#listen(importAllocation(state, client, sockets, this.#allocations));
  }

  /** The stream of a client has ended. */
  disconnect(client: Client): void {
    client.pendingTransaction = undefined;
    if (client.allocation !== undefined) this.#end(client.allocation, 'disconnected');
  }

  /** Ends what a user has, at once. */
  endUser(userId: string): void {
    for (const allocation of this.#allocations.all) {
      if (allocation.proof.userId === userId) this.#end(allocation, 'revoked');
    }
  }

  /** To be called once a second: expiry, and a new second of bandwidth. */
  tick(): void {
    const nowMs = this.#now();
    this.#relaying.tick(nowMs);
    this.#replies.refill();
    this.#allocations.sweep(nowMs);
    this.#reservations.sweep(nowMs);
    this.#retransmissions.sweep(nowMs);
  }

  stop(): void {
    for (const allocation of this.#allocations.all) this.#end(allocation, 'stopped');
    this.#reservations.sweep(Infinity);
  }

  #receiveIndication(client: Client, message: StunMessage): void {
    const isSend = message.method === METHOD.SEND && message.findUnknown(KNOWN_ATTRIBUTES).length === 0;
    if (isSend) this.#relaying.fromSend(client, message);
    else this.counters.add(COUNTER.droppedPacketsTotal);
  }

  #receiveRequest(client: Client, message: StunMessage): void {
    if (message.method === METHOD.BINDING) this.#bind(new Exchange(client, message));
    else if (!AUTHENTICATED_METHODS.has(message.method)) this.counters.add(COUNTER.malformedTotal);
    else this.#authenticate(new Exchange(client, message));
  }

  #bind(exchange: Exchange): void {
    const { client, request } = exchange;
    if (!this.#mayReply(client)) return;
    this.counters.add(COUNTER.bindingsTotal);
    const unknown = request.findUnknown(KNOWN_ATTRIBUTES);
    const answer =
      unknown.length > 0
        ? exchange.error(ERROR.UNKNOWN_ATTRIBUTE, (builder) => builder.unknownAttributes(unknown))
        : exchange.success((builder) => builder.address(ATTRIBUTE.XOR_MAPPED_ADDRESS, client.address, client.port));
    client.send(answer);
  }

  #authenticate(exchange: Exchange): void {
    const { client, request } = exchange;
    const repeated = this.#retransmissions.find(client, request.transactionId, this.#now());
    if (repeated !== undefined) {
      client.send(repeated);
      return;
    }
    // The first one still waits for its socket.
    if (client.pendingTransaction === Buffer.from(request.transactionId).toString('latin1')) return;
    const verdict = this.#authentication.check(client, request);
    if ('code' in verdict) {
      this.#refuseUnauthenticated(exchange, verdict.code);
      return;
    }
    exchange.authenticated = verdict.authenticated;
    const held = client.allocation;
    const isForeign = held !== undefined && held.proof.username !== verdict.authenticated.username;
    if (isForeign) {
      this.#refuse(exchange, ERROR.WRONG_CREDENTIALS);
      return;
    }
    const unknown = request.findUnknown(KNOWN_ATTRIBUTES);
    if (unknown.length > 0) this.#refuse(exchange, ERROR.UNKNOWN_ATTRIBUTE, unknown);
    else this.#handle(exchange).catch((error: unknown) => this.#fail(exchange, error));
  }

  async #handle(exchange: Exchange): Promise<void> {
    const { client, request } = exchange;
    const answer =
      request.method === METHOD.ALLOCATE
        ? await handleAllocate(exchange, this.#allocate)
        : this.#handleHeld(exchange, client.allocation);
    if (answer === undefined) return;
    this.#retransmissions.keep(client, request.transactionId, answer, this.#now());
    client.send(answer);
    if (request.method !== METHOD.ALLOCATE || client.allocation === undefined) return;
    this.#listen(client.allocation);
    const family = client.allocation.relays[0]?.family ?? 4;
    this.#options.onEvent({ type: 'allocated', transport: client.transport, family });
  }

  #listen(allocation: Allocation): void {
    for (const relay of allocation.relays) {
      relay.socket.receive = (bytes, address, port) => this.#relaying.fromPeer(relay, bytes, address, port);
    }
  }

  /** Requests about an allocation that is there. @throws Refusal */
  #handleHeld(exchange: Exchange, allocation: Allocation | undefined): Uint8Array {
    if (allocation === undefined) throw new Refusal(ERROR.ALLOCATION_MISMATCH);
    if (exchange.request.method === METHOD.CREATE_PERMISSION) {
      return handleCreatePermission(exchange, allocation, this.#rules);
    }
    if (exchange.request.method === METHOD.CHANNEL_BIND) return handleChannelBind(exchange, allocation, this.#rules);
    return this.#refresh(exchange, allocation);
  }

  /** RFC 8656, section 8. */
  #refresh(exchange: Exchange, allocation: Allocation): Uint8Array {
    const { request } = exchange;
    const code = request.find(ATTRIBUTE.REQUESTED_ADDRESS_FAMILY)?.[0];
    const family = toFamily(code);
    const relay = family && allocation.findRelay(family);
    if (code !== undefined && relay === undefined) throw new Refusal(ERROR.PEER_FAMILY_MISMATCH);
    if (isZeroLifetime(request)) {
      if (relay !== undefined && allocation.relays.length > 1) this.#allocations.endRelay(relay);
      else this.#end(allocation, 'deleted');
      return exchange.success((builder) => builder.uint32(ATTRIBUTE.LIFETIME, 0));
    }
    const seconds = toLifetimeSeconds(request, this.#options.limits.maxLifetimeSeconds);
    allocation.expiresAtMs = this.#now() + seconds * 1000;
    return exchange.success((builder) => builder.uint32(ATTRIBUTE.LIFETIME, seconds));
  }

  #end(allocation: Allocation, reason: EndReason): void {
    this.#allocations.end(allocation, reason, this.#now());
  }

  /** With what the client needs to do better. 400 needs nothing. */
  #refuseUnauthenticated(exchange: Exchange, code: ErrorCode): void {
    const { client, request } = exchange;
    if (!this.#mayReply(client)) return;
    if (request.has(ATTRIBUTE.MESSAGE_INTEGRITY)) this.counters.add(COUNTER.unauthenticatedTotal);
    const answer = exchange.error(code, (builder) => {
      if (code === ERROR.BAD_REQUEST) return;
      builder.text(ATTRIBUTE.REALM, this.#options.realm).text(ATTRIBUTE.NONCE, this.#nonces.create(client));
    });
    client.send(answer);
  }

  #refuse(exchange: Exchange, code: ErrorCode, unknown: readonly number[] = []): void {
    const { client, request } = exchange;
    this.counters.add(COUNTER.refusedTotal);
    this.#options.onEvent({ type: 'refused', method: request.method, code });
    client.send(
      exchange.error(code, (builder) => {
        if (unknown.length > 0) builder.unknownAttributes(unknown);
      }),
    );
  }

  #fail(exchange: Exchange, error: unknown): void {
    if (error instanceof Refusal) {
      this.#refuse(exchange, error.code);
      return;
    }
    this.#options.onEvent({ type: 'fault', where: 'request', error: error as Error });
  }

  /** Whom a stream names as its source is there; whom a datagram names may not be. */
  #mayReply(client: Client): boolean {
    return client.transport !== 'udp' || this.#replies.take(client.address);
  }
}
