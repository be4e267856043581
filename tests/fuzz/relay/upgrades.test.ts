/** Requests to become a WebSocket that are none, and HTTP that is none. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { OPEN_LIMITS } from '../../support/two-nodes.ts';

const RUNS = Number(process.env['VANT_FUZZ_RUNS'] ?? 400);

describe('upgrades of every kind', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ ...OPEN_LIMITS, VANT_LIMITS_CONNECTS_PER_ADDRESS: 'off' });
  });
  afterAll(() => server.stop());

  async function exchange(request: string | Uint8Array): Promise<string> {
    const socket = connect(server.app.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.end(request);
    await once(socket, 'close');
    return answer;
  }

  const header = (target: string, protocols: string, key = randomBytes(16).toString('base64')) =>
    `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
    `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: ${protocols}\r\n\r\n`;

  test.each([
    ['//', 'vant.v1', 404],
    ['http://[', 'vant.v1', 404],
    ['/v1/nothing', 'vant.v1', 404],
    ['/v1/connect', 'other', 400],
    ['/v1/connect', 'vant.v1', 401],
    ['/v1/connect', 'vant.v1, bearer.', 401],
    ['/v1/connect', `vant.v1, bearer.00000000-0000-4000-8000-000000000000.1.${'a'.repeat(43)}`, 401],
    ['/v1/connect', `vant.v1, bearer.00000000-0000-4000-8000-000000000000.999.${'a'.repeat(43)}`, 401],
  ])('%s with %s is refused with %i', async (target, protocols, status) => {
    expect(await exchange(header(target, protocols))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test('whatever comes, there is an answer or an end, and no internal error', async () => {
    const token = fc.string({ unit: fc.constantFrom(...Array.from('abc./:?#[]@%{}-_09 ,;')), maxLength: 40 });
    const request = fc.oneof(
      fc.tuple(token, token).map(([target, protocols]) => header(`/${target.replaceAll(' ', '')}`, protocols)),
      token.map((credentials) => header('/v1/connect', `vant.v1, bearer.${credentials}`)),
      token.map((key) => header('/v1/connect', 'vant.v1', key)),
      fc.uint8Array({ maxLength: 300 }),
    );
    await fc.assert(
      fc.asyncProperty(request, async (bytes) => {
        expect(await exchange(bytes)).not.toMatch(/^HTTP\/1.1 (5|101)/);
      }),
      { numRuns: RUNS },
    );
    expect(server.logText()).not.toContain('"level":"error"');
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });
});
