/** Our TURN server as the appliance runs it (a supervised thread), as a program: `node turn-host.ts RELAY_ADDRESS [STALL_MS]`. With
 * STALL_MS the main thread, where the chat would be, is busy for that long five times a second. */
import { TURN_REALM } from '../../server/calls/turn-settings.ts';
import { createTimeLimitedCredentials } from '../../server/turn/policy/time-limited-credentials.ts';
import { TurnSupervisor } from '../../server/turn/worker/turn-supervisor.ts';
import type { TurnSettings } from '../../server/turn/worker/worker-messages.ts';

const SECRET = 'bench';
const TTL_MS = 3_600_000;
const STALL_EVERY_MS = 200;
const [relayAddress = '127.0.0.1', stallMs = '0'] = process.argv.slice(2);

/** Limits as they are by default where they cost time; where one client plays hundreds they are out of its way. */
const SETTINGS: TurnSettings = {
  realm: TURN_REALM,
  listen: (['udp', 'tcp'] as const).map((transport) => ({ transport, address: '127.0.0.1', port: 0 })),
  relayPorts: { min: 20_000, max: 27_999 },
  externalAddresses: [relayAddress],
  stunServer: undefined,
  publicHost: undefined,
  allowPeers: ['127.0.0.1'],
  denyPeers: [],
  limits: {
    maxLifetimeSeconds: 3600,
    maxPermissions: 64,
    maxChannels: 64,
    maxBytesPerSecond: 100 * 1024 * 1024,
    maxTotalBytesPerSecond: 0,
    repliesPerSecond: 1_000_000,
  },
  quota: { maxAllocations: 8000, maxAllocationsPerUser: 8000, maxAllocationsPerAddress: 8000 },
  streamLimits: { maxConnections: 8000, maxConnectionsPerSource: 8000, idleMs: 30_000, maxBufferedBytes: 131_072 },
  credentialTtlMs: TTL_MS,
};

const supervisor = new TurnSupervisor({
  settings: SETTINGS,
  state: { secrets: [SECRET], certificate: undefined, revoked: [] },
  onEvent: (event) => event.type === 'fault' && console.error(event.error),
  onStatus: () => undefined,
  onCrash: (error) => console.error(error),
});
const { listening } = await supervisor.start();
const { username, password } = createTimeLimitedCredentials(SECRET, 'bench', Date.now() + TTL_MS);
const port = (wanted: string) => listening.find(({ transport }) => transport === wanted)?.port ?? 0;
console.log(`turn ${port('udp')} ${port('tcp')} ${username} ${password}`);

if (Number(stallMs) > 0) {
  setInterval(() => {
    const untilMs = performance.now() + Number(stallMs);
    while (performance.now() < untilMs);
  }, STALL_EVERY_MS);
}
process.on('SIGTERM', () => process.exit(0));
