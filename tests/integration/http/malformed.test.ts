/** Bodies, paths and credentials that no client would send, by the thousand: 4xx in the one shape of errors. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERRORS, isErrorCode } from '../../../wire/errors.ts';
import { ROUTES, type RouteName } from '../../../wire/routes.ts';
import { createRegistration, newSecret } from '../../support/raw-device.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { OPEN_LIMITS } from '../../support/two-nodes.ts';

const RUNS = Number(process.env['VANT_FUZZ_RUNS'] ?? 60);
const routesWithBody = (Object.keys(ROUTES) as RouteName[]).filter((name) => 'body' in ROUTES[name]);

describe('HTTP requests of every kind', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ ...OPEN_LIMITS, VANT_LIMITS_REQUESTS_PER_DEVICE: 'off' });
  });
  afterAll(() => server.stop());

  async function request(
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
    type = 'application/json',
  ) {
    const response = await fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${server.owner.credentials}`,
        ...(body !== undefined && { 'content-type': type }),
      },
      ...(body !== undefined && { body }),
    });
    return { status: response.status, text: await response.text() };
  }

  function expectClear({ status, text }: { status: number; text: string }): void {
    const body = JSON.parse(text) as { code: string; remedy: string; requestId: string };
    expect(isErrorCode(body.code), text).toBe(true);
    expect(ERRORS[body.code as keyof typeof ERRORS].status).toBe(status);
    expect([status < 500, body.remedy !== '', body.requestId !== '']).toEqual([true, true, true]);
  }

  const toPath = (name: RouteName) =>
    ROUTES[name].path.replace(':accountId', server.owner.accountId).replace(':address', newSecret());

  test.each(routesWithBody)('%s refuses what its schema does not know', async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (value) => {
        // An upload of no keys at all is one.
        fc.pre(name !== 'putKeys' || JSON.stringify(value) !== '{}');
        expectClear(await request(ROUTES[name].method, toPath(name), JSON.stringify(value)));
      }),
      { numRuns: RUNS },
    );
  });

  test('a good registration with one part made wrong is refused with the place', async () => {
    const good = { inviteToken: newSecret(), deviceSecret: newSecret(), device: createRegistration(undefined, 1) };
    const paths = leavesOf(good);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 1 }), async (path, value) => {
        const body = structuredClone(good);
        setAt(body, path, value);
        const answer = await request('POST', '/v1/accounts', JSON.stringify(body));
        expectClear(answer);
      }),
      { numRuns: 5 * RUNS },
    );
  });

  test('what is no JSON, too large, of another type, or at another place', async () => {
    const text = JSON.stringify({ profile: 'AAAA' });
    expectClear(await request('PUT', '/v1/profile', text.slice(0, -1)));
    expectClear(await request('PUT', '/v1/profile', ''));
    expectClear(await request('PUT', '/v1/profile', text, 'text/plain'));
    expectClear(await request('PUT', '/v1/profile', `{"__proto__": {"profile": "AAAA"}}`));
    expectClear(await request('PUT', '/v1/profile', '['.repeat(100_000)));
    expectClear(await request('PUT', '/v1/profile', Buffer.from([0xff, 0xfe, 0x00])));
    const large = await request('PUT', '/v1/profile', 'x'.repeat(1024 * 1024 + 1));
    expect(large.status).toBe(413);
    expectClear(large);
    for (const path of [
      '/v1/nothing',
      '/v1/accounts/x/role',
      '/v1/devices/128',
      '/v1/devices/0',
      '/v1/keys/%',
      '/v1/keys/1/1.5',
    ]) {
      expectClear(await request('GET', path));
      expectClear(await request('DELETE', path));
    }
  });

  test('the largest profile is taken, one character more is not', async () => {
    const most = Math.ceil((128 * 1024 * 4) / 3);
    expect((await request('PUT', '/v1/profile', JSON.stringify({ profile: 'A'.repeat(most) }))).status).toBe(204);
    expectClear(await request('PUT', '/v1/profile', JSON.stringify({ profile: 'A'.repeat(most + 1) })));
  });

  test('bad credentials of every kind are told nothing', async () => {
    const { accountId, deviceId } = server.owner;
    const texts = [
      '',
      'Bearer',
      'Basic eA==',
      `Bearer ${accountId}.${deviceId}.${newSecret()}`,
      `Bearer ${accountId}.2.${newSecret()}`,
    ];
    const answers = await Promise.all(
      texts.map(async (authorization) => {
        const response = await fetch(`${server.url}/v1/devices`, { headers: { authorization } });
        const { requestId, ...body } = (await response.json()) as Record<string, string>;
        expect(requestId).toBeDefined();
        return { status: response.status, body };
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
  });

  test('after all that nothing was an internal error, and the server is ready', async () => {
    expect(server.logText()).not.toContain('"level":"error"');
    expect((await request('GET', '/health/ready')).status).toBe(200);
    expect((await request('GET', '/health/live')).status).toBe(200);
  });
});

type Path = readonly (string | number)[];

function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, part]) => leavesOf(part, [...path, name]))].slice(
    path.length === 0 ? 1 : 0,
  );
}

function setAt(target: object, path: Path, value: unknown): void {
  let place = target as Record<string | number, unknown>;
  for (const name of path.slice(0, -1)) place = place[name] as typeof place;
  place[path.at(-1)!] = value;
}
