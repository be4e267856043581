/** Packets that nobody should send, a million of them: no exception, no answer larger than its request, no memory kept, and whoever
 * calls meanwhile notices nothing. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeChannelData } from '../../../server/turn/stun/channel-data.ts';
import { ATTRIBUTE } from '../../../server/turn/stun/stun-constants.ts';
import {
  all,
  channel,
  createHarness,
  PEER,
  TestClient,
  udpTransport,
  xorPeer,
  type Fill,
  type Harness,
} from '../../support/turn/core-harness.ts';
import { SeededRandom } from '../../support/e2ee/seeded-random.ts';

const ROUNDS = 1_000_000;
const CLIENTS = 64;

/** Counts answers instead of keeping them. */
class CountingClient extends TestClient {
  answers = 0;
  largestRatio = 0;
  requestBytes = 1;

  override send(bytes: Uint8Array): void {
    this.answers++;
    this.largestRatio = Math.max(this.largestRatio, bytes.length / this.requestBytes);
  }
}

const ODD_FILLS: readonly Fill[] = [
  udpTransport,
  xorPeer([PEER, 9]),
  xorPeer(['2606:4700::8', 0]),
  channel(0x4000, PEER, 9),
  (builder) => builder.bytes(ATTRIBUTE.XOR_PEER_ADDRESS, randomBytes(7)),
  (builder) => builder.bytes(ATTRIBUTE.DATA, randomBytes(300)),
  (builder) => builder.bytes(ATTRIBUTE.USERNAME, randomBytes(600)),
  (builder) => builder.uint32(ATTRIBUTE.LIFETIME, 0),
  (builder) => builder.bytes(ATTRIBUTE.EVEN_PORT, randomBytes(1)),
  (builder) => builder.bytes(ATTRIBUTE.RESERVATION_TOKEN, randomBytes(8)),
  (builder) => builder.fingerprint(),
];

async function createSamples(harness: Harness): Promise<Uint8Array[]> {
  const signed = await harness.client('bob', 900).challenge();
  const methods = ['BINDING', 'ALLOCATE', 'REFRESH', 'CREATE_PERMISSION', 'CHANNEL_BIND', 'SEND', 'DATA'] as const;
  return [
    ...methods.flatMap((method) => [
      signed.build(method, all(...ODD_FILLS.slice(0, 4))),
      ...ODD_FILLS.map((fill) => harness.client().build(method, fill)),
    ]),
    encodeChannelData(0x4000, randomBytes(160), false),
    Buffer.alloc(0),
    randomBytes(65_507),
  ];
}

describe('malformed packets', () => {
  test(`${ROUNDS.toLocaleString('en')} mutations`, { timeout: 300_000 }, async () => {
    const random = new SeededRandom(20_261_123);
    const pick = (count: number) => random.below(count);
    const harness = createHarness();
    // A call that goes on.
    const [ada, bob] = [await harness.client('ada', 1).allocated(), await harness.client('bob', 2).allocated()];
    await ada.request('CHANNEL_BIND', channel(0x4000, '93.184.216.33', bob.relayPort));
    await bob.request('CHANNEL_BIND', channel(0x4000, '93.184.216.33', ada.relayPort));
    const samples = await createSamples(harness);
    const strangers = Array.from(
      { length: CLIENTS },
      (_, index) =>
        new CountingClient(harness.core, {
          username: 'x',
          port: 10_000 + index,
          transport: index % 2 === 0 ? 'udp' : 'tcp',
          address: `192.0.2.${index}`,
        }),
    );
    globalThis.gc?.();
    const rssBefore = process.memoryUsage.rss();
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = Buffer.from(samples[pick(samples.length)]!.subarray(0, 2_000));
      for (let flips = pick(4); flips > 0 && bytes.length > 0; flips--) bytes[pick(bytes.length)] = pick(256);
      const stranger = strangers[pick(CLIENTS)]!;
      const packet = random.chance(0.3) ? bytes.subarray(0, pick(bytes.length + 1)) : bytes;
      stranger.requestBytes = Math.max(1, packet.length);
      stranger.giveRaw(packet);
      if (round % 20_000 === 0) {
        ada.giveRaw(encodeChannelData(0x4000, Buffer.from(`round ${round}`), false));
        expect(bob.lastData).toEqual([0x4000, `round ${round}`]);
        ada.received.length = bob.received.length = 0;
        await new Promise(setImmediate);
      }
    }
    expect(harness.events.filter(({ type }) => type === 'fault')).toEqual([]);
    expect(harness.core.counters.read().allocations).toBe(2);
    // The smallest request is a Binding of 20 bytes, from IPv4; an Allocate of 20 bytes gets 64.
    expect(Math.max(...strangers.map(({ largestRatio }) => largestRatio))).toBeLessThanOrEqual(3.2);
    expect(strangers.reduce((sum, { answers }) => sum + answers, 0)).toBeGreaterThan(10_000);
    expect((process.memoryUsage.rss() - rssBefore) / 2 ** 20).toBeLessThan(64);
  });

  test('every message cut off at every place', async () => {
    const harness = createHarness();
    const client = await harness.client('ada', 1).allocated();
    for (const sample of await createSamples(harness)) {
      for (let length = 0; length < Math.min(sample.length, 700); length++) client.giveRaw(sample.subarray(0, length));
    }
    await new Promise(setImmediate);
    expect(harness.events.filter(({ type }) => type === 'fault')).toEqual([]);
    expect(harness.sent).toEqual([]);
    expect(client.allocation).toBeDefined();
  });

  test('datagrams of any size from a peer', async () => {
    const harness = createHarness();
    const client = await harness.client('ada', 1).allocated();
    await client.request('CREATE_PERMISSION', xorPeer(PEER));
    for (const size of [0, 1, 2, 3, 1472, 65_507]) {
      harness.sockets[0]!.receive(randomBytes(size), PEER, 9);
      expect(client.lastData?.[0]).toBe(`${PEER} 9`);
    }
    expect(client.received.slice(-6).map(({ length }) => length)).toEqual([36, 40, 40, 40, 1508, 65_544]);
  });
});

describe('a flood in the name of others', () => {
  test('one source gets so many answers a second, others are answered', () => {
    const harness = createHarness({ limits: { repliesPerSecond: 10 } });
    const victim = harness.client('x', 1, 'udp', '192.0.2.1');
    const binding = victim.build('BINDING');
    for (let count = 0; count < 1000; count++)
      victim.giveRaw(count % 2 === 0 ? binding : victim.build('ALLOCATE', udpTransport));
    expect(victim.received).toHaveLength(10);
    const other = harness.client('x', 1, 'udp', '192.0.2.2');
    other.giveRaw(binding);
    expect(other.received).toHaveLength(1);
    harness.pass(1);
    victim.giveRaw(binding);
    expect(victim.received).toHaveLength(11);
  });

  test('ports and IPv6 hosts of one network are one source; a stream is not forged', () => {
    const harness = createHarness({ limits: { repliesPerSecond: 10 } });
    const answers = (address: (index: number) => string, transport: 'udp' | 'tcp') => {
      const clients = Array.from({ length: 50 }, (_, index) =>
        harness.client('x', 1000 + index, transport, address(index)),
      );
      for (const client of clients) client.giveRaw(client.build('BINDING'));
      return clients.filter(({ received }) => received.length > 0).length;
    };
    expect(answers(() => '192.0.2.9', 'udp')).toBe(10);
    expect(answers((index) => `2001:db8:0:7::${index.toString(16)}`, 'udp')).toBe(10);
    expect(answers(() => '192.0.2.9', 'tcp')).toBe(50);
  });

  test('authenticated clients are not held up by it', async () => {
    const harness = createHarness({ limits: { repliesPerSecond: 10 } });
    const client = await harness.client('ada', 1).allocated();
    for (let count = 0; count < 100; count++) client.giveRaw(client.build('BINDING'));
    expect(await client.codeOf('CREATE_PERMISSION', xorPeer(PEER))).toBe(0);
  });
});
