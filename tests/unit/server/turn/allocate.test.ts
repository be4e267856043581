import { describe, expect, test } from 'vitest';
import { RequestSigner } from '../../../../server/turn/client/request-signer.ts';
import { ATTRIBUTE, ERROR } from '../../../../server/turn/stun/stun-constants.ts';
import { all, createHarness, RELAY_ADDRESS, udpTransport, type Fill } from '../../../support/turn/core-harness.ts';

const lifetime =
  (seconds: number): Fill =>
  (builder) =>
    builder.uint32(ATTRIBUTE.LIFETIME, seconds);
const family =
  (code: number): Fill =>
  (builder) =>
    builder.bytes(ATTRIBUTE.REQUESTED_ADDRESS_FAMILY, Uint8Array.of(code, 0, 0, 0));
const evenPort =
  (bits: number): Fill =>
  (builder) =>
    builder.bytes(ATTRIBUTE.EVEN_PORT, Uint8Array.of(bits));

describe('Allocate', () => {
  test('gives a relayed address, the mapped one and a lifetime', async () => {
    const harness = createHarness();
    const client = harness.client('ada', 5123);
    const answer = await client.allocate();
    expect(answer.findAddress(ATTRIBUTE.XOR_RELAYED_ADDRESS)).toEqual({
      family: 4,
      address: RELAY_ADDRESS[4],
      port: 20_000,
    });
    expect(answer.findAddress(ATTRIBUTE.XOR_MAPPED_ADDRESS)?.port).toBe(5123);
    expect(answer.findUint32(ATTRIBUTE.LIFETIME)).toBe(600);
    expect(harness.events).toEqual([{ type: 'allocated', transport: 'udp', family: 4 }]);
    expect(client.isHeld).toBe(true);
  });

  test('the same request again gets the same answer, another one is a mismatch', async () => {
    const harness = createHarness();
    const client = await harness.client().challenge();
    const request = client.build('ALLOCATE', udpTransport);
    const [first] = await client.give(request);
    const [second] = await client.give(request);
    expect(second!.bytes).toEqual(first!.bytes);
    expect(await client.codeOf('ALLOCATE', udpTransport)).toBe(ERROR.ALLOCATION_MISMATCH);
    expect(harness.sockets).toHaveLength(1);
  });

  test('a repetition while the socket is being opened makes no second one', async () => {
    const harness = createHarness();
    const client = await harness.client().challenge();
    const request = client.build('ALLOCATE', udpTransport);
    client.giveRaw(request);
    client.giveRaw(request);
    client.giveRaw(client.build('ALLOCATE', udpTransport));
    await new Promise(setImmediate);
    expect(harness.sockets).toHaveLength(1);
    expect(harness.core.counters.read().allocations).toBe(1);
  });

  test('a stream that ends while the socket is being opened leaves nothing', async () => {
    const harness = createHarness();
    const client = await harness.client('ada', 5000, 'tcp').challenge();
    client.giveRaw(client.build('ALLOCATE', udpTransport));
    harness.core.disconnect(client);
    await new Promise(setImmediate);
    expect(harness.sockets.map(({ isClosed }) => isClosed)).toEqual([true]);
    expect([client.isHeld, harness.core.counters.read().allocations]).toEqual([false, 0]);
  });

  test.each([
    ['no transport', () => undefined, ERROR.BAD_REQUEST],
    ['TCP', (b) => b.bytes(ATTRIBUTE.REQUESTED_TRANSPORT, Uint8Array.of(6, 0, 0, 0)), ERROR.UNSUPPORTED_TRANSPORT],
    ['a family that is none', all(udpTransport, family(3)), ERROR.ADDRESS_FAMILY_NOT_SUPPORTED],
    ['DONT-FRAGMENT', all(udpTransport, (b) => b.bytes(0x001a, new Uint8Array(0))), ERROR.UNKNOWN_ATTRIBUTE],
    ['a lifetime of two bytes', all(udpTransport, (b) => b.bytes(0x000d, new Uint8Array(2))), ERROR.BAD_REQUEST],
    [
      'a token and EVEN-PORT',
      all(udpTransport, evenPort(0), (b) => b.bytes(ATTRIBUTE.RESERVATION_TOKEN, new Uint8Array(8))),
      ERROR.BAD_REQUEST,
    ],
    [
      'a token of nobody',
      all(udpTransport, (b) => b.bytes(ATTRIBUTE.RESERVATION_TOKEN, new Uint8Array(8))),
      ERROR.INSUFFICIENT_CAPACITY,
    ],
    [
      'IPv4 as the additional family',
      all(udpTransport, (b) => b.uint32(ATTRIBUTE.ADDITIONAL_ADDRESS_FAMILY, 0x0100_0000)),
      ERROR.BAD_REQUEST,
    ],
  ] as [string, Fill, number][])('%s is refused with the right code', async (_, fill, code) => {
    const harness = createHarness();
    const client = await harness.client().challenge();
    expect(await client.codeOf('ALLOCATE', fill)).toBe(code);
    expect(harness.core.counters.read().allocations).toBe(0);
    // And counts for no quota.
    for (const port of [1, 2, 3]) await harness.client('ada', port).allocated();
  });

  test.each([
    [1, 600],
    [599, 600],
    [600, 600],
    [3600, 3600],
    [3601, 3600],
    [0xffffffff, 3600],
  ])('a wish for %i seconds gives %i', async (asked, given) => {
    const answer = await createHarness().client().allocate(lifetime(asked));
    expect(answer.findUint32(ATTRIBUTE.LIFETIME)).toBe(given);
  });

  test('IPv6 when asked for; IPv4 when nothing is said, also by IPv6', async () => {
    const harness = createHarness();
    const six = await harness.client('ada', 1).allocate(family(2));
    expect(six.findAddress(ATTRIBUTE.XOR_RELAYED_ADDRESS)?.address).toBe(RELAY_ADDRESS[6]);
    const client = harness.client('ada', 2, 'udp', '2001:db8::7');
    expect((await client.allocate()).findAddress(ATTRIBUTE.XOR_RELAYED_ADDRESS)?.family).toBe(4);
  });

  test('a host without IPv4 follows the client, a host without IPv6 says so', async () => {
    const harness = createHarness();
    harness.core.setRelayAddresses({ 6: RELAY_ADDRESS[6] });
    const client = harness.client('ada', 2, 'udp', '2001:db8::7');
    expect((await client.allocate()).findAddress(ATTRIBUTE.XOR_RELAYED_ADDRESS)?.family).toBe(6);
    harness.core.setRelayAddresses({ 4: RELAY_ADDRESS[4] });
    const other = await harness.client('bob').allocate(family(2));
    expect(other.findErrorCode()).toBe(ERROR.ADDRESS_FAMILY_NOT_SUPPORTED);
  });

  test('both families at once, or one and why not the other', async () => {
    const both: Fill = (builder) => builder.uint32(ATTRIBUTE.ADDITIONAL_ADDRESS_FAMILY, 0x0200_0000);
    const harness = createHarness();
    const client = await harness.client('ada', 1).allocated(both);
    expect(client.allocation?.relays.map((relay) => relay.family)).toEqual([4, 6]);
    harness.core.setRelayAddresses({ 4: RELAY_ADDRESS[4] });
    const single = await harness.client('ada', 2).allocate(both);
    expect(single.findAddress(ATTRIBUTE.XOR_RELAYED_ADDRESS)?.family).toBe(4);
    expect(Buffer.from(single.find(ATTRIBUTE.ADDRESS_ERROR_CODE)!).toString('hex')).toBe('02000428');
  });

  test('an even port, and the one above it for whoever has the token, once', async () => {
    const harness = createHarness();
    await harness.client('ada', 1).allocated();
    const first = await harness.client('ada', 2).allocate(evenPort(0x80));
    const { port } = first.findAddress(ATTRIBUTE.XOR_RELAYED_ADDRESS)!;
    expect(port % 2).toBe(0);
    const token = first.find(ATTRIBUTE.RESERVATION_TOKEN)!;
    const withToken: Fill = (builder) => builder.bytes(ATTRIBUTE.RESERVATION_TOKEN, token);
    expect((await harness.client('bob', 3).allocate(withToken)).findErrorCode()).toBe(ERROR.INSUFFICIENT_CAPACITY);
    const second = await harness.client('ada', 4).allocate(withToken);
    expect(second.findAddress(ATTRIBUTE.XOR_RELAYED_ADDRESS)?.port).toBe(port + 1);
    expect((await harness.client('bob', 5).allocate(withToken)).findErrorCode()).toBe(ERROR.INSUFFICIENT_CAPACITY);
  });

  test('a port that nobody comes for is given back after 30 seconds', async () => {
    const harness = createHarness();
    await harness.client().allocated(evenPort(0x80));
    harness.pass(29);
    expect(harness.sockets.map(({ isClosed }) => isClosed)).toEqual([false, false]);
    harness.pass(1);
    expect(harness.sockets.map(({ isClosed }) => isClosed)).toEqual([false, true]);
  });

  test('no port left: 508', async () => {
    const harness = createHarness({ relaySockets: { open: async () => undefined } });
    const answer = await harness.client().allocate();
    expect(answer.findErrorCode()).toBe(ERROR.INSUFFICIENT_CAPACITY);
  });
});

describe('quotas', () => {
  test('of a user: 486, and others are served', async () => {
    const harness = createHarness();
    for (const port of [1, 2, 3]) await harness.client('ada', port).allocated();
    expect((await harness.client('ada', 4).allocate()).findErrorCode()).toBe(ERROR.ALLOCATION_QUOTA_REACHED);
    await harness.client('bob', 5).allocated();
  });

  test('of an address, an IPv6 /64 as one', async () => {
    const harness = createHarness();
    const from = (host: number, port: number) =>
      harness.client(host % 2 === 0 ? 'ada' : 'bob', port, 'udp', `2001:db8:0:1::${host}`);
    for (let host = 0; host < 6; host++) await from(host, 9).allocated();
    expect((await from(6, 9).allocate()).findErrorCode()).toBe(ERROR.ALLOCATION_QUOTA_REACHED);
  });

  test('of all: 508', async () => {
    const harness = createHarness({ quota: ({ allocations }) => (allocations < 2 ? 'granted' : 'server') });
    await harness.client('ada', 1).allocated();
    await harness.client('bob', 2).allocated();
    expect((await harness.client('bob', 3).allocate()).findErrorCode()).toBe(ERROR.INSUFFICIENT_CAPACITY);
  });

  test('requests that wait for their sockets count', async () => {
    const harness = createHarness();
    const clients = await Promise.all([1, 2, 3, 4].map((port) => harness.client('ada', port).challenge()));
    for (const client of clients) client.giveRaw(client.build('ALLOCATE', udpTransport));
    await new Promise(setImmediate);
    expect(harness.core.counters.read().allocations).toBe(3);
  });

  test('what has ended is free again', async () => {
    const harness = createHarness();
    for (let round = 0; round < 20; round++) {
      const client = await harness.client('ada', 100 + round).allocated();
      expect(await client.codeOf('REFRESH', lifetime(0))).toBe(0);
    }
    expect(harness.sockets.every(({ isClosed }) => isClosed)).toBe(true);
    expect(harness.core.counters.read()).toMatchObject({ allocations: 0, allocationsTotal: 20 });
  });
});

describe('Refresh', () => {
  test('extends, and zero deletes; the deletion may be repeated', async () => {
    const harness = createHarness();
    const client = await harness.client().allocated();
    harness.pass(599);
    // Its nonce still holds.
    expect((await client.request('REFRESH')).findUint32(ATTRIBUTE.LIFETIME)).toBe(600);
    harness.pass(599);
    client.signer.learn(await client.request('REFRESH'));
    const end = client.build('REFRESH', lifetime(0));
    for (const [answer] of [await client.give(end), await client.give(end)]) {
      expect(answer!.findUint32(ATTRIBUTE.LIFETIME)).toBe(0);
    }
    expect(harness.sockets[0]!.isClosed).toBe(true);
    expect(client.isHeld).toBe(false);
    expect(await client.codeOf('REFRESH')).toBe(ERROR.ALLOCATION_MISMATCH);
  });

  test('without it the allocation ends', async () => {
    const harness = createHarness();
    const client = await harness.client().allocated();
    harness.pass(599);
    expect(client.allocation).toBeDefined();
    harness.pass(1);
    expect(client.allocation).toBeUndefined();
    expect(harness.sockets[0]!.isClosed).toBe(true);
    expect(harness.events.at(-1)).toEqual({
      type: 'ended',
      reason: 'expired',
      transport: 'udp',
      seconds: 600,
      bytes: 0,
    });
  });

  test('a family that the allocation does not have is a mismatch; of two, one can be deleted', async () => {
    const harness = createHarness();
    const client = await harness
      .client()
      .allocated((builder) => builder.uint32(ATTRIBUTE.ADDITIONAL_ADDRESS_FAMILY, 0x0200_0000));
    expect(await client.codeOf('REFRESH', all(family(2), lifetime(0)))).toBe(0);
    expect(client.allocation?.relays.map((relay) => relay.family)).toEqual([4]);
    expect(await client.codeOf('REFRESH', family(2))).toBe(ERROR.PEER_FAMILY_MISMATCH);
  });

  test('of somebody else on the same five-tuple is 441', async () => {
    const harness = createHarness();
    const client = await harness.client('ada').allocated();
    const other = new RequestSigner('bob', 'bob-secret');
    other.learn((await client.give(client.build('REFRESH', undefined, new RequestSigner('', ''))))[0]!);
    const [answer] = await client.give(client.build('REFRESH', lifetime(0), other));
    expect(answer!.findErrorCode()).toBe(ERROR.WRONG_CREDENTIALS);
    expect(client.allocation).toBeDefined();
  });

  test('goes on after the credentials have expired, and ends when the user is removed', async () => {
    let isValid = true;
    const key = (await createHarness().client('ada').challenge()).signer.key!;
    const harness = createHarness({
      authenticate: () => (isValid ? [{ userId: 'device', integrityKey: key }] : []),
    });
    const client = await harness.client('ada').allocated();
    isValid = false;
    expect(await client.codeOf('REFRESH')).toBe(0);
    harness.core.endUser('somebody else');
    expect(client.allocation).toBeDefined();
    harness.core.endUser('device');
    expect(client.allocation).toBeUndefined();
    expect(harness.events.at(-1)).toMatchObject({ type: 'ended', reason: 'revoked' });
    expect((await harness.client('ada', 2).allocate()).findErrorCode()).toBe(ERROR.UNAUTHENTICATED);
  });
});
