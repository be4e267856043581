/** How the port ends: nobody who has come before is cut off in the middle, and nobody who says nothing holds it up. */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDirectory } from '../../support/redis-process.ts';
import { startNode } from '../../support/server.ts';
import { get } from '../../support/tls/https-client.ts';

const MAX_STOP_MS = 10_000;
let node: Awaited<ReturnType<typeof startNode>>;
let isStopped = false;
beforeAll(async () => {
  node = await startNode({
    VANT_TLS_MODE: 'local',
    VANT_TLS_NAMES: 'localhost',
    VANT_STORAGE_DATA_DIR: createTestDirectory(),
  });
});
afterAll(async () => {
  if (!isStopped) await node.app.stop();
});

async function knock(): Promise<Socket> {
  const socket = connect(node.app.port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket): Promise<number | undefined> {
  const secure = connectTls({ socket, servername: 'localhost', rejectUnauthorized: false });
  await once(secure, 'secureConnect');
  const asked = request({ path: '/health/live', createConnection: () => secure }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

test('who has connected a moment before is served, who comes later is not, and silence ends', async () => {
  const [early, silent] = [await knock(), await knock()];
  // One that is answered has come after them, so they have been taken.
  await get({ port: node.app.port, isTrusting: true });
  const startedAtMs = performance.now();
  const stopping = node.app.stop().finally(() => (isStopped = true));
  const silenceEnded = once(silent, 'close');
  expect(await ask(early)).toBe(200);
  await expect(once(connect(node.app.port, '127.0.0.1'), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await Promise.all([silenceEnded, stopping]);
  expect(performance.now() - startedAtMs).toBeLessThan(MAX_STOP_MS);
});
