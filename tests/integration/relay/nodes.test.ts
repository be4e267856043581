import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawDevice } from '../../support/raw-device.ts';
import { until } from '../../support/until.ts';
import { findTraces, startTwoNodes, type TwoNodes } from '../../support/two-nodes.ts';

describe('two nodes', () => {
  let nodes: TwoNodes;
  let alice: RawDevice;
  let bob: RawDevice;
  let urls: [string, string];
  beforeAll(async () => {
    nodes = await startTwoNodes({ VANT_LIMITS_SEND_PER_DEVICE: 'off', VANT_LIMITS_SEND_PER_ACCOUNT: 'off' });
    alice = nodes.owner;
    bob = await alice.inviteAndJoin();
    urls = [nodes.one.url, nodes.two.url];
  });
  afterAll(() => nodes.stop());

  test('what is sent on one arrives on the other at once, in order for each sender, from both at the same time', async () => {
    const carol = await alice.inviteAndJoin();
    const [a, c] = [await alice.connect({ url: urls[0] }), await carol.connect({ url: urls[1] })];
    const b = await bob.connect({ url: urls[1] });
    const texts = (name: string) => Array.from({ length: 300 }, (_, index) => `${name} ${index}`);
    const options = (text: string) =>
      text.endsWith('7') ? { ttlSeconds: 600 } : text.endsWith('3') ? { resend: true } : {};
    await Promise.all([
      ...texts('alice').map((text) => a.send(bob, text, options(text))),
      ...texts('carol').map((text) => c.send(bob, text, options(text))),
    ]);
    const received = await b.untilReceived(600);
    for (const name of ['alice', 'carol']) {
      expect(received.filter((text) => text.startsWith(name))).toEqual(texts(name));
    }
    for (const connection of [a, b, c]) await connection.close();
    const again = await bob.connect();
    await again.untilFrame('queueDrained');
    expect(again.received).toEqual([]);
    await again.close();
  });

  test('a newer connection takes over, on the same node and on the other one; sending ones are left alone', async () => {
    const sending = await bob.connect({ query: '?deliver=false' });
    let current = await bob.connect({ url: urls[0] });
    const a = await alice.connect({ url: urls[0] });
    for (const url of [urls[1], urls[1], urls[0], urls[0], urls[1]]) {
      const next = await bob.connect({ url });
      expect((await current.closed).code).toBe(4409);
      current = next;
      const text = `to ${url} at ${Date.now()}`;
      await a.send(bob, text);
      await current.until(() => current.received.some(({ content }) => content === text), text);
    }
    expect(sending.socket.readyState).toBe(sending.socket.OPEN);
    for (const connection of [sending, current, a]) await connection.close();
  });

  test('of many connections at once over both nodes one receives, and it gets everything', async () => {
    for (let round = 0; round < 5; round++) {
      const connections = await Promise.all(Array.from({ length: 8 }, (_, i) => bob.connect({ url: urls[i % 2]! })));
      const isClosed = new Set<number>();
      connections.forEach((connection, index) => void connection.closed.then(() => isClosed.add(index)));
      const last = await untilOneIsLeft(connections.length, isClosed);
      const a = await alice.connect({ url: urls[round % 2]! });
      await a.send(bob, `round ${round}`);
      const winner = connections[last]!;
      await winner.until(() => winner.received.some(({ content }) => content === `round ${round}`), `round ${round}`);
      await winner.close();
      await a.close();
    }
  });

  test('a takeover in the middle of a stream loses nothing', async () => {
    const a = await alice.connect({ url: urls[0] });
    const texts = Array.from({ length: 400 }, (_, index) => `stream ${index}`);
    const sending = Promise.all(texts.map((text) => a.send(bob, text)));
    const connections = [await bob.connect({ url: urls[1] })];
    const inbox = () => new Set(connections.flatMap(({ received }) => received.map(({ content }) => content)));
    for (let hop = 0; hop < 6; hop++) {
      const current = connections.at(-1)!;
      const isEnough = () => current.received.length >= 40 || inbox().size === texts.length;
      await until('a part of the stream', isEnough);
      connections.push(await bob.connect({ url: urls[hop % 2]! }));
    }
    await sending;
    await until('the rest', () => inbox().size === texts.length);
    expect([...inbox()]).toEqual(texts);
    const last = await bob.connect();
    await last.untilFrame('queueDrained');
    for (const connection of [a, last]) await connection.close();
  });

  test('ephemeral envelopes reach the device on either node, and are never stored', async () => {
    const marker = 'never on any disk';
    const b = await bob.connect({ url: urls[1] });
    await b.untilFrame('queueDrained');
    for (const url of urls) {
      const a = await alice.connect({ url });
      expect((await a.send(bob, `${marker} ${url}`, { ephemeral: true })).$case).toBe('accepted');
      await b.until(() => b.received.some(({ content }) => content === `${marker} ${url}`), marker);
      await a.close();
    }
    expect(b.received.map(({ deliveryId }) => deliveryId)).toEqual([0, 0]);
    await b.close();
    const a = await alice.connect();
    expect((await a.send(bob, `${marker} while away`, { ephemeral: true })).$case).toBe('accepted');
    expect(await findTraces(nodes.redis, marker)).toEqual([]);
    const again = await bob.connect();
    await again.untilFrame('queueDrained');
    expect(again.received).toEqual([]);
    for (const connection of [a, again]) await connection.close();
  });

  test('a new device is known on the other node before its linking is answered to the sender', async () => {
    const carol = await alice.inviteAndJoin(3, urls[0]);
    const a = await alice.connect({ url: urls[1] });
    await a.send(carol, 'one device');
    const linked = await carol.linkDevice(urls[0]);
    const answer = await untilMismatch(() => a.send(carol, 'still one device'));
    expect(answer).toMatchObject({ value: { missing: [linked.deviceId] } });
    await a.close();
  });
});

/** Account changes are announced, so the first answers may still be of the time before. */
async function untilMismatch<T extends { $case: string }>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await send();
    if (answer.$case === 'mismatchedDevices') return answer;
  }
  throw new Error('the other node never heard of the new device');
}

async function untilOneIsLeft(count: number, isClosed: ReadonlySet<number>): Promise<number> {
  await until('all but one to be closed', () => isClosed.size === count - 1);
  return Array.from({ length: count }, (_, index) => index).find((index) => !isClosed.has(index))!;
}
