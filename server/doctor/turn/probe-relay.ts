/** Uses a TURN server as two devices in a call would, over one transport. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerAddress } from '../../turn/client/client-socket.ts';
import { TurnClient } from '../../turn/client/turn-client.ts';
import type { TransportAddress } from '../../turn/stun/transport-address.ts';
import type { RelayTarget } from './relay-target.ts';

export interface ProbeResult {
  /** Where the server sees us. */
  readonly mapped: TransportAddress;
  readonly relayed: TransportAddress;
  /** From one allocation to the other and back. */
  readonly echoMs: number;
}

/** How far a probe came: what failed is told by what it was about to do. */
export type ProbeStep = 'connect' | 'binding' | 'allocate' | 'permission' | 'channel' | 'echo';

export class ProbeError extends Error {
  override readonly name = 'ProbeError';
  readonly step: ProbeStep;
  declare readonly cause: Error & { readonly code?: string | number };

  constructor(step: ProbeStep, cause: Error) {
    super(cause.message, { cause });
    this.step = step;
  }
}

const CHANNEL = 0x4000;
const PAYLOAD_BYTES = 160;
const ECHO_ATTEMPTS = 5;
const ECHO_TIMEOUT_MS = 1_000;
/** A server over which nobody has called yet resets the first connection, and is there for the second. */
const WAKE_MS = 1_500;

/** @throws ProbeError */
export async function probeRelay(
  server: ServerAddress,
  { username, password }: Pick<RelayTarget, 'username' | 'password'>,
  timeoutMs: number,
): Promise<ProbeResult> {
  const clients: TurnClient[] = [];
  const open = async () => {
    const client = await TurnClient.connect(server, { username, password, timeoutMs });
    clients.push(client);
    return client;
  };
  try {
    const { a, mapped } = await openAwake(open, server.transport !== 'udp');
    const b = await at('connect', open);
    const [relayedA, relayedB] = await at('allocate', async () => [await a.allocate(), await b.allocate()] as const);
    await at('permission', () => b.createPermission(relayedA.address));
    await at('channel', () => a.bindChannel(CHANNEL, relayedB));
    const echoMs = await at('echo', () => echo(a, b, relayedA));
    await Promise.allSettled([a.refresh(0), b.refresh(0)]);
    return { mapped, relayed: relayedA, echoMs };
  } finally {
    for (const client of clients) client.close();
  }
}

async function at<T>(step: ProbeStep, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new ProbeError(step, error as Error);
  }
}

async function openAwake(
  open: () => Promise<TurnClient>,
  mayBeAsleep: boolean,
): Promise<{ a: TurnClient; mapped: TransportAddress }> {
  const attempt = async () => {
    const a = await at('connect', open);
    return { a, mapped: await at('binding', () => a.bind()) };
  };
  try {
    return await attempt();
  } catch (error) {
    if (!mayBeAsleep) throw error;
    await delay(WAKE_MS);
    return await attempt();
  }
}

/** Data goes to B over a channel and comes back in a Send indication. Datagrams may be lost: a few attempts. */
async function echo(a: TurnClient, b: TurnClient, relayedA: TransportAddress): Promise<number> {
  const payload = randomBytes(PAYLOAD_BYTES);
  b.onData = ({ data }) => b.send(relayedA, data);
  for (let attempt = 0; attempt < ECHO_ATTEMPTS; attempt++) {
    const startedMs = performance.now();
    const back = Promise.withResolvers<boolean>();
    a.onData = ({ data }) => back.resolve(payload.equals(data));
    a.sendChannelData(CHANNEL, payload);
    const isBack = await Promise.race([back.promise, delay(ECHO_TIMEOUT_MS, undefined)]);
    if (isBack === true) return performance.now() - startedMs;
  }
  throw new Error('data did not come back');
}
