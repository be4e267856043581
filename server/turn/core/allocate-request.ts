/** Allocate (RFC 8656, section 7). */
import { ATTRIBUTE, ERROR, FAMILY_CODE, PROTOCOL_UDP, type AddressFamily } from '../stun/stun-constants.ts';
import type { StunMessage } from '../stun/stun-message.ts';
import { Allocation, type Proof } from './allocation.ts';
import type { Allocations } from './allocations.ts';
import { Refusal, type Authenticated, type Exchange } from './exchange.ts';
import { toLifetimeSeconds } from './lifetime.ts';
import type { Client, OpenedRelay, Quota, RelaySockets } from './ports.ts';
import type { Reservations } from './reservations.ts';
import { toSource } from './source.ts';

/** What peers see as the host of our relayed addresses; a family without an address is not offered. */
export type RelayAddresses = { readonly [F in AddressFamily]?: string | undefined };

export interface AllocateCollaborators {
  readonly allocations: Allocations;
  readonly reservations: Reservations;
  readonly relaySockets: RelaySockets;
  readonly relayAddresses: () => RelayAddresses;
  readonly quota: Quota;
  readonly maxLifetimeSeconds: number;
  readonly now: () => number;
}

interface Wish {
  readonly family: AddressFamily;
  /** ADDITIONAL-ADDRESS-FAMILY: a second relayed address, if it can be had. */
  readonly alsoFamily: AddressFamily | undefined;
  readonly isEven: boolean;
  readonly reserveNext: boolean;
  readonly token: Uint8Array | undefined;
  readonly lifetimeSeconds: number;
}

/** @returns the answer; undefined when the client has gone meanwhile. @throws Refusal */
export async function handleAllocate(
  exchange: Exchange,
  rooms: AllocateCollaborators,
): Promise<Uint8Array | undefined> {
  const { client, request, authenticated } = exchange;
  if (authenticated === undefined) throw new Refusal(ERROR.UNAUTHENTICATED);
  if (client.allocation !== undefined || client.pendingTransaction !== undefined) {
    throw new Refusal(ERROR.ALLOCATION_MISMATCH);
  }
  const wish = readWish(request, rooms, client.family);
  const proof = toProof(authenticated);
  const source = toSource(client.address);
  takeQuota(proof, source, rooms);
  const transaction = Buffer.from(request.transactionId).toString('latin1');
  client.pendingTransaction = transaction;
  // So that the request is known when it comes again meanwhile.
  client.hold(true);
  let allocation: Allocation | undefined;
  try {
    const opened = await openRelays(wish, rooms, proof.userId);
    if (isPending(client, transaction)) allocation = createAllocation(exchange, wish, opened, { proof, source, rooms });
    else closeAll(opened);
    return allocation && answer(exchange, allocation, wish, opened, rooms);
  } finally {
    client.pendingTransaction = undefined;
    if (allocation === undefined) {
      client.hold(false);
      rooms.allocations.releaseSlot(proof.userId, source);
    }
  }
}

/** A client that has gone has nothing pending. */
const isPending = (client: Client, transaction: string): boolean => client.pendingTransaction === transaction;

const toProof = ({ username, userId, integrityKey }: Authenticated): Proof => ({ username, userId, integrityKey });

function readWish(request: StunMessage, rooms: AllocateCollaborators, clientFamily: AddressFamily): Wish {
  const transport = request.find(ATTRIBUTE.REQUESTED_TRANSPORT);
  if (transport?.length !== 4) throw new Refusal(ERROR.BAD_REQUEST);
  if (transport[0] !== PROTOCOL_UDP) throw new Refusal(ERROR.UNSUPPORTED_TRANSPORT);
  const even = request.find(ATTRIBUTE.EVEN_PORT);
  const token = request.find(ATTRIBUTE.RESERVATION_TOKEN);
  const { family, alsoFamily } = readFamilies(request, rooms.relayAddresses(), clientFamily);
  const contradicts = token !== undefined && (even !== undefined || hasFamily(request) || token.length !== 8);
  if (contradicts || (even !== undefined && even.length !== 1)) throw new Refusal(ERROR.BAD_REQUEST);
  const reserveNext = ((even?.[0] ?? 0) & 0x80) !== 0;
  if (alsoFamily !== undefined && reserveNext) throw new Refusal(ERROR.BAD_REQUEST);
  const lifetimeSeconds = toLifetimeSeconds(request, rooms.maxLifetimeSeconds);
  return { family, alsoFamily, isEven: even !== undefined, reserveNext, token, lifetimeSeconds };
}

const hasFamily = (request: StunMessage): boolean =>
  request.has(ATTRIBUTE.REQUESTED_ADDRESS_FAMILY) || request.has(ATTRIBUTE.ADDITIONAL_ADDRESS_FAMILY);

function readFamilies(
  request: StunMessage,
  offered: RelayAddresses,
  clientFamily: AddressFamily,
): Pick<Wish, 'family' | 'alsoFamily'> {
  const requested = request.find(ATTRIBUTE.REQUESTED_ADDRESS_FAMILY);
  const additional = request.find(ATTRIBUTE.ADDITIONAL_ADDRESS_FAMILY);
  if (additional !== undefined) {
    // Only "IPv6, too" can be said (section 7.2).
    if (requested !== undefined || additional[0] !== FAMILY_CODE[6]) throw new Refusal(ERROR.BAD_REQUEST);
    if (offered[4] !== undefined) return { family: 4, alsoFamily: 6 };
  }
  const family = requested === undefined ? chooseFamily(offered, clientFamily) : toFamily(requested[0]);
  if (family === undefined || offered[family] === undefined) throw new Refusal(ERROR.ADDRESS_FAMILY_NOT_SUPPORTED);
  return { family, alsoFamily: undefined };
}

/** IPv4 where nothing is said, by the RFC. On a host without it, what the client itself came by: browsers say nothing. */
const chooseFamily = (offered: RelayAddresses, clientFamily: AddressFamily): AddressFamily =>
  offered[4] === undefined ? clientFamily : 4;

export function toFamily(code: number | undefined): AddressFamily | undefined {
  return code === FAMILY_CODE[4] ? 4 : code === FAMILY_CODE[6] ? 6 : undefined;
}

function takeQuota({ userId }: Proof, source: string, { allocations, quota }: AllocateCollaborators): void {
  const { ofUser, ofSource, all } = allocations.count(userId, source);
  const verdict = quota({
    userId,
    source,
    allocationsOfUser: ofUser,
    allocationsOfSource: ofSource,
    allocations: all,
  });
  if (verdict === 'user') throw new Refusal(ERROR.ALLOCATION_QUOTA_REACHED);
  if (verdict === 'server') throw new Refusal(ERROR.INSUFFICIENT_CAPACITY);
  allocations.takeSlot(userId, source);
}

/** One socket for each family; the second of a dual allocation may fail. */
async function openRelays(wish: Wish, rooms: AllocateCollaborators, userId: string): Promise<OpenedRelay[]> {
  if (wish.token !== undefined) {
    const socket = rooms.reservations.take(wish.token, userId);
    if (socket === undefined) throw new Refusal(ERROR.INSUFFICIENT_CAPACITY);
    return [{ socket, next: undefined }];
  }
  const { family, alsoFamily, isEven, reserveNext } = wish;
  const first = await rooms.relaySockets.open({ family, isEven, reserveNext });
  if (first === undefined) throw new Refusal(ERROR.INSUFFICIENT_CAPACITY);
  if (alsoFamily === undefined || rooms.relayAddresses()[alsoFamily] === undefined) return [first];
  const second = await rooms.relaySockets.open({ family: alsoFamily, isEven: false, reserveNext: false });
  return second === undefined ? [first] : [first, second];
}

function closeAll(opened: readonly OpenedRelay[]): void {
  for (const { socket, next } of opened) {
    socket.close();
    next?.close();
  }
}

interface Owner {
  readonly proof: Proof;
  readonly source: string;
  readonly rooms: AllocateCollaborators;
}

function createAllocation(
  { client }: Exchange,
  { lifetimeSeconds }: Wish,
  opened: readonly OpenedRelay[],
  { proof, source, rooms }: Owner,
): Allocation {
  const nowMs = rooms.now();
  const allocation = new Allocation(client, proof, source, nowMs, nowMs + lifetimeSeconds * 1000);
  for (const { socket } of opened) {
    // It may have changed while the socket was opened: then this allocation ends unusable, and the client makes another.
    rooms.allocations.addRelay(allocation, socket, rooms.relayAddresses()[socket.family] ?? '0.0.0.0');
  }
  rooms.allocations.add(allocation);
  return allocation;
}

function answer(
  exchange: Exchange,
  allocation: Allocation,
  wish: Wish,
  opened: readonly OpenedRelay[],
  rooms: AllocateCollaborators,
): Uint8Array {
  const reserved = opened[0]?.next;
  const { address, port } = exchange.client;
  return exchange.success((builder) => {
    for (const relay of allocation.relays) builder.address(ATTRIBUTE.XOR_RELAYED_ADDRESS, relay.address, relay.port);
    builder.uint32(ATTRIBUTE.LIFETIME, wish.lifetimeSeconds).address(ATTRIBUTE.XOR_MAPPED_ADDRESS, address, port);
    if (reserved !== undefined) {
      builder.bytes(
        ATTRIBUTE.RESERVATION_TOKEN,
        rooms.reservations.keep(reserved, allocation.proof.userId, rooms.now()),
      );
    }
    if (wish.alsoFamily !== undefined && allocation.relays.length === 1) {
      const isOffered = rooms.relayAddresses()[wish.alsoFamily] !== undefined;
      builder.addressError(
        wish.alsoFamily,
        isOffered ? ERROR.INSUFFICIENT_CAPACITY : ERROR.ADDRESS_FAMILY_NOT_SUPPORTED,
      );
    }
  });
}
