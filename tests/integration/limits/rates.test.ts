/** Rates hold over all nodes; buckets of an hour, so that nothing comes back while a test runs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiFailure, RawDevice } from '../../support/raw-device.ts';
import { call, createRegistration, newSecret } from '../../support/raw-device.ts';
import { startTwoNodes, type TwoNodes } from '../../support/two-nodes.ts';

const isLimited = (answer: { $case: string; value: unknown }) =>
  answer.$case === 'error' && (answer.value as { code: string }).code === 'RATE_LIMITED';

describe('rates of sending', () => {
  let nodes: TwoNodes;
  let alice: RawDevice;
  let urls: [string, string];
  beforeAll(async () => {
    nodes = await startTwoNodes({ VANT_LIMITS_SEND_PER_DEVICE: '10/1h', VANT_LIMITS_SEND_PER_ACCOUNT: '15/1h' });
    alice = nodes.owner;
    urls = [nodes.one.url, nodes.two.url];
  });
  afterAll(() => nodes.stop());

  test('a device sends ten, over two nodes, and not one more; its account fifteen', async () => {
    const bob = await alice.inviteAndJoin();
    const linked = await bob.linkDevice();
    const connections = await Promise.all(urls.map((url) => bob.connect({ url, query: '?deliver=false' })));
    const answers = await Promise.all(
      Array.from({ length: 14 }, (_, index) => connections[index % 2]!.send(alice, `${index}`)),
    );
    expect(answers.filter(({ $case }) => $case === 'accepted')).toHaveLength(10);
    const [refused] = answers.filter(isLimited);
    expect(answers.filter(isLimited)).toHaveLength(4);
    // One of ten in an hour comes back every six minutes.
    expect(refused!.value).toMatchObject({ retryAfterMs: expect.closeTo(360_000, -4) as number });
    const other = await linked.connect({ url: urls[1], query: '?deliver=false' });
    const more = await Promise.all(Array.from({ length: 8 }, (_, index) => other.send(alice, `more ${index}`)));
    expect(more.filter(({ $case }) => $case === 'accepted')).toHaveLength(5);
    expect(more.filter(isLimited)).toHaveLength(3);
    for (const connection of [...connections, other]) await connection.close();
  });
});

describe('rates of the control plane', () => {
  let nodes: TwoNodes;
  let owner: RawDevice;
  let urls: [string, string];
  const addresses = { VANT_SERVER_TRUSTED_PROXIES: '[127.0.0.1]' };
  beforeAll(async () => {
    nodes = await startTwoNodes({
      ...addresses,
      VANT_LIMITS_REQUESTS_PER_DEVICE: '12/1h',
      VANT_LIMITS_REQUESTS_PER_ADDRESS: '10/1h',
      VANT_LIMITS_REGISTRATIONS_PER_ADDRESS: '4/1h',
      VANT_LIMITS_CONNECTS_PER_ADDRESS: '5/1h',
      VANT_LIMITS_BUNDLES_PER_DEVICE: '3/1h',
    });
    owner = nodes.owner;
    urls = [nodes.one.url, nodes.two.url];
  });
  afterAll(() => nodes.stop());

  const from = (address: string, url: string, path: string, init: RequestInit = {}) =>
    fetch(url + path, { ...init, headers: { 'content-type': 'application/json', 'x-forwarded-for': address } });

  test('requests of a device, counted over both nodes, with Retry-After', async () => {
    const device = await owner.inviteAndJoin();
    const request = (index: number) => call(urls[index % 2]!, 'listDevices', { credentials: device.credentials });
    const results = await Promise.allSettled(Array.from({ length: 15 }, (_, index) => request(index)));
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as ApiFailure] : []));
    expect(failures.map(({ status }) => status)).toEqual([429, 429, 429]);
    const response = await fetch(`${urls[0]}/v1/devices`, {
      headers: { authorization: `Bearer ${device.credentials}` },
    });
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(200);
    expect(await response.json()).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) as number });
  });

  test('requests without credentials of one address, guesses included; another address goes on', async () => {
    const paths = Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? '/v1/devices' : '/v1/server'));
    const answers = await Promise.all(paths.map((path, index) => from('203.0.113.7', urls[index % 2]!, path)));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2);
    expect((await from('203.0.113.8', urls[0], '/v1/server')).status).toBe(200);
  });

  test('joins of one address, successful or not', async () => {
    const body = { inviteToken: newSecret(), deviceSecret: newSecret(), device: createRegistration(undefined, 0) };
    const init = { method: 'POST', body: JSON.stringify(body) };
    const answers = [];
    for (let index = 0; index < 6; index++)
      answers.push(await from('203.0.113.9', urls[index % 2]!, '/v1/accounts', init));
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 429, 429]);
  });

  test('connections of one address', async () => {
    const device = await owner.inviteAndJoin();
    const opened: Awaited<ReturnType<RawDevice['connect']>>[] = [];
    for (let index = 0; index < 5; index++) {
      opened.push(await device.connect({ url: urls[index % 2]!, query: '?deliver=false' }));
    }
    await expect(device.connect({ url: urls[1] })).rejects.toThrow('refused with 429');
    for (const connection of opened) await connection.close();
  });

  test('bundles that a device fetches', async () => {
    const device = await owner.inviteAndJoin();
    const request = (index: number) =>
      call(urls[index % 2]!, 'takePreKeyBundles', {
        params: { accountId: owner.accountId },
        credentials: device.credentials,
      });
    const codes = [];
    for (let index = 0; index < 5; index++) {
      codes.push(
        await request(index).then(
          () => 200,
          (error: unknown) => (error as ApiFailure).status,
        ),
      );
    }
    expect(codes).toEqual([200, 200, 200, 429, 429]);
  });
});
