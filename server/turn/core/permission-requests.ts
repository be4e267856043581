/** CreatePermission and ChannelBind (RFC 8656, sections 10 and 12). Both, and nothing else, decide whom a client may reach. */
import { isChannelNumber } from '../stun/channel-data.ts';
import { ATTRIBUTE, ERROR } from '../stun/stun-constants.ts';
import { readUint16 } from '../stun/stun-message.ts';
import type { TransportAddress } from '../stun/transport-address.ts';
import type { Allocation, Permission, Relay } from './allocation.ts';
import { Refusal, type Exchange } from './exchange.ts';
import type { AllowPeer } from './ports.ts';

const PERMISSION_LIFETIME_MS = 300_000;
const CHANNEL_LIFETIME_MS = 600_000;

export interface PermissionRules {
  /** One of our relayed addresses, now or since the start. */
  readonly isOwnAddress: (address: string) => boolean;
  readonly allowPeer: AllowPeer;
  readonly maxPermissions: number;
  readonly maxChannels: number;
  readonly now: () => number;
}

/** All addresses of a request, or none. @throws Refusal */
export function handleCreatePermission(exchange: Exchange, allocation: Allocation, rules: PermissionRules): Uint8Array {
  const peers = exchange.request.findAddresses(ATTRIBUTE.XOR_PEER_ADDRESS);
  if (peers.length === 0) throw new Refusal(ERROR.BAD_REQUEST);
  const checked = peers.map((peer) => checkPeer(peer, allocation, rules));
  const added = new Set(
    checked.map(({ address }) => address).filter((address) => !allocation.permissions.has(address)),
  );
  if (allocation.permissions.size + added.size > rules.maxPermissions) throw new Refusal(ERROR.INSUFFICIENT_CAPACITY);
  for (const peer of checked) permit(allocation, peer, rules);
  return exchange.success();
}

/** @throws Refusal */
export function handleChannelBind(exchange: Exchange, allocation: Allocation, rules: PermissionRules): Uint8Array {
  const value = exchange.request.find(ATTRIBUTE.CHANNEL_NUMBER);
  const number = value?.length === 4 ? readUint16(value, 0) : 0;
  const peer = checkPeer(exchange.request.findAddress(ATTRIBUTE.XOR_PEER_ADDRESS), allocation, rules);
  if (!isChannelNumber(number) || peer.port === 0) throw new Refusal(ERROR.BAD_REQUEST);
  const bound = allocation.channels.get(number);
  const ofPeer = allocation.permissions.get(peer.address)?.channels?.get(peer.port);
  // Neither another peer for this number nor another number for this peer, even for a while after they have expired.
  if (bound !== ofPeer) throw new Refusal(ERROR.BAD_REQUEST);
  if (bound === undefined) checkRoom(allocation, peer.address, rules);
  const permission = permit(allocation, peer, rules);
  const expiresAtMs = rules.now() + CHANNEL_LIFETIME_MS;
  if (bound !== undefined) bound.expiresAtMs = expiresAtMs;
  else {
    const channel = { number, permission, port: peer.port, expiresAtMs };
    allocation.channels.set(number, channel);
    (permission.channels ??= new Map()).set(peer.port, channel);
  }
  return exchange.success();
}

function checkRoom(allocation: Allocation, address: string, { maxChannels, maxPermissions }: PermissionRules): void {
  const isPermitted = allocation.permissions.has(address);
  if (allocation.channels.size >= maxChannels || (!isPermitted && allocation.permissions.size >= maxPermissions)) {
    throw new Refusal(ERROR.INSUFFICIENT_CAPACITY);
  }
}

type Peer = TransportAddress & { readonly relay: Relay; readonly isOwn: boolean };

function checkPeer(peer: TransportAddress | undefined, allocation: Allocation, rules: PermissionRules): Peer {
  if (peer === undefined) throw new Refusal(ERROR.BAD_REQUEST);
  const relay = allocation.findRelay(peer.family);
  if (relay === undefined) throw new Refusal(ERROR.PEER_FAMILY_MISMATCH);
  const isOwn = rules.isOwnAddress(peer.address);
  if (!isOwn && !rules.allowPeer(peer.address)) throw new Refusal(ERROR.FORBIDDEN);
  return { ...peer, relay, isOwn };
}

function permit(allocation: Allocation, { address, relay, isOwn }: Peer, { now }: PermissionRules): Permission {
  const expiresAtMs = now() + PERMISSION_LIFETIME_MS;
  const present = allocation.permissions.get(address);
  if (present !== undefined) {
    present.expiresAtMs = expiresAtMs;
    return present;
  }
  const permission: Permission = { address, relay, isOwn, expiresAtMs, channels: undefined };
  allocation.permissions.set(address, permission);
  return permission;
}
