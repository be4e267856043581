/** Allocations as plain data, so that another thread or process can go on with them: the same ports, the same permissions. Clients
 * over UDP notice nothing but a gap; their next request is answered with a new nonce. */
import type { AddressFamily } from '../stun/stun-constants.ts';
import { Allocation, type Channel, type Permission, type Proof } from './allocation.ts';
import type { Allocations } from './allocations.ts';
import type { Client, RelaySocket } from './ports.ts';
import { toSource } from './source.ts';

export interface AllocationState {
  readonly client: { readonly address: string; readonly port: number };
  readonly proof: Proof;
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
  readonly relays: readonly { readonly family: AddressFamily; readonly address: string; readonly port: number }[];
  readonly permissions: readonly PermissionState[];
}

interface PermissionState extends Pick<Permission, 'address' | 'isOwn' | 'expiresAtMs'> {
  readonly family: AddressFamily;
  readonly channels: readonly Pick<Channel, 'number' | 'port' | 'expiresAtMs'>[];
}

export function exportAllocation({ client, proof, startedAtMs, expiresAtMs, ...rest }: Allocation): AllocationState {
  return {
    client: { address: client.address, port: client.port },
    proof,
    startedAtMs,
    expiresAtMs,
    relays: rest.relays.map(({ family, address, port }) => ({ family, address, port })),
    permissions: [...rest.permissions.values()].map((permission) => ({
      address: permission.address,
      isOwn: permission.isOwn,
      expiresAtMs: permission.expiresAtMs,
      family: permission.relay.family,
      channels: [...(permission.channels?.values() ?? [])].map(({ number, port, expiresAtMs: until }) => ({
        number,
        port,
        expiresAtMs: until,
      })),
    })),
  };
}

/** @param sockets on the ports that it had. @returns the allocation, known to `allocations`, but not yet listening. */
export function importAllocation(
  state: AllocationState,
  client: Client,
  sockets: readonly RelaySocket[],
  allocations: Allocations,
): Allocation {
  const source = toSource(client.address);
  allocations.takeSlot(state.proof.userId, source);
  const allocation = new Allocation(client, state.proof, source, state.startedAtMs, state.expiresAtMs);
  for (const [index, { address }] of state.relays.entries()) {
    const socket = sockets[index];
    if (socket !== undefined) allocations.addRelay(allocation, socket, address);
  }
  for (const { address, isOwn, expiresAtMs, family, channels } of state.permissions) {
    const relay = allocation.findRelay(family);
    if (relay === undefined) continue;
    const permission: Permission = { address, isOwn, expiresAtMs, relay, channels: undefined };
    allocation.permissions.set(address, permission);
    for (const { number, port, expiresAtMs: until } of channels) {
      const channel: Channel = { number, permission, port, expiresAtMs: until };
      allocation.channels.set(number, channel);
      (permission.channels ??= new Map()).set(port, channel);
    }
  }
  client.hold(true);
  allocations.add(allocation, false);
  return allocation;
}
