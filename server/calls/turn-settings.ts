/** From the words of the YAML file to those of the TURN library. */
import type { Config } from '../../config/schema.ts';
import type { ListenAddress } from '../turn/net/turn-server.ts';
import type { TurnSettings } from '../turn/worker/worker-messages.ts';

/** In answers to whoever has not authenticated: short. */
export const TURN_REALM = 'vant';

/** A browser asks for one permission for each address of the other side, and binds a channel for one or two. */
const MAX_PERMISSIONS = 64;
const MAX_CHANNELS = 64;
const STREAM_IDLE_MS = 30_000;
/** Two seconds of audio: what is later is of no use. */
const MAX_BUFFERED_BYTES = 128 * 1024;

export function toTurnSettings({ turn }: Config): TurnSettings {
  const { embedded } = turn;
  return {
    realm: TURN_REALM,
    listen: toListenAddresses(embedded),
    relayPorts: embedded.relay_ports,
    externalAddresses: embedded.external_addresses,
    stunServer: embedded.stun_server,
    publicHost: embedded.public_host,
    allowPeers: embedded.allow_peers,
    denyPeers: embedded.deny_peers,
    limits: {
      maxLifetimeSeconds: Math.floor(embedded.max_lifetime / 1000),
      maxPermissions: MAX_PERMISSIONS,
      maxChannels: MAX_CHANNELS,
      maxBytesPerSecond: embedded.bandwidth_per_allocation,
      maxTotalBytesPerSecond: embedded.bandwidth_total ?? 0,
      repliesPerSecond: embedded.replies_per_address,
    },
    quota: {
      maxAllocations: embedded.max_allocations,
      maxAllocationsPerUser: embedded.max_allocations_per_device,
      maxAllocationsPerAddress: embedded.max_allocations_per_address,
    },
    streamLimits: {
      // Each allocation over a stream has one, and some are about to have.
      maxConnections: 2 * embedded.max_allocations,
      maxConnectionsPerSource: 2 * embedded.max_allocations_per_address,
      idleMs: STREAM_IDLE_MS,
      maxBufferedBytes: MAX_BUFFERED_BYTES,
    },
    credentialTtlMs: turn.credential_ttl,
  };
}

export function toListenAddresses({
  listen,
  tls_listen,
}: Pick<Config['turn']['embedded'], 'listen' | 'tls_listen'>): ListenAddress[] {
  return [
    ...listen.map(({ host, port }) => ({ transport: 'udp' as const, address: host, port })),
    ...listen.map(({ host, port }) => ({ transport: 'tcp' as const, address: host, port })),
    ...tls_listen.map(({ host, port }) => ({ transport: 'tls' as const, address: host, port })),
  ];
}
