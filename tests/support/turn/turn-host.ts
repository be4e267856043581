/** The TURN thread as the appliance runs it, without the appliance. */
import { createTimeLimitedCredentials } from '../../../server/turn/policy/time-limited-credentials.ts';
import type { TurnEvent } from '../../../server/turn/core/ports.ts';
import type { Certificate } from '../../../server/turn/net/stream-listener.ts';
import type { HandedOver } from '../../../server/turn/net/turn-server.ts';
import { TurnClient } from '../../../server/turn/client/turn-client.ts';
import { TurnSupervisor } from '../../../server/turn/worker/turn-supervisor.ts';
import type { TurnSettings, TurnStatus } from '../../../server/turn/worker/worker-messages.ts';

export const SECRET = 'a secret that only this test knows';

export const SETTINGS: TurnSettings = {
  realm: 'vant',
  listen: (['udp', 'tcp'] as const).map((transport) => ({ transport, address: '127.0.0.1', port: 0 })),
  relayPorts: { min: 22_000, max: 24_999 },
  externalAddresses: [],
  stunServer: undefined,
  publicHost: undefined,
  allowPeers: [],
  denyPeers: [],
  limits: {
    maxLifetimeSeconds: 3600,
    maxPermissions: 64,
    maxChannels: 64,
    maxBytesPerSecond: 0,
    maxTotalBytesPerSecond: 0,
    repliesPerSecond: 0,
  },
  quota: { maxAllocations: 2000, maxAllocationsPerUser: 2000, maxAllocationsPerAddress: 2000 },
  streamLimits: { maxConnections: 1000, maxConnectionsPerSource: 1000, idleMs: 30_000, maxBufferedBytes: 131_072 },
  credentialTtlMs: 3_600_000,
};

export interface TurnHost {
  readonly supervisor: TurnSupervisor;
  readonly status: TurnStatus;
  readonly events: TurnEvent[];
  readonly crashes: Error[];
  port(transport: 'udp' | 'tcp' | 'tls', address?: string): number;
  credentials(userId?: string, lifetimeMs?: number): { username: string; password: string };
  client(transport?: 'udp' | 'tcp' | 'tls', userId?: string, options?: ClientOptions): Promise<TurnClient>;
  stop(): Promise<void>;
}

export interface ClientOptions {
  readonly address?: string;
  readonly timeoutMs?: number;
}

interface HostOptions {
  readonly certificate?: Certificate;
  readonly handedOver?: readonly HandedOver[];
  readonly onCrash?: (error: Error) => void;
}

export async function startTurnHost(
  settings: Partial<TurnSettings> = {},
  { certificate, handedOver = [], onCrash }: HostOptions = {},
): Promise<TurnHost> {
  const events: TurnEvent[] = [];
  const crashes: Error[] = [];
  const supervisor = new TurnSupervisor({
    settings: { ...SETTINGS, ...settings },
    state: { secrets: [SECRET], certificate, revoked: [] },
    handedOver,
    onEvent: (event) => events.push(event),
    onStatus: () => undefined,
    onCrash: (error) => {
      crashes.push(error);
      onCrash?.(error);
    },
  });
  const status = await supervisor.start();
  const credentials = (userId = 'device', lifetimeMs = 600_000) =>
    createTimeLimitedCredentials(SECRET, userId, Date.now() + lifetimeMs);
  const port = (transport: 'udp' | 'tcp' | 'tls', address = '127.0.0.1') => {
    const found = status.listening.find((one) => one.transport === transport && one.address === address);
    if (found === undefined) throw new Error(`nothing listens for ${transport} on ${address}`);
    return found.port;
  };
  return {
    supervisor,
    status,
    events,
    crashes,
    port,
    credentials,
    client: (transport = 'udp', userId = 'device', { address = '127.0.0.1', timeoutMs = 5_000 } = {}) =>
      TurnClient.connect(
        {
          transport,
          address,
          port: port(transport, address),
          serverName: 'localhost',
          ca: certificate?.cert,
        },
        { ...credentials(userId), timeoutMs },
      ),
    stop: async () => {
      await supervisor.stop();
    },
  };
}
