import { describe, expect, test } from 'vitest';
import { encodeChannelData } from '../../../../server/turn/stun/channel-data.ts';
import { ATTRIBUTE, ERROR } from '../../../../server/turn/stun/stun-constants.ts';
import {
  all,
  channel,
  createHarness,
  PEER,
  PEER_6,
  RELAY_ADDRESS,
  xorPeer,
  type Fill,
  type Harness,
  type TestClient,
} from '../../../support/turn/core-harness.ts';

const text = (data: string) => Buffer.from(data);
const channelData = (number: number, data: string, isStream = false) => encodeChannelData(number, text(data), isStream);
const dual: Fill = (builder) => builder.uint32(ATTRIBUTE.ADDITIONAL_ADDRESS_FAMILY, 0x0200_0000);

/** With a nonce that is fresh again. */
async function refreshed(client: TestClient): Promise<TestClient> {
  client.signer.learn(await client.request('REFRESH'));
  await client.request('REFRESH');
  return client;
}

describe('permissions', () => {
  test('let the address through, whatever its port, in both directions, and nobody else', async () => {
    const harness = createHarness();
    const client = await harness.client().allocated();
    client.indicate(PEER, 9, text('too early'));
    expect(await client.codeOf('CREATE_PERMISSION', xorPeer([PEER, 9]))).toBe(0);
    client.indicate(PEER, 9, text('one'));
    client.indicate(PEER, 10, text('two'));
    client.indicate('8.8.4.4', 9, text('nobody'));
    expect(harness.sent.map(({ port, data }) => [port, data.toString()])).toEqual([
      [9, 'one'],
      [10, 'two'],
    ]);
    harness.sockets[0]!.receive(text('back'), PEER, 11);
    expect(client.lastData).toEqual([`${PEER} 11`, 'back']);
    harness.sockets[0]!.receive(text('stranger'), '8.8.4.4', 9);
    expect(client.lastData).toEqual([`${PEER} 11`, 'back']);
    expect(harness.core.counters.read().droppedPacketsTotal).toBe(3);
  });

  test('end after five minutes, and are extended by asking again', async () => {
    const harness = createHarness();
    const client = await harness.client().allocated();
    await client.request('CREATE_PERMISSION', xorPeer(PEER));
    harness.pass(200);
    await client.request('CREATE_PERMISSION', xorPeer(PEER));
    harness.pass(299);
    client.indicate(PEER, 9, text('still'));
    harness.pass(1);
    client.indicate(PEER, 9, text('late'));
    harness.sockets[0]!.receive(text('late'), PEER, 9);
    expect(harness.sent.map(({ data }) => data.toString())).toEqual(['still']);
    expect(client.lastData).toBeUndefined();
  });

  test('several in one request: all, or none', async () => {
    const harness = createHarness();
    const client = await harness.client().allocated();
    expect(await client.codeOf('CREATE_PERMISSION', xorPeer('8.8.8.8', '8.8.4.4'))).toBe(0);
    expect([...client.allocation!.permissions.keys()]).toEqual(['8.8.8.8', '8.8.4.4']);
    expect(await client.codeOf('CREATE_PERMISSION', xorPeer('1.1.1.1', '10.0.0.1'))).toBe(ERROR.FORBIDDEN);
    expect(await client.codeOf('CREATE_PERMISSION', xorPeer('1.1.1.1', PEER_6))).toBe(ERROR.PEER_FAMILY_MISMATCH);
    const broken = all(xorPeer('1.1.1.1'), (builder) => builder.bytes(ATTRIBUTE.XOR_PEER_ADDRESS, new Uint8Array(3)));
    expect(await client.codeOf('CREATE_PERMISSION', broken)).toBe(ERROR.BAD_REQUEST);
    expect(await client.codeOf('CREATE_PERMISSION')).toBe(ERROR.BAD_REQUEST);
    expect(client.allocation!.permissions.size).toBe(2);
  });

  test('eight are allowed here, the ninth is refused, and an old one may be refreshed', async () => {
    const client = await createHarness().client().allocated();
    const peers = Array.from({ length: 8 }, (_, index) => `8.8.8.${index}`);
    expect(await client.codeOf('CREATE_PERMISSION', xorPeer(...peers))).toBe(0);
    expect(await client.codeOf('CREATE_PERMISSION', xorPeer('8.8.8.9'))).toBe(ERROR.INSUFFICIENT_CAPACITY);
    expect(await client.codeOf('CHANNEL_BIND', channel(0x4000, '8.8.8.9', 1))).toBe(ERROR.INSUFFICIENT_CAPACITY);
    expect(await client.codeOf('CREATE_PERMISSION', xorPeer(...peers))).toBe(0);
  });

  test('need an allocation', async () => {
    const client = await createHarness().client().challenge();
    expect(await client.codeOf('CREATE_PERMISSION', xorPeer(PEER))).toBe(ERROR.ALLOCATION_MISMATCH);
    expect(await client.codeOf('CHANNEL_BIND', channel(0x4000, PEER, 1))).toBe(ERROR.ALLOCATION_MISMATCH);
  });

  test('of the other family with a dual allocation', async () => {
    const harness = createHarness();
    const client = await harness.client().allocated(dual);
    await client.request('CREATE_PERMISSION', xorPeer(PEER, PEER_6));
    client.indicate(PEER_6, 7, text('six'));
    client.indicate(PEER, 7, text('four'));
    expect(harness.sent.map(({ family, data }) => [family, data.toString()])).toEqual([
      [6, 'six'],
      [4, 'four'],
    ]);
  });
});

describe('channels', () => {
  test('carry data both ways, over UDP without padding', async () => {
    const harness = createHarness();
    const client = await harness.client().allocated();
    expect(await client.codeOf('CHANNEL_BIND', channel(0x4abc, PEER, 9))).toBe(0);
    client.giveRaw(channelData(0x4abc, 'hello'));
    client.giveRaw(Buffer.concat([channelData(0x4abc, 'padded'), Buffer.alloc(2)]));
    expect(harness.sent.map(({ address, port, data }) => [address, port, data.toString()])).toEqual([
      [PEER, 9, 'hello'],
      [PEER, 9, 'padded'],
    ]);
    harness.sockets[0]!.receive(text('hello!'), PEER, 9);
    expect(client.lastData).toEqual([0x4abc, 'hello!']);
    expect(client.received.at(-1)).toHaveLength(10);
    harness.sockets[0]!.receive(text('other port'), PEER, 10);
    expect(client.lastData).toEqual([`${PEER} 10`, 'other port']);
  });

  test('over a stream they are padded', async () => {
    const harness = createHarness();
    const client = await harness.client('ada', 5000, 'tcp').allocated();
    await client.request('CHANNEL_BIND', channel(0x4000, PEER, 9));
    harness.sockets[0]!.receive(text('hello'), PEER, 9);
    expect(client.received.at(-1)).toHaveLength(12);
  });

  test('data may be empty', async () => {
    const harness = createHarness();
    const client = await harness.client().allocated();
    await client.request('CHANNEL_BIND', channel(0x4000, PEER, 9));
    client.giveRaw(channelData(0x4000, ''));
    client.indicate(PEER, 9, text(''));
    expect(harness.sent.map(({ data }) => data.length)).toEqual([0, 0]);
    harness.sockets[0]!.receive(text(''), PEER, 9);
    expect(client.lastData).toEqual([0x4000, '']);
    harness.sockets[0]!.receive(text(''), PEER, 10);
    expect(client.lastData).toEqual([`${PEER} 10`, '']);
  });

  test.each([
    [0x3fff, ERROR.BAD_REQUEST],
    [0x4000, 0],
    [0x4fff, 0],
    [0x7fff, 0],
    [0x8000, ERROR.BAD_REQUEST],
    [0xffff, ERROR.BAD_REQUEST],
  ])('number %i: %i', async (number, code) => {
    const client = await createHarness().client().allocated();
    expect(await client.codeOf('CHANNEL_BIND', channel(number, PEER, 9))).toBe(code);
  });

  test('one number for one peer, the same again extends it', async () => {
    const client = await createHarness().client().allocated();
    const bind = (number: number, address: string, port: number) =>
      client.codeOf('CHANNEL_BIND', channel(number, address, port));
    expect(await bind(0x4000, PEER, 9)).toBe(0);
    expect(await bind(0x4000, PEER, 10)).toBe(ERROR.BAD_REQUEST);
    expect(await bind(0x4000, '8.8.4.4', 9)).toBe(ERROR.BAD_REQUEST);
    expect(await bind(0x4001, PEER, 9)).toBe(ERROR.BAD_REQUEST);
    expect(await bind(0x4000, PEER, 9)).toBe(0);
    expect(await bind(0x4001, PEER, 10)).toBe(0);
  });

  test('four are allowed here, the fifth is refused', async () => {
    const client = await createHarness().client().allocated();
    for (let port = 1; port <= 4; port++) {
      expect(await client.codeOf('CHANNEL_BIND', channel(0x4000 + port, PEER, port))).toBe(0);
    }
    expect(await client.codeOf('CHANNEL_BIND', channel(0x4005, PEER, 5))).toBe(ERROR.INSUFFICIENT_CAPACITY);
    expect(await client.codeOf('CHANNEL_BIND', channel(0x4004, PEER, 4))).toBe(0);
  });

  test('end after ten minutes; for five more the number is given to nobody else', async () => {
    const harness = createHarness({ limits: { maxLifetimeSeconds: 3600 } });
    const client = await harness.client().allocated((builder) => builder.uint32(ATTRIBUTE.LIFETIME, 3600));
    await client.request('CHANNEL_BIND', channel(0x4000, PEER, 9));
    harness.pass(599);
    client.giveRaw(channelData(0x4000, 'still'));
    harness.pass(1);
    client.giveRaw(channelData(0x4000, 'late'));
    expect(harness.sent.map(({ data }) => data.toString())).toEqual(['still']);
    await refreshed(client);
    expect(await client.codeOf('CHANNEL_BIND', channel(0x4000, '8.8.4.4', 9))).toBe(ERROR.BAD_REQUEST);
    harness.pass(299);
    await refreshed(client);
    expect(await client.codeOf('CHANNEL_BIND', channel(0x4000, '8.8.4.4', 9))).toBe(ERROR.BAD_REQUEST);
    harness.pass(1);
    expect(await client.codeOf('CHANNEL_BIND', channel(0x4000, '8.8.4.4', 9))).toBe(0);
  });

  test('a channel is also a permission, for five minutes', async () => {
    const harness = createHarness();
    const client = await harness.client().allocated();
    await client.request('CHANNEL_BIND', channel(0x4000, PEER, 9));
    harness.pass(299);
    harness.sockets[0]!.receive(text('in time'), PEER, 9);
    harness.pass(1);
    harness.sockets[0]!.receive(text('late'), PEER, 9);
    expect(client.lastData).toEqual([0x4000, 'in time']);
  });

  test('data for a channel that is not bound, or cut off, is dropped', async () => {
    const harness = createHarness();
    const client = await harness.client().allocated();
    await client.request('CHANNEL_BIND', channel(0x4000, PEER, 9));
    client.giveRaw(channelData(0x4001, 'unbound'));
    const whole = channelData(0x4000, 'whole');
    for (let length = 1; length < whole.length; length++) client.giveRaw(whole.subarray(0, length));
    harness.client('bob', 77).giveRaw(whole);
    expect(harness.sent).toEqual([]);
  });

  test('with a dual allocation, the channels of a deleted family end with it', async () => {
    const harness = createHarness();
    const client = await harness.client().allocated(dual);
    await client.request('CHANNEL_BIND', channel(0x4000, PEER_6, 9));
    await client.request('REFRESH', (builder) =>
      builder.bytes(ATTRIBUTE.REQUESTED_ADDRESS_FAMILY, Uint8Array.of(2, 0, 0, 0)).uint32(ATTRIBUTE.LIFETIME, 0),
    );
    client.giveRaw(channelData(0x4000, 'six'));
    expect(harness.sent).toEqual([]);
    expect(client.allocation!.permissions.size).toBe(0);
  });
});

describe('between two allocations', () => {
  async function createPair(harness: Harness, transports: ['udp' | 'tcp', 'udp' | 'tcp'] = ['udp', 'udp']) {
    const ada = await harness.client('ada', 1, transports[0]).allocated();
    const bob = await harness.client('bob', 2, transports[1]).allocated();
    return { ada, bob };
  }
  const own = RELAY_ADDRESS[4];

  test.each([
    ['udp', 'udp'],
    ['udp', 'tcp'],
    ['tcp', 'udp'],
    ['tcp', 'tcp'],
  ] as ['udp' | 'tcp', 'udp' | 'tcp'][])('from %s to %s nothing leaves the process', async (from, to) => {
    const harness = createHarness();
    const { ada, bob } = await createPair(harness, [from, to]);
    await ada.request('CHANNEL_BIND', channel(0x4001, own, bob.relayPort));
    await bob.request('CHANNEL_BIND', channel(0x4002, own, ada.relayPort));
    for (const data of ['', 'x', 'xy', 'hey', 'four', 'hello']) {
      ada.giveRaw(channelData(0x4001, data, from === 'tcp'));
      expect(bob.lastData).toEqual([0x4002, data]);
      expect(bob.received.at(-1)).toHaveLength(4 + (to === 'tcp' ? Math.ceil(data.length / 4) * 4 : data.length));
      bob.giveRaw(channelData(0x4002, data, to === 'tcp'));
      expect(ada.lastData).toEqual([0x4001, data]);
    }
    expect(harness.sent).toEqual([]);
    expect(harness.core.counters.read()).toMatchObject({ internalPacketsTotal: 12, relayedPacketsTotal: 12 });
  });

  test('with indications on either side', async () => {
    const harness = createHarness();
    const { ada, bob } = await createPair(harness);
    await ada.request('CREATE_PERMISSION', xorPeer(own));
    await bob.request('CREATE_PERMISSION', xorPeer(own));
    ada.indicate(own, bob.relayPort, text('hello'));
    expect(bob.lastData).toEqual([`${own} ${ada.relayPort}`, 'hello']);
    await bob.request('CHANNEL_BIND', channel(0x4002, own, ada.relayPort));
    ada.indicate(own, bob.relayPort, text('again'));
    expect(bob.lastData).toEqual([0x4002, 'again']);
    bob.giveRaw(channelData(0x4002, 'back'));
    expect(ada.lastData).toEqual([`${own} ${bob.relayPort}`, 'back']);
  });

  test('only with permission of the other side', async () => {
    const harness = createHarness();
    const { ada, bob } = await createPair(harness);
    await ada.request('CHANNEL_BIND', channel(0x4001, own, bob.relayPort));
    ada.giveRaw(channelData(0x4001, 'unasked'));
    expect(bob.lastData).toBeUndefined();
  });

  test('our own address never leads to the operating system, whatever the port', async () => {
    const harness = createHarness();
    const { ada } = await createPair(harness);
    await ada.request('CREATE_PERMISSION', xorPeer(own));
    for (const port of [22, 3478, 8420, 65_535]) ada.indicate(own, port, text('inside?'));
    expect(await ada.codeOf('CHANNEL_BIND', channel(0x4005, own, 6379))).toBe(0);
    ada.giveRaw(channelData(0x4005, 'inside?'));
    expect(harness.sent).toEqual([]);
  });

  test('nobody outside can speak in the name of our own address', async () => {
    const harness = createHarness();
    const { ada, bob } = await createPair(harness);
    await ada.request('CREATE_PERMISSION', xorPeer(own));
    harness.sockets[0]!.receive(text('forged'), own, bob.relayPort);
    expect(ada.lastData).toBeUndefined();
  });

  test('an allocation may talk to itself, once for each packet', async () => {
    const harness = createHarness();
    const { ada } = await createPair(harness);
    await ada.request('CHANNEL_BIND', channel(0x4001, own, ada.relayPort));
    ada.giveRaw(channelData(0x4001, 'echo'));
    expect(ada.lastData).toEqual([0x4001, 'echo']);
    expect(harness.core.counters.read().relayedPacketsTotal).toBe(1);
  });

  test('after our address has changed, the old one still does not lead out', async () => {
    const harness = createHarness();
    const { ada } = await createPair(harness);
    harness.core.setRelayAddresses({ 4: '198.51.100.2' });
    expect(await ada.codeOf('CREATE_PERMISSION', xorPeer(own))).toBe(0);
    ada.indicate(own, 22, text('inside?'));
    expect(harness.sent).toEqual([]);
  });

  test('what belongs to an allocation that has ended is dropped', async () => {
    const harness = createHarness();
    const { ada, bob } = await createPair(harness);
    await ada.request('CHANNEL_BIND', channel(0x4001, own, bob.relayPort));
    await bob.request('CHANNEL_BIND', channel(0x4002, own, ada.relayPort));
    harness.core.disconnect(bob);
    ada.giveRaw(channelData(0x4001, 'gone'));
    expect(bob.lastData).toBeUndefined();
    expect(harness.sent).toEqual([]);
  });
});

describe('bandwidth', () => {
  test('what an allocation sends above its limit in a second is dropped, others go on', async () => {
    const harness = createHarness({ limits: { maxBytesPerSecond: 1000 } });
    const [ada, bob] = [await harness.client('ada', 1).allocated(), await harness.client('bob', 2).allocated()];
    for (const client of [ada, bob]) await client.request('CREATE_PERMISSION', xorPeer(PEER));
    ada.indicate(PEER, 9, Buffer.alloc(999));
    ada.indicate(PEER, 9, Buffer.alloc(1));
    ada.indicate(PEER, 9, Buffer.alloc(1));
    bob.indicate(PEER, 9, Buffer.alloc(1000));
    expect(harness.sent.map(({ data }) => data.length)).toEqual([999, 1, 1000]);
    harness.pass(1);
    ada.indicate(PEER, 9, Buffer.alloc(1000));
    expect(harness.sent).toHaveLength(4);
  });

  test('both directions count together', async () => {
    const harness = createHarness({ limits: { maxBytesPerSecond: 1000 } });
    const client = await harness.client().allocated();
    await client.request('CREATE_PERMISSION', xorPeer(PEER));
    harness.sockets[0]!.receive(Buffer.alloc(600), PEER, 9);
    client.indicate(PEER, 9, Buffer.alloc(401));
    client.indicate(PEER, 9, Buffer.alloc(400));
    expect(harness.sent.map(({ data }) => data.length)).toEqual([400]);
  });

  test('of all together', async () => {
    const harness = createHarness({ limits: { maxTotalBytesPerSecond: 1000 } });
    const [ada, bob] = [await harness.client('ada', 1).allocated(), await harness.client('bob', 2).allocated()];
    for (const client of [ada, bob]) await client.request('CREATE_PERMISSION', xorPeer(PEER));
    ada.indicate(PEER, 9, Buffer.alloc(600));
    bob.indicate(PEER, 9, Buffer.alloc(401));
    bob.indicate(PEER, 9, Buffer.alloc(400));
    expect(harness.sent.map(({ data }) => data.length)).toEqual([600, 400]);
  });

  test('the end of an allocation tells how much it was, and not with whom', async () => {
    const harness = createHarness();
    const client = await harness.client().allocated();
    await client.request('CREATE_PERMISSION', xorPeer(PEER));
    client.indicate(PEER, 9, Buffer.alloc(300));
    harness.sockets[0]!.receive(Buffer.alloc(200), PEER, 9);
    harness.pass(5);
    harness.core.stop();
    const end = harness.events.at(-1);
    expect(end).toEqual({ type: 'ended', reason: 'stopped', transport: 'udp', seconds: 5, bytes: 500 });
    expect(JSON.stringify(harness.events)).not.toMatch(/8\.8\.8|192\.0\.2|ada|5000/);
  });
});
