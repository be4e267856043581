/** A flood at the running thread, over real sockets: it answers little, keeps nothing, and a call that goes on meanwhile notices nothing. The
 * same a million times over, without sockets, is in tests/fuzz/turn. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { TurnClient } from '../../../server/turn/client/turn-client.ts';
import { startTurnHost, type TurnHost } from '../../support/turn/turn-host.ts';
import { SeededRandom } from '../../support/e2ee/seeded-random.ts';
import { until } from '../../support/until.ts';

const ROUNDS = 20;
const DATAGRAMS = 10_000;
const MAX_GROWTH_BYTES = 64 * 2 ** 20;
const COOKIE = 0x2112a442;

let host: TurnHost | undefined;
afterEach(() => host?.stop());

/** A request without attributes: 0x0001 is Binding, 0x0003 Allocate (RFC 8489, 5). */
function request(type: number): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt32BE(COOKIE, 4);
  randomBytes(12).copy(bytes, 8);
  return bytes;
}

async function talk(from: TurnClient, to: TurnClient, text: string): Promise<void> {
  let heard = '';
  to.onData = ({ data }) => (heard = Buffer.from(data).toString());
  await until(text, () => {
    // As audio, which is sent again and again: a full buffer of the system may swallow one.
    if (heard !== text) from.sendChannelData(0x4000, Buffer.from(text));
    return heard === text;
  });
}

test(`${ROUNDS * DATAGRAMS} datagrams that nobody should send, from one source`, async () => {
  const running = (host = await startTurnHost({
    limits: {
      maxLifetimeSeconds: 3600,
      maxPermissions: 8,
      maxChannels: 8,
      maxBytesPerSecond: 0,
      maxTotalBytesPerSecond: 0,
      repliesPerSecond: 10,
    },
  }));
  const [ada, bob] = [await running.client('tcp', 'ada'), await running.client('tcp', 'bob')];
  const [relayedAda, relayedBob] = [await ada.allocate(), await bob.allocate()];
  await ada.bindChannel(0x4000, relayedBob);
  await bob.bindChannel(0x4000, relayedAda);
  const flooder = createSocket('udp4');
  let answers = 0;
  flooder.on('message', () => answers++);
  flooder.bind(0, '127.0.0.1');
  await once(flooder, 'listening');
  const random = new SeededRandom(20_261_123);
  const samples = [request(1), request(3), Buffer.alloc(0), randomBytes(3), randomBytes(1400), request(0x0016)];
  const startedAt = performance.now();
  const rss: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let count = 0; count < DATAGRAMS; count++) {
      const bytes = Buffer.from(samples[random.below(samples.length)]!);
      if (bytes.length > 0 && random.chance(0.5)) bytes[random.below(bytes.length)] = random.below(256);
      flooder.send(bytes, running.port('udp'), '127.0.0.1');
    }
    await talk(ada, bob, `round ${round}`);
    await talk(bob, ada, `answer ${round}`);
    rss.push(process.memoryUsage.rss());
  }
  const seconds = Math.ceil((performance.now() - startedAt) / 1000);
  // The first rounds fill what is then used again.
  expect(rss.at(-1)! - rss[4]!).toBeLessThan(MAX_GROWTH_BYTES);
  expect(answers).toBeGreaterThan(0);
  expect(answers).toBeLessThanOrEqual(10 * (seconds + 1));
  expect(running.supervisor.counters).toMatchObject({ allocations: 2, allocationsTotal: 2 });
  expect([...running.crashes, ...running.events.filter(({ type }) => type === 'fault')]).toEqual([]);
  flooder.close();
  ada.close();
  bob.close();
});
