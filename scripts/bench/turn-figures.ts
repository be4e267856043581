/** What is measured of a TURN server with our own client: memory, sizes of answers, latency. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { TurnClient } from '../../server/turn/client/turn-client.ts';
import { MessageBuilder } from '../../server/turn/stun/message-builder.ts';
import { ATTRIBUTE, MESSAGE_CLASS, METHOD, PROTOCOL_UDP } from '../../server/turn/stun/stun-constants.ts';
import { readRssBytes } from './process-figures.ts';
import type { RunningTurnServer } from './turn-servers.ts';

const SETTLE_MS = 1_500;
const BATCH = 40;
const WARM_UP = 200;
const PEER = '8.8.8.8';

const connect = ({ port, username, password }: RunningTurnServer) =>
  TurnClient.connect({ transport: 'udp', address: '127.0.0.1', port }, { username, password });

/** With a permission and a channel each. @returns bytes for one. */
export async function measureAllocations(server: RunningTurnServer, count: number): Promise<number> {
  await fill(server, WARM_UP);
  await delay(SETTLE_MS);
  const before = readRssBytes(server.pid);
  const clients = await fill(server, count, false);
  await delay(SETTLE_MS);
  const bytes = (readRssBytes(server.pid) - before) / count;
  await release(clients);
  return bytes;
}

async function fill(server: RunningTurnServer, count: number, isReleased = true): Promise<TurnClient[]> {
  const clients: TurnClient[] = [];
  while (clients.length < count) {
    const batch = await Promise.all(
      Array.from({ length: Math.min(BATCH, count - clients.length) }, () => connect(server)),
    );
    await Promise.all(
      batch.map(async (client) => {
        await client.allocate();
        await client.bindChannel(0x4000, { address: PEER, port: 9 });
      }),
    );
    clients.push(...batch);
  }
  if (isReleased) await release(clients);
  return clients;
}

async function release(clients: readonly TurnClient[]): Promise<void> {
  for (let at = 0; at < clients.length; at += BATCH) {
    await Promise.allSettled(clients.slice(at, at + BATCH).map((client) => client.refresh(0)));
  }
  for (const client of clients) client.close();
}

export interface AnswerRatios {
  readonly binding: number;
  readonly unauthenticated: number;
}

/** How much larger answers are than the requests that anyone can send in anyone's name. */
export async function measureAnswers(server: RunningTurnServer): Promise<AnswerRatios> {
  const client = await connect(server);
  const ratio = async (builder: MessageBuilder) => {
    const request = builder.build();
    return (await client.exchange(request)).bytes.length / request.length;
  };
  const build = (method: number) => new MessageBuilder(method, MESSAGE_CLASS.REQUEST, randomBytes(12));
  const transport = Uint8Array.of(PROTOCOL_UDP, 0, 0, 0);
  try {
    return {
      binding: await ratio(build(METHOD.BINDING)),
      unauthenticated: await ratio(build(METHOD.ALLOCATE).bytes(ATTRIBUTE.REQUESTED_TRANSPORT, transport)),
    };
  } finally {
    client.close();
  }
}

/** From one allocation to another, one packet of audio every 20 ms in each of some calls. @returns the 99th percentile, ms. */
export async function measureLatency(server: RunningTurnServer, calls: number, packets: number): Promise<number> {
  const latencies: number[] = [];
  await Promise.all(Array.from({ length: calls }, () => runCall(server, packets, latencies)));
  latencies.sort((a, b) => a - b);
  return latencies[Math.floor(latencies.length * 0.99)] ?? NaN;
}

async function runCall(server: RunningTurnServer, packets: number, latencies: number[]): Promise<void> {
  const [a, b] = [await connect(server), await connect(server)];
  const [relayedA, relayedB] = [await a.allocate(), await b.allocate()];
  await a.bindChannel(0x4000, relayedB);
  await b.bindChannel(0x4000, relayedA);
  b.onData = ({ data }) => latencies.push(performance.now() - Buffer.from(data).readDoubleBE());
  const payload = Buffer.alloc(160);
  for (let packet = 0; packet < packets; packet++) {
    payload.writeDoubleBE(performance.now());
    a.sendChannelData(0x4000, payload);
    await delay(20);
  }
  await Promise.all([a.refresh(0), b.refresh(0)]);
  a.close();
  b.close();
}
